"""Outgoing requests: nothing private is ever visited, answers are bounded, and a limit is obeyed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from core.http import Client, Failed, RateLimited, Refused, TooLarge, check_url, is_public
from tests.stubs.base import Asked, Reply, StubServer

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PRIVATE = [
    "0.0.0.0",  # noqa: S104  (to be refused, not bound to)
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:10::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "5f00::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "34.120.195.249",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "64:ff9b::101:101",
    "::ffff:8.8.8.8",
]


class Plain(StubServer):
    """Answers what the test wants."""

    reply = Reply(200, {"ok": True})

    def answer(self, asked: Asked) -> Reply:
        """The set reply."""
        return self.reply


@pytest.fixture
def server() -> Iterator[Plain]:
    with Plain() as running:
        yield running


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket on loopback that notices whoever knocks."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        sock.settimeout(0.05)
        yield sock


def client(**more: Any) -> Client:
    return Client(headers={"Authorization": "Bearer stub-token"}, pause=lambda _seconds: None, **more)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these addresses."""

    def fake(host: str, port: int, **_more: object) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", fake)


def knocked(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except TimeoutError:
        return False
    return True


def test_the_list_of_forbidden_addresses_is_long_enough() -> None:
    assert len(set(PRIVATE)) >= 40


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **more: connected.append(args))
    resolving(monkeypatch, address)
    assert not is_public(address)
    with pytest.raises(Refused, match="not on the public internet"):
        client().get("https://innocent.example.org/", now=NOW)
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1.nip.io", "999.1.1.1", "1.1.1"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_no_notation_of_loopback_reaches_a_listener(host: str, listener: socket.socket, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    port = listener.getsockname()[1]
    with pytest.raises((Refused, Failed)):
        client().get(f"https://{host}:{port}/", now=NOW)
    assert not knocked(listener)


def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    resolving(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(Refused):
        client().get("https://mixed.example.org/", now=NOW)


def test_the_checked_address_is_the_one_connected_to(
    server: Plain, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Whatever the name answers later: the name is asked once, and that answer is used."""
    asked = []

    def fake(host: str, port: int, **_more: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **m: real(host, port, *a, **m) if host == "127.0.0.1" else fake(host, port),
    )
    port = server.url.rpartition(":")[2]
    assert client().get(f"http://named.example.org:{port}/x", now=NOW).json() == {"ok": True}
    assert asked == ["named.example.org"]
    assert server.asked[0].headers["host"] == f"named.example.org:{port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org",
        "//example.org",
        "https://",
        "https://user:word@example.org/",
        "https://exa mple.org/",
        "https://example.org/\r\nX: y",
        "https://[",
        "https://h:99999/",
        "javascript:alert(1)",
        "",
    ],
)
def test_addresses_that_look_wrong_are_refused(url: str, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int, server: Plain, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    server.reply = Reply(status, {}, {"Location": f"http://127.0.0.1:{port}/"})
    with pytest.raises(Failed) as caught:
        client().get(server.url, now=NOW)
    assert caught.value.status == status
    assert not knocked(listener)


def test_proxies_and_netrc_of_the_environment_are_not_used(
    server: Plain, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = listener.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    assert client().get(server.url, now=NOW).status == 200
    assert not knocked(listener)


def test_a_long_answer_is_cut_off(server: Plain) -> None:
    server.reply = Reply(200, b"x" * 50_001)
    with pytest.raises(TooLarge):
        client(max_bytes=50_000).get(server.url, now=NOW)
    server.reply = Reply(200, b"x" * 50_000)
    assert len(client(max_bytes=50_000).get(server.url, now=NOW).body) == 50_000


def test_broken_servers_are_asked_again_and_then_given_up(server: Plain) -> None:
    server.bend(Reply(500), Reply(503))
    assert client().get(server.url, now=NOW).status == 200
    assert len(server.asked) == 3
    server.reply = Reply(502)
    with pytest.raises(Failed) as caught:
        client().get(server.url, now=NOW)
    assert caught.value.status == 502
    assert len(server.asked) == 6


def test_pauses_grow_between_tries(server: Plain) -> None:
    pauses: list[float] = []
    server.reply = Reply(500)
    with pytest.raises(Failed):
        Client(headers={"Authorization": "Bearer stub-token"}, pause=pauses.append).get(server.url, now=NOW)
    assert len(pauses) == 2
    assert 0.4 < pauses[0] < pauses[1] < 3


@pytest.mark.parametrize("status", [400, 401, 403, 410])
def test_refusals_are_not_repeated(status: int, server: Plain) -> None:
    server.reply = Reply(status)
    with pytest.raises(Failed):
        client().get(server.url, now=NOW)
    assert len(server.asked) == 1


def test_not_found_is_an_answer(server: Plain) -> None:
    server.reply = Reply(404, {"detail": "gone"})
    assert client().get(server.url, now=NOW).status == 404


def test_nobody_listening_is_a_plain_failure(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Failed) as caught:
        client().get(f"http://127.0.0.1:{port}/", now=NOW)
    assert caught.value.status is None


def test_what_is_no_json_is_a_plain_failure(server: Plain) -> None:
    server.reply = Reply(200, b"<html>")
    with pytest.raises(Failed, match="not JSON"):
        client().get(server.url, now=NOW).json()


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"X-Sentry-Rate-Limit-Reset": str(int(NOW.timestamp()) + 42)}, 42),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 7), "Retry-After": "9"}, 9),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Mon, 23 Nov 2026 08:01:30 GMT"}, 90),
        ({}, 60),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "never"}, 60),
        ({"Retry-After": "99999999999"}, 86_400),
        ({"X-RateLimit-Reset": "1e400"}, 60),
        ({"X-RateLimit-Reset": "5"}, 1),
    ],
)
def test_a_limit_says_until_when(headers: dict[str, str], wait_s: int, server: Plain) -> None:
    server.reply = Reply(429, {}, headers)
    with pytest.raises(RateLimited) as caught:
        client().get(server.url, now=NOW)
    assert caught.value.until == NOW + timedelta(seconds=wait_s)
    assert len(server.asked) == 1


def test_errors_do_not_repeat_the_token(server: Plain) -> None:
    server.reply = Reply(500, {"echo": "stub-token"})
    with pytest.raises(Failed) as caught:
        client().get(f"{server.url}/?token=stub-token", now=NOW)
    assert "stub-token" not in str(caught.value)
