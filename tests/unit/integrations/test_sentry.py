"""What Sentry sends becomes signals: every resource and action, every variation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from incidents.rules.signals import Signal, SignalState
from integrations.contract import POLL_HEADER, Unreadable
from integrations.sources.sentry import SOURCE, issue_fingerprint, page_url, parse, sign, verify
from tests.payloads import HERE, names, payload

ISSUE = "sentry:main:issue:5200031415"
SENT = "1795416300"  # 2026-11-23T06:45:00Z
SENT_AT = datetime(2026, 11, 23, 6, 45, tzinfo=UTC)
SEEN_AT = datetime(2026, 11, 23, 6, 41, 30, 250000, tzinfo=UTC)
VECTORS = json.loads((HERE / "sentry" / "vectors.json").read_text())


def read(name: str, **headers: str) -> list[Signal]:
    given = {"sentry-hook-resource": name.partition(".")[0], "sentry-hook-timestamp": SENT} | headers
    return parse(payload("sentry", name), given, "main")


def one(name: str, **headers: str) -> Signal:
    signals = read(name, **headers)
    assert len(signals) == 1
    return signals[0]


def changed(name: str, **issue: Any) -> bytes:
    body = json.loads(payload("sentry", name))
    body["data"]["issue"].update(issue)
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("name", "fingerprint", "state", "kind", "severity"),
    [
        ("issue.created", ISSUE, "firing", "error", "high"),
        ("issue.created.minimal", ISSUE, "firing", "error", "high"),
        ("issue.created.outage", "sentry:main:issue:5200031500", "firing", "availability", "critical"),
        ("issue.created.feedback", "sentry:main:issue:5200031600", "firing", "error", "low"),
        ("issue.created.performance", "sentry:main:issue:5200031700", "firing", "performance", "low"),
        ("issue.resolved", ISSUE, "cleared", "error", "high"),
        ("issue.resolved.next_release", ISSUE, "cleared", "error", "high"),
        ("issue.resolved.by_our_app", ISSUE, "cleared", "error", "high"),
        ("issue.unresolved.regressed", ISSUE, "firing", "error", "high"),
        ("issue.unresolved.escalating", ISSUE, "firing", "error", "high"),
        ("issue.unresolved.ongoing", ISSUE, "firing", "error", "high"),
        ("issue.assigned.user", ISSUE, "info", "error", "high"),
        ("issue.assigned.team", ISSUE, "info", "error", "high"),
        ("issue.assigned.body_is_newer", ISSUE, "cleared", "error", "high"),
        ("issue.ignored", ISSUE, "muted", "error", "high"),
        ("issue.archived", ISSUE, "muted", "error", "high"),
        ("event_alert.triggered", ISSUE, "firing", "error", "critical"),
        ("event_alert.triggered.without_issue_id", ISSUE, "firing", "error", "critical"),
        ("metric_alert.critical", "sentry:main:metric:88", "firing", "performance", "critical"),
        ("metric_alert.warning", "sentry:main:metric:88", "firing", "performance", "medium"),
        ("metric_alert.open", "sentry:main:metric:88", "firing", "performance", "high"),
        ("metric_alert.resolved", "sentry:main:metric:88", "cleared", "performance", "high"),
        ("comment.created", ISSUE, "info", "error", "low"),
        ("comment.updated", ISSUE, "info", "error", "low"),
        ("comment.deleted", ISSUE, "info", "error", "low"),
    ],
)
def test_every_event_has_its_meaning(name: str, fingerprint: str, state: str, kind: str, severity: str) -> None:
    signal = one(name)
    assert (signal.fingerprint, signal.state, signal.kind, signal.severity) == (fingerprint, state, kind, severity)


@pytest.mark.parametrize("name", ["error.created", "installation.created", "installation.deleted"])
def test_what_does_not_concern_us_says_nothing(name: str) -> None:
    assert read(name) == []


@pytest.mark.parametrize("resource", ["seer", "preprod_artifact", "activity_alert", "something_new"])
def test_unknown_resources_say_nothing(resource: str) -> None:
    assert parse(payload("sentry", "issue.created"), {"sentry-hook-resource": resource}, "main") == []


@pytest.mark.parametrize("name", [name for name in names("sentry") if not name.startswith("installation")])
def test_the_resource_is_guessed_when_the_header_is_lost(name: str) -> None:
    assert parse(payload("sentry", name), {}, "main") == read(name, **{"sentry-hook-timestamp": ""})


def test_a_new_issue_tells_all_it_knows() -> None:
    signal = one("issue.created")
    assert signal.title == "ZeroDivisionError: Notenschnitt der Klasse 🚸 5b"
    assert signal.description == "zeugnis.noten in durchschnitt\nNotenschnitt der Klasse 🚸 5b"
    assert signal.url == "https://musterschule.sentry.io/issues/5200031415/"
    assert signal.module == "zeugnis"
    assert signal.observed_at == SEEN_AT
    assert signal.details["short_id"] == "ZEUGNIS-2F"
    assert signal.details["count"] == "3"
    assert not signal.is_regression


def test_a_resolution_is_as_old_as_its_sending_because_lastseen_does_not_move() -> None:
    assert one("issue.resolved").observed_at == SENT_AT


def test_without_a_sending_time_the_issue_says_when() -> None:
    assert one("issue.resolved", **{"sentry-hook-timestamp": ""}).observed_at == SEEN_AT


def test_a_late_creation_is_older_than_the_resolution_that_overtook_it() -> None:
    late = one("issue.created", **{"sentry-hook-timestamp": "1795419999"}).observed_at
    cleared = one("issue.resolved").observed_at
    assert late is not None
    assert cleared is not None
    assert late < cleared


def test_a_closed_metric_alert_is_newer_than_its_late_opening() -> None:
    late = one("metric_alert.critical", **{"sentry-hook-timestamp": "1795419999"}).observed_at
    assert late == datetime(2026, 11, 23, 6, 51, tzinfo=UTC)
    assert one("metric_alert.resolved").observed_at == datetime(2026, 11, 23, 7, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("issue.unresolved.regressed", True),
        ("issue.unresolved.escalating", True),
        ("issue.unresolved.ongoing", False),
        ("issue.created", False),
    ],
)
def test_sentry_says_what_came_back(name: str, expected: bool) -> None:
    assert one(name).is_regression is expected


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("fatal", "critical"),
        ("error", "high"),
        ("warning", "medium"),
        ("info", "low"),
        ("debug", "low"),
        (None, "high"),
        ("unheard-of", "high"),
        (7, "high"),
    ],
)
def test_levels_become_severities(level: object, severity: str) -> None:
    assert parse(changed("issue.created", level=level), {}, "main")[0].severity == severity


def test_a_policy_violation_is_a_matter_of_security() -> None:
    assert parse(changed("issue.created", type="csp"), {}, "main")[0].kind == "security"


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("resolved", "unresolved", "firing"),
        ("created", "resolved", "cleared"),
        ("unresolved", "ignored", "muted"),
        ("assigned", "unresolved", "info"),
        ("something_new", "unresolved", "info"),
        ("something_new", "resolved", "cleared"),
        ("resolved", None, "cleared"),
        ("archived", None, "muted"),
        ("something_new", None, "info"),
    ],
)
def test_the_body_decides_and_the_action_is_a_label(action: str, status: str | None, state: str) -> None:
    body = json.loads(changed("issue.created", status=status)) | {"action": action}
    signal = parse(json.dumps(body).encode(), {}, "main")[0]
    assert signal.state == state
    assert signal.label.startswith(action)


def test_waiting_for_a_release_stands_in_the_label() -> None:
    assert "wartet auf Release" in one("issue.resolved.next_release").label
    assert "Release" not in one("issue.resolved").label


def test_who_was_assigned_stands_in_the_label() -> None:
    assert one("issue.assigned.team").label == "assigned: noten"


def test_an_alert_rule_names_itself_and_its_own_time() -> None:
    signal = one("event_alert.triggered")
    assert signal.label == "Alarmregel Zeugnis: viele Fehler"
    assert signal.observed_at == datetime(2026, 11, 23, 6, 42, 10, 500000, tzinfo=UTC)
    assert signal.details["environment"] == "prod"
    assert signal.module == ""


def test_a_page_address_is_built_where_none_is_sent() -> None:
    assert one("issue.resolved").url == ""
    settings = {"base_url": "https://sentry.example.org", "organization": "musterschule"}
    expected = "https://sentry.example.org/organizations/musterschule/issues/5200031415/"
    assert page_url(ISSUE, settings) == expected
    assert page_url(ISSUE, {}) == ""
    assert page_url("sentry:main:metric:88", settings) == ""
    api_only = changed("issue.created", web_url=None, url="https://de.sentry.io/api/0/organizations/eu/issues/1/")
    assert parse(api_only, {}, "main")[0].url == "https://de.sentry.io/organizations/eu/issues/5200031415/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 5, ["x"], "https://x/" + "a" * 1000])
def test_an_address_that_is_no_web_page_is_left_out(url: object) -> None:
    assert parse(changed("issue.created", web_url=url, url=None), {}, "main")[0].url == ""


def test_ids_may_be_numbers() -> None:
    assert parse(changed("issue.created", id=5200031415), {}, "main")[0].fingerprint == ISSUE


def test_strange_ids_stay_apart_and_storable() -> None:
    one_id, other = (
        parse(changed("issue.created", id=text), {}, "main")[0].fingerprint for text in ("a b\x00" * 90, "a c\x00" * 90)
    )
    assert one_id != other
    assert max(len(one_id), len(other)) < 80
    assert "\x00" not in one_id + other


def test_untrusted_text_is_made_safe() -> None:
    nasty = "<script>\x00 \u202e gnp.exe 🚸 \ud800" + "x" * 2000
    signal = parse(changed("issue.created", title=nasty, culprit=nasty, level=nasty), {}, "main")[0]
    assert len(signal.title) == 160
    assert signal.title.startswith("<script>\N{REPLACEMENT CHARACTER}")
    for text in (signal.title, signal.description, *signal.details.values()):
        text.encode()
        assert "\x00" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "seen", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 1e308, -5, [], "9" * 400]
)
def test_impossible_dates_are_no_dates(seen: object) -> None:
    assert parse(changed("issue.created", lastSeen=seen, firstSeen=seen), {}, "main")[0].observed_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"n":' + b"1" * 5000 + b"}",
        b'{"action":"created","data":{"issue":{}}}',
        b'{"data":{"event":{"issue_url":"x"}}}',
        b'{"data":{"metric_alert":[]}}',
    ],
)
def test_what_nobody_can_read_is_said_to_be_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(
            raw,
            {"sentry-hook-resource": ""} if raw.startswith(b'{"data"') else {"sentry-hook-resource": "issue"},
            "main",
        )


def test_without_a_name_of_ours_the_installation_names_itself() -> None:
    raw = payload("sentry", "issue.created")
    fingerprint = parse(raw, {}, "")[0].fingerprint
    assert fingerprint == "sentry:7b0c2f4e-1a2b-4c3d-8e9f-0a1b2c3d4e5f:issue:5200031415"


def test_a_polled_issue_meets_the_webhooks_fingerprint() -> None:
    issue = json.loads(payload("sentry", "issue.created"))["data"]["issue"]
    polled = parse(json.dumps(issue).encode(), {POLL_HEADER: "issue"}, "main")[0]
    assert polled.fingerprint == one("issue.created").fingerprint == issue_fingerprint("main", "5200031415")
    assert polled.state is SignalState.FIRING
    assert polled.observed_at is None
    gone = parse(b'{"id":"5200031415","title":"weg"}', {POLL_HEADER: "gone"}, "main")[0]
    assert gone.state is SignalState.CLEARED


@pytest.mark.parametrize("vector", VECTORS)
def test_the_signature_covers_the_exact_bytes(vector: dict[str, str]) -> None:
    raw, headers = vector["body"].encode(), {"sentry-hook-signature": vector["signature"]}
    assert verify(raw, headers, None, [vector["secret"]])
    assert sign(raw, vector["secret"]) == vector["signature"]
    assert not verify(raw + b" ", headers, None, [vector["secret"]])
    assert not verify(raw, headers, None, [vector["secret"] + "x"])
    if vector["reserialised"]:
        assert not verify(raw, {"sentry-hook-signature": vector["reserialised"]}, None, [vector["secret"]])


def test_every_changed_byte_breaks_the_signature() -> None:
    raw, secret = payload("sentry", "comment.created"), "geheim"
    headers = {"sentry-hook-signature": sign(raw, secret)}
    for position in range(0, len(raw), 7):
        forged = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        assert not verify(forged, headers, None, [secret])


def test_both_secrets_open_during_a_rotation() -> None:
    raw = b"{}"
    assert verify(raw, {"sentry-hook-signature": sign(raw, "alt")}, None, ["neu", "alt"])
    assert verify(raw, {"sentry-hook-signature": sign(raw, "neu")}, None, ["neu", "alt"])
    assert not verify(raw, {"sentry-hook-signature": sign(raw, "fremd")}, None, ["neu", "alt"])


@pytest.mark.parametrize("signature", ["", "sha256=", "ä", "0" * 64, "\udcff"])
def test_an_empty_secret_or_signature_opens_nothing(signature: str) -> None:
    assert not verify(b"", {"sentry-hook-signature": signature}, "geheim", ["geheim"])
    assert not verify(b"", {"sentry-hook-signature": sign(b"", "")}, None, [""])
    assert not verify(b"", {}, "", [])


def test_a_repeated_delivery_is_the_same_and_another_body_is_another() -> None:
    headers = {"request-id": "5f2b1c0e9a7d4e6f8b3a2c1d0e9f8a7b"}
    assert SOURCE.delivery_id(b"a", headers) == SOURCE.delivery_id(b"a", dict(headers))
    assert SOURCE.delivery_id(b"a", headers) != SOURCE.delivery_id(b"b", headers)
    assert SOURCE.delivery_id(b"a", headers) != SOURCE.delivery_id(b"a", {"request-id": "other"})
    assert len(SOURCE.delivery_id(b"a", {"request-id": "x" * 5000})) < 200
