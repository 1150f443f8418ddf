"""A mail server for tests: real sockets, scripted answers, everything it took in at hand."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

Script = Callable[[str], str | None]
"""Command word (GREETING, EHLO, MAIL, RCPT, DATA, BODY) → the answer to give instead of yes; None is yes."""


@dataclass
class Taken:
    """A mail the server answered for, or was about to."""

    sender: str
    recipients: list[str]
    mail: EmailMessage


@dataclass
class MailServer:
    """What a test knows of the server. `hold` keeps back the answer to a body until it is set."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    script: Script = field(default=lambda _word: None)
    hold: threading.Event = field(default_factory=threading.Event)
    body_arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each mail taken, in order."""
        return [str(taken.mail["Message-ID"]) for taken in self.taken]

    def refuse(self, word: str, answer: str, *, times: int = 1_000) -> None:
        """Answers a command word with `answer`, the first `times` times."""
        left = [times]

        def script(asked: str) -> str | None:
            if asked != word or not left[0]:
                return None
            left[0] -= 1
            return answer

        self.script = script


class _HungUpError(Exception):
    """The server ends the conversation without a word."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        book = cast("_Server", self.server).book
        book.connections += 1
        self._book = book
        with suppress(_HungUpError):
            if self._answer("GREETING", "220 stub ready"):
                self._listen()

    def _answer(self, word: str, yes: str) -> bool:
        answer = self._book.script(word)
        if answer == "HANG":
            self._book.hold.wait(30)
        if answer in ("HANG", "HANG UP"):
            raise _HungUpError
        self.wfile.write(f"{answer or yes}\r\n".encode())
        return answer is None or answer.startswith(("2", "3"))

    def _listen(self) -> None:
        sender, recipients = "", list[str]()
        while line := self.rfile.readline().decode(errors="replace").strip():
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                self._answer(word, "221 bye")
                return
            if word == "MAIL":
                sender, recipients = line, []
            if word == "RCPT" and self._answer(word, "250 ok"):
                recipients.append(line)
            elif word == "DATA" and self._answer(word, "354 go on"):
                self._take(sender, recipients)
            elif word not in ("RCPT", "DATA"):
                self._answer(word, "250 ok")

    def _take(self, sender: str, recipients: list[str]) -> None:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line.removeprefix(b"."))
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        accepted = self._book.script("BODY")
        if accepted is None or accepted == "HANG":
            self._book.taken.append(Taken(sender, recipients, mail))
        self._book.body_arrived.set()
        if accepted == "HANG":
            self._book.hold.wait(30)
            raise _HungUpError
        self.wfile.write(f"{accepted or '250 taken'}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    book: MailServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up and die on purpose."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port of this machine."""
    book = MailServer()
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.book = book
        book.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield book
        finally:
            book.hold.set()
            server.shutdown()
            thread.join()
