"""The only way out to other people's servers: https, no redirects, small answers, and never into our own network.

The address is checked where the connection is made, after the name was resolved, and that very address is connected
to: a name that answers differently a moment later (DNS rebinding) gains nothing. Environment proxies are not used,
because behind a proxy nobody could check anything.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from secrets import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

TIMEOUT = (3.05, 10.0)
"""Seconds to connect, and between two bytes."""
DEADLINE_S = 30.0
MAX_BYTES = 8 * 1024 * 1024
TRIES = 3
BACKOFF_S = 0.8
RESET_HEADERS = ("rate-limit-reset", "ratelimit-reset")
_IPV4_IN_IPV6 = [ipaddress.IPv6Network(net) for net in ("::/96", "::ffff:0:0/96", "64:ff9b::/96")]
_REFUSED_NETS = [
    ipaddress.IPv6Network(net) for net in ("64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10", "3fff::/20")
]


class OutboundError(Exception):
    """The request did not lead to an answer we accept. The text says why and holds no secret."""


class Refused(OutboundError):
    """The address may not be visited at all."""


class TooLarge(OutboundError):
    """The answer is longer than we read."""


class Failed(OutboundError):
    """The server answered with an error, or not at all after every try. `status` is None without an answer."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class RateLimited(OutboundError):
    """The server asks us to wait; nothing may be sent there before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"rate limited until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_fine(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; raises Failed."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Failed("the answer is not JSON", self.status) from error


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever notation hides what it really is."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in net for net in _IPV4_IN_IPV6):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if any(ip in net for net in _REFUSED_NETS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host; raises Refused unless every one of them is public (or private ones are allowed)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(f"{host} cannot be resolved") from error
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not addresses:
        raise Failed(f"{host} has no address")
    if not settings.OUTBOUND_ALLOW_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise Refused(f"{host} leads to {address}, which is not on the public internet")
    return addresses


def check_url(url: str) -> str:
    """`url` if it may be visited by its looks: https, a host, no user name in it. Raises Refused."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused("the address cannot be read") from error
    schemes = ("https", "http") if settings.OUTBOUND_ALLOW_PRIVATE else ("https",)
    if parts.scheme not in schemes:
        raise Refused(f"only {' or '.join(schemes)} is allowed")
    if not host or "@" in parts.netloc or any(mark.isspace() or not mark.isprintable() for mark in url):
        raise Refused("the address has no host, a user name or stray characters")
    return url


def _connect(connection: HTTPConnection) -> socket.socket:
    """A socket to the first checked address that answers."""
    error: Exception | None = None
    for address in resolve(connection.host, connection.port):
        try:
            sock = socket.create_connection((address, connection.port), connection.timeout)
        except TimeoutError as late:
            error = ConnectTimeoutError(connection, f"{address} did not answer in time")
            error.__cause__ = late
        except OSError as failure:
            error = NewConnectionError(connection, f"{address}: {failure}")
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise error or NewConnectionError(connection, "no address")


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    """Host header, SNI and certificate check keep the name; only the socket goes to the checked address."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class Client:
    """Reads from servers, or posts to them. `pause(seconds)` waits between tries; tests pass their own."""

    def __init__(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("https://", _Adapter())
        self._session.mount("http://", _Adapter())
        self._session.headers.update({"User-Agent": "escola-im/1", "Accept": "application/json", **(headers or {})})
        self._max_bytes = max_bytes
        self._pause = pause

    def get(self, url: str, *, now: datetime, params: Mapping[str, str] | None = None) -> Answer:
        """GET, tried again after a broken connection or a 5xx. 404 is an answer; other errors raise OutboundError."""
        check_url(url)
        for attempt in range(TRIES):
            if attempt:
                self._pause(BACKOFF_S * 2 ** (attempt - 1) * (1 + SystemRandom().random() / 2))
            try:
                answer = self._once("GET", url, params=params or {})
            except Failed as error:
                failure = error
                continue
            if answer.status == 429:
                raise RateLimited(_wait_until(answer.headers, now))
            if answer.is_fine or answer.status == 404:
                return answer
            failure = Failed(f"{urlsplit(url).hostname} answered {answer.status}", answer.status)
            if answer.status < 500:
                break
        raise failure

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST, once: whoever posts knows when to try again. Every status is an answer; raises OutboundError."""
        check_url(url)
        return self._once("POST", url, data=body, headers=dict(headers))

    def close(self) -> None:
        """Lets go of the connections."""
        self._session.close()

    def _once(self, method: str, url: str, **what: Any) -> Answer:
        deadline = time.monotonic() + DEADLINE_S
        ask = self._session.request
        try:
            with ask(method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **what) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, headers, self._read(response, deadline))
        except OutboundError:
            raise
        except (requests.RequestException, OSError, ValueError) as error:
            raise Failed(f"{urlsplit(url).hostname} did not answer: {type(error).__name__}") from error

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(65_536):
            body += chunk
            if len(body) > self._max_bytes:
                raise TooLarge(f"the answer is longer than {self._max_bytes} bytes")
            if time.monotonic() > deadline:
                raise Failed("the answer took too long")
        return bytes(body)


def _wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """When asking is allowed again: …-Reset (unix seconds) or Retry-After (seconds or date); a minute if unsaid."""
    candidates = [_epoch(value) for name, value in headers.items() if name.endswith(RESET_HEADERS)]
    after = headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        candidates.append(now + timedelta(seconds=min(int(after[:9]), 86_400)))
    elif after:
        candidates.append(_http_date(after))
    until = max([moment for moment in candidates if moment], default=now + timedelta(minutes=1))
    return min(max(until, now + timedelta(seconds=1)), now + timedelta(days=1))


def _epoch(value: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(value or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
