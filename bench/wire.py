"""A small HTTP client that costs next to nothing: keep-alive sockets on the loopback, requests made beforehand."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

PATIENCE_S = 30.0


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    told = {"Host": "localhost", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


@dataclass(slots=True)
class Answer:
    """An answer as it arrives."""

    raw: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.raw[9:12])

    @property
    def head(self) -> bytes:
        """Status line and headers, in lower case."""
        return bytes(self.raw.partition(b"\r\n\r\n")[0]).lower()

    @property
    def body(self) -> bytes:
        """What follows the headers, as it came."""
        return bytes(self.raw.partition(b"\r\n\r\n")[2])

    def take(self, chunk: bytes) -> bool:
        """Whether the answer is complete with this piece."""
        self.raw += chunk
        end = self.raw.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.raw[:end]).lower()
        if b"transfer-encoding: chunked" in head:
            return self.raw.endswith(b"0\r\n\r\n")
        _, found, rest = head.partition(b"content-length:")
        length = int(rest.partition(b"\r\n")[0]) if found else 0
        return len(self.raw) >= end + 4 + length


class Wire:
    """One kept-open connection, one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, data: bytes) -> tuple[Answer, float]:
        """The answer and how many seconds it took; a connection the server closed meanwhile is opened again."""
        try:
            return self._ask(data)
        except ConnectionError:
            self.socket.close()
            self.__init__(self.port)  # type: ignore[misc]
            return self._ask(data)

    def _ask(self, data: bytes) -> tuple[Answer, float]:
        started = time.perf_counter()
        self.socket.sendall(data)
        answer = Answer()
        while True:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionError("the server hung up")
            if answer.take(chunk):
                return answer, time.perf_counter() - started


@dataclass(slots=True)
class Load:
    """What many requests came to."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    asked_to_wait: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return sum(self.statuses.values()) / self.seconds


@dataclass(slots=True)
class _Turn:
    socket: socket.socket
    answer: Answer = field(default_factory=Answer)
    sent_at: float = 0.0


def run(port: int, requests: Iterable[bytes], *, connections: int) -> Load:
    """Sends all requests over that many connections, each one the next request as soon as its answer is there."""
    load, waiting = Load(), iter(requests)
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            turn = _Turn(opened)
            if _send_next(turn, waiting):
                selector.register(opened, selectors.EVENT_READ, turn)
        while selector.get_map():
            for key, _events in selector.select(PATIENCE_S):
                if _receive(key.data, load) and not _send_next(key.data, waiting):
                    selector.unregister(key.fileobj)
                    key.data.socket.close()
    load.seconds = time.perf_counter() - started
    return load


def _send_next(turn: _Turn, waiting: Iterator[bytes]) -> bool:
    data = next(waiting, None)
    if data is None:
        return False
    turn.answer, turn.sent_at = Answer(), time.perf_counter()
    turn.socket.sendall(data)
    return True


def _receive(turn: _Turn, load: Load) -> bool:
    chunk = turn.socket.recv(65536)
    if not chunk:
        raise ConnectionError("the server hung up in the middle of an answer")
    if not turn.answer.take(chunk):
        return False
    load.latencies.append(time.perf_counter() - turn.sent_at)
    load.statuses[turn.answer.status] += 1
    load.asked_to_wait += turn.answer.status == 429 and b"retry-after:" in turn.answer.head
    return True
