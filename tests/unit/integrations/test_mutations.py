"""Whatever arrives, a parser answers with signals or says Unreadable: never anything else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.text import clean
from incidents.rules.signals import Signal
from integrations.contract import POLL_HEADER, Unreadable
from integrations.registry import SOURCES
from tests.payloads import names, payload

FOLDERS = {"admin-console": "admin_console", "sentry": "sentry", "uptime-robot": "uptime_robot"}
SAMPLES = {kind: [payload(folder, name) for name in names(folder)] for kind, folder in FOLDERS.items()}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(
        ["", "*x*", "$x", "\x00", "\ud800", "0", "1" * 400, "2026-02-30T25:61:00Z", "https://[", "resolved"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def check(signals: list[Signal]) -> None:
    for signal in signals:
        assert 0 < len(signal.fingerprint) <= 255
        assert 0 < len(signal.title) <= 160
        assert len(signal.url) <= 1000
        assert len(signal.module) <= 80
        for text in (signal.title, signal.description, signal.url, signal.label, *signal.details.values()):
            assert text == clean(text)
            text.encode()
        assert signal.observed_at is None or signal.observed_at.tzinfo is not None


def parse(kind: str, raw: bytes, headers: dict[str, str]) -> None:
    try:
        signals = SOURCES[kind].parse(raw, headers, "main")
    except Unreadable:
        return
    check(signals)


def mutate(value: Any, draw: Any) -> Any:
    """The sample with a few values exchanged, dropped or added anywhere in the tree."""
    if draw(st.integers(0, 11)) == 0:
        return draw(JSON_VALUES)
    if isinstance(value, dict):
        kept = {key: mutate(item, draw) for key, item in value.items() if draw(st.integers(0, 11)) > 0}
        if draw(st.integers(0, 5)) == 0:
            kept[draw(st.text(max_size=5))] = draw(JSON_VALUES)
        return kept
    return [mutate(item, draw) for item in value] if isinstance(value, list) else value


@given(st.data(), st.sampled_from(sorted(FOLDERS)))
def test_mutated_samples_are_read_or_refused(data: st.DataObject, kind: str) -> None:
    sample = data.draw(st.sampled_from([raw for raw in SAMPLES[kind] if _is_json(raw)]))
    body = json.dumps(mutate(json.loads(sample), data.draw)).encode()
    headers = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "sentry-hook-resource": st.sampled_from(["issue", "event_alert", "metric_alert", "comment", "x"]),
                "sentry-hook-timestamp": st.sampled_from(["1795416300", "0", "x", "9" * 30]),
                POLL_HEADER: st.sampled_from(
                    ["issue", "gone", "incident", "incident-now", "monitor", "ssl:3", "domain:x"]
                ),
            },
        )
    )
    parse(kind, body, headers)
    SOURCES[kind].delivery_id(body, headers)


@given(st.data(), st.sampled_from(sorted(FOLDERS)))
def test_damaged_bytes_are_read_or_refused(data: st.DataObject, kind: str) -> None:
    raw = bytearray(data.draw(st.sampled_from(SAMPLES[kind])))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    parse(kind, cut, {})
    SOURCES[kind].delivery_id(cut, {})


@given(
    st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(sorted(FOLDERS)),
)
def test_noise_is_read_or_refused(raw: bytes, kind: str) -> None:
    parse(kind, raw, {})
    SOURCES[kind].delivery_id(raw, {})


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True
