"""What the Adminkonsole sends becomes signals; its signature is the one of Standard Webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from incidents.rules.signals import Signal
from integrations.contract import Unreadable
from integrations.sources.admin_console import SOURCE, delivery_id, new_secret, parse, sign, verify
from tests.payloads import payload

VECTOR = json.loads(payload("admin_console", "vectors.json"))
RAW, SECRET = VECTOR["raw_body"].encode(), VECTOR["secret"]
HEADERS = {name.lower(): value for name, value in VECTOR["headers"].items()}


def one(raw: bytes) -> Signal:
    [signal] = parse(raw, {}, "main")
    return signal


def said(**facts: Any) -> Signal:
    return one(json.dumps({"title": "x", "fingerprint": "f"} | facts).encode())


def test_the_published_vector_is_ours_and_a_changed_byte_is_not() -> None:
    assert verify(RAW, HEADERS, None, [SECRET])
    assert not verify(RAW + b" ", HEADERS, None, [SECRET])
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert not verify(RAW, HEADERS | {name: HEADERS[name] + "0"}, None, [SECRET]), name
        assert not verify(RAW, {key: value for key, value in HEADERS.items() if key != name}, None, [SECRET]), name


def test_while_a_secret_is_rotated_either_signature_opens() -> None:
    fresh = new_secret(b"k" * 32)
    both = (
        HEADERS["webhook-signature"] + " v1a,x " + sign(RAW, HEADERS["webhook-id"], HEADERS["webhook-timestamp"], fresh)
    )
    for secrets in ([SECRET], [fresh], [fresh, SECRET]):
        assert verify(RAW, HEADERS | {"webhook-signature": both}, None, secrets)
    assert verify(RAW, HEADERS, None, [fresh, SECRET]), "the previous secret still counts"
    assert not verify(RAW, HEADERS | {"webhook-signature": both}, None, [new_secret(b"z" * 32)])


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***"])
def test_a_secret_that_is_none_opens_nothing(secret: str) -> None:
    signed = HEADERS | {"webhook-signature": sign(RAW, HEADERS["webhook-id"], HEADERS["webhook-timestamp"], secret)}
    assert not verify(RAW, signed, secret, [secret])


def test_a_signature_beyond_ten_or_without_a_time_is_not_looked_at() -> None:
    many = " ".join(["v1,x"] * 10 + [HEADERS["webhook-signature"]])
    assert not verify(RAW, HEADERS | {"webhook-signature": many}, None, [SECRET])
    stamp = "soon"
    unsigned = HEADERS | {
        "webhook-timestamp": stamp,
        "webhook-signature": sign(RAW, HEADERS["webhook-id"], stamp, SECRET),
    }
    assert not verify(RAW, unsigned, None, [SECRET])


def test_a_repeated_delivery_is_the_same_and_another_body_under_its_id_is_not() -> None:
    assert delivery_id(RAW, HEADERS) == delivery_id(RAW, dict(HEADERS))
    assert delivery_id(RAW, HEADERS) != delivery_id(RAW + b" ", HEADERS)


@pytest.mark.parametrize(
    ("name", "fingerprint", "state", "kind", "severity"),
    [
        ("firing", "check:backup-mysql", "firing", "error", "high"),
        ("resolved", "check:backup-mysql", "cleared", "error", "high"),
        ("performance", "perf:api-p95", "firing", "performance", "medium"),
        ("flat", "zeugnisdruck", "firing", "error", "critical"),
        ("flat.resolved", "zeugnisdruck", "cleared", "error", "high"),
    ],
)
def test_every_sample_has_its_meaning(name: str, fingerprint: str, state: str, kind: str, severity: str) -> None:
    signal = one(payload("admin_console", f"{name}.json"))
    assert (signal.fingerprint, signal.state, signal.kind, signal.severity) == (
        f"admin-console:main:{fingerprint}",
        state,
        kind,
        severity,
    )


def test_a_trigger_tells_all_it_knows() -> None:
    signal = one(payload("admin_console", "flat.json"))
    assert (signal.title, signal.module) == ("Zeugnisdruck bricht ab", "Noten")
    assert signal.observed_at == datetime(2026, 11, 23, 6, 45, tzinfo=UTC)
    assert signal.details == {"exit_status": "2", "rows": "1200"}
    assert signal.description == "Schule: Schule Musterwil\nexit_status: 2\nrows: 1200"
    assert "p95_ms: 1840 ms (Schwelle 1200)" in one(payload("admin_console", "performance.json")).description


def test_a_batch_is_one_signal_per_event() -> None:
    signals = parse(payload("admin_console", "batch.json"), {}, "main")
    assert [signal.fingerprint for signal in signals] == ["admin-console:main:err:abc", "admin-console:main:hb:import"]


def test_missing_ones_have_a_meaning_and_the_same_title_is_the_same_object() -> None:
    first, again = one(payload("admin_console", "bare.json")), one(payload("admin_console", "bare.json"))
    assert (first.state, first.kind, first.severity) == ("firing", "error", "high")
    assert first.fingerprint == again.fingerprint != said(title="y", fingerprint=None).fingerprint


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"resolved": "true"}, "cleared"),
        ({"resolved": 1}, "cleared"),
        ({"resolved": "no"}, "firing"),
        ({"state": "RESOLVED"}, "cleared"),
        ({"state": "info"}, "info"),
        ({"state": "wobbling"}, "info"),
        ({"state": 7}, "info"),
    ],
)
def test_how_a_state_may_be_written(facts: dict[str, Any], state: str) -> None:
    assert said(**facts).state == state


def test_hostile_values_are_made_harmless() -> None:
    signal = said(
        title="a\x00b\n" + "c" * 10_000, url="javascript:alert(1)", severity={"x": 1}, details={"k\x00": "v" * 9_999}
    )
    assert signal.title == "a\N{REPLACEMENT CHARACTER}b"
    assert (signal.url, signal.severity, len(signal.details["k\N{REPLACEMENT CHARACTER}"])) == ("", "high", 500)
    assert len(said(fingerprint="x" * 200).fingerprint) < 100


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"", b'{"events": {}}', b'{"events": [1]}', b'{"data": "x"}'])
def test_what_says_nothing_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(raw, {}, "main")


def test_more_than_a_hundred_events_are_not_taken_in_part() -> None:
    with pytest.raises(Unreadable):
        parse(json.dumps({"events": [{"title": "x"}] * 101}).encode(), {}, "main")


def test_five_minutes_are_the_tolerance() -> None:
    assert SOURCE.stale_after.total_seconds() == 300
