"""What Uptime Robot sends becomes signals, however the template was mistreated."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from incidents.rules.signals import Signal
from integrations.contract import POLL_HEADER, Unreadable
from integrations.sources.uptime_robot import SOURCE, expiry_severity, parse, verify
from tests.payloads import payload

DOWN = "uptimerobot:main:810000271:down"
SSL = "uptimerobot:main:810000271:expiry:ssl"
DOMAIN = "uptimerobot:main:810000271:expiry:domain"


def one(raw: bytes, polled: str = "") -> Signal:
    signals = parse(raw, {POLL_HEADER: polled} if polled else {}, "main")
    assert len(signals) == 1
    return signals[0]


def changed(name: str, **fields: Any) -> bytes:
    body = json.loads(payload("uptime_robot", name)) | fields
    return json.dumps({key: value for key, value in body.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("name", "fingerprint", "state", "severity"),
    [
        ("down", DOWN, "firing", "critical"),
        ("down.repeat", DOWN, "firing", "critical"),
        ("numbers", DOWN, "firing", "critical"),
        ("dollar_placeholders", DOWN, "firing", "critical"),
        ("broken_quotes.txt", DOWN, "firing", "critical"),
        ("raw_newline.txt", DOWN, "firing", "critical"),
        ("up", DOWN, "cleared", "critical"),
        ("form.txt", DOWN, "cleared", "critical"),
        ("paused", DOWN, "info", "critical"),
        ("ssl_expiry", SSL, "firing", "high"),
        ("domain_expiry", DOMAIN, "firing", "medium"),
    ],
)
def test_every_alert_has_its_meaning(name: str, fingerprint: str, state: str, severity: str) -> None:
    signal = one(payload("uptime_robot", name))
    assert (signal.fingerprint, signal.state, signal.severity) == (fingerprint, state, severity)
    assert signal.kind == "availability"


def test_an_outage_tells_all_it_knows() -> None:
    signal = one(payload("uptime_robot", "down"))
    assert signal.title == "Lernraum nicht erreichbar"
    assert signal.description == "HTTP 503 - Service Unavailable"
    assert signal.observed_at == datetime(2026, 11, 23, 6, 40, tzinfo=UTC)
    assert signal.module == "Lernraum"
    assert signal.details == {
        "monitor_id": "810000271",
        "monitor_url": "https://lernraum.example.org",
        "reason": "HTTP 503 - Service Unavailable",
    }


def test_the_end_of_an_outage_says_how_long_it_was() -> None:
    assert one(payload("uptime_robot", "up")).details["duration_s"] == "1861"


def test_a_name_with_quotation_marks_costs_no_alarm() -> None:
    signal = one(payload("uptime_robot", "broken_quotes.txt"))
    assert signal.title == 'Lernraum "Nord", Haus 2 nicht erreichbar'
    assert signal.details["reason"] == 'Keyword "Willkommen" not found'


@pytest.mark.parametrize(
    "mark", ["*alertDateTime*", "$alertDateTime", "{{alertDateTime}}", "{alertDateTime}", "", None, ...]
)
def test_what_was_not_replaced_is_missing(mark: object) -> None:
    assert one(changed("down", alertDateTime=mark)).observed_at is None


def test_a_placeholder_inside_a_sentence_is_text() -> None:
    assert one(changed("down", alertDetails="code *x* in body")).description == "code *x* in body"


def test_the_friendly_type_helps_when_the_number_is_lost() -> None:
    assert one(changed("down", alertType="*alertType*")).state == "firing"
    assert one(changed("up", alertType=...)).state == "cleared"


@pytest.mark.parametrize(
    ("details", "fingerprint", "severity"),
    [
        ({"sslExpiryDaysLeft": "0"}, SSL, "critical"),
        ({"sslExpiryDaysLeft": "30"}, SSL, "low"),
        ({"sslExpiryDaysLeft": "*sslExpiryDaysLeft*", "sslExpiryDate": "2026-11-25"}, SSL, "high"),
        (
            {
                "sslExpiryDaysLeft": ...,
                "sslExpiryDate": ...,
                "alertDetails": "Domain lernraum.example.org expires in 3 days",
            },
            DOMAIN,
            "high",
        ),
        ({"sslExpiryDaysLeft": ..., "sslExpiryDate": ..., "alertDetails": "expires in 3 days"}, SSL, "high"),
        ({"sslExpiryDaysLeft": ..., "sslExpiryDate": ..., "alertDetails": "soon"}, SSL, "medium"),
    ],
)
def test_an_expiry_is_as_urgent_as_its_days_are_few(details: dict[str, Any], fingerprint: str, severity: str) -> None:
    signal = one(changed("ssl_expiry", **details))
    assert (signal.fingerprint, signal.severity) == (fingerprint, severity)


def test_the_fewer_days_the_more_urgent() -> None:
    ranks = ["low", "medium", "high", "critical"]
    days = [ranks.index(expiry_severity(day)) for day in range(60, -3, -1)]
    assert days == sorted(days)
    assert {expiry_severity(day) for day in range(-3, 60)} == set(ranks)


def test_a_template_without_the_id_still_names_its_monitor() -> None:
    by_url = one(changed("down", monitorID="*monitorID*")).fingerprint
    assert by_url == one(changed("up", monitorID="*monitorID*")).fingerprint
    assert by_url != one(changed("down", monitorID=..., monitorURL="https://other.example.org")).fingerprint


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"hello",
        b"\xff\xfe",
        b'{"x":1}',
        b'{"monitorID":"*monitorID*"}',
        b'{"monitorID":"1"}',
        b'{"alertType":"1"}',
        b"[" * 100_000,
        b"a=1&" * 5000,
        b'{"alertType":1' + b"1" * 5000 + b"}",
    ],
)
def test_what_nobody_can_read_is_said_to_be_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(raw, {}, "main")


def test_untrusted_text_is_made_safe() -> None:
    signal = one(changed("down", monitorFriendlyName="\x00<b>\u202e\ud800" + "y" * 5000, monitorURL="javascript:x"))
    assert len(signal.title) <= 160
    signal.title.encode()
    assert "\x00" not in signal.title
    assert "monitor_url" not in signal.details


@pytest.mark.parametrize(
    ("headers", "token", "opens"),
    [
        ({"authorization": "Bearer geheim"}, None, True),
        ({"authorization": "bearer  geheim "}, None, True),
        ({"authorization": "Bearer vorher"}, None, True),
        ({}, "geheim", True),
        ({"authorization": "Bearer falsch"}, "geheim", True),
        ({"authorization": "Bearer geheimx"}, None, False),
        ({"authorization": "Basic geheim"}, None, False),
        ({"authorization": "geheim"}, None, False),
        ({"authorization": "Bearer "}, "", False),
        ({"authorization": "Bearer ümläut"}, None, False),
        ({}, None, False),
    ],
)
def test_only_a_known_token_opens(headers: dict[str, str], token: str | None, opens: bool) -> None:
    assert verify(b"", headers, token, ["geheim", "vorher"]) is opens
    assert not verify(b"", headers, token, [""])
    assert not verify(b"", headers, token, [])


def test_the_same_alert_is_the_same_delivery_however_it_is_sent() -> None:
    as_json = SOURCE.delivery_id(payload("uptime_robot", "down"), {})
    assert as_json == SOURCE.delivery_id(payload("uptime_robot", "dollar_placeholders"), {})
    assert as_json == SOURCE.delivery_id(payload("uptime_robot", "numbers"), {})
    assert as_json != SOURCE.delivery_id(payload("uptime_robot", "down.repeat"), {})


def test_alerts_without_a_time_all_count() -> None:
    assert SOURCE.delivery_id(changed("down", alertDateTime="*alertDateTime*"), {}) == ""


INCIDENT = {
    "id": "1",
    "status": "?",
    "type": "?",
    "cause": 503,
    "reason": "Service Unavailable",
    "monitor": {"id": 810000271, "friendlyName": "Lernraum"},
    "startedAt": "2026-11-23T06:40:00.000Z",
}


@pytest.mark.parametrize(
    ("polled", "body", "fingerprint", "state"),
    [
        ("incident", {**INCIDENT, "resolvedAt": None}, DOWN, "firing"),
        ("incident", {**INCIDENT, "resolvedAt": "2026-11-23T06:50:00Z", "duration": 600}, DOWN, "cleared"),
        ("monitor", {"id": 810000271, "status": "UP"}, DOWN, "cleared"),
        ("monitor", {"id": 810000271, "status": "DOWN"}, DOWN, "firing"),
        ("monitor", {"id": 810000271, "status": "PAUSED"}, DOWN, "info"),
        ("gone", {"id": "810000271"}, DOWN, "cleared"),
        ("ssl:5", {"id": 810000271, "sslExpiryDateTime": "2026-11-28T00:00:00Z"}, SSL, "firing"),
        ("ssl:90", {"id": 810000271, "sslExpiryDateTime": "2027-02-21T00:00:00Z"}, SSL, "cleared"),
        ("domain:12", {"id": 810000271, "domainExpireDate": "2026-12-05"}, DOMAIN, "firing"),
    ],
)
def test_what_is_polled_meets_the_webhooks_fingerprint(
    polled: str, body: dict[str, Any], fingerprint: str, state: str
) -> None:
    signal = one(json.dumps(body).encode(), polled)
    assert (signal.fingerprint, signal.state) == (fingerprint, state)


def test_a_polled_incident_keeps_its_own_times_unless_told_otherwise() -> None:
    body = json.dumps({**INCIDENT, "resolvedAt": "2026-11-23T06:50:00Z"}).encode()
    assert one(body, "incident").observed_at == datetime(2026, 11, 23, 6, 50, tzinfo=UTC)
    assert one(body, "incident-now").observed_at is None
