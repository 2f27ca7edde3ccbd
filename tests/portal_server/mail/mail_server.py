"""SMTP servers on the loopback address: one that takes mails, and others that misbehave."""

import socket
import ssl
import threading
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reconciler.portal_server.seed import Smtp

SENDER = "portal@portal.example"


class Mailbox:
    """Takes mails; `answers` are given to the next recipients, and `data_answers` to the next texts."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.secure: list[bool] = []
        self.answers: list[str] = []
        self.data_answers: list[str] = []
        self.arrived = threading.Event()
        self._peers: set[object] = set()

    @property
    def sessions(self) -> int:
        """How many connections brought mails."""
        return len(self._peers)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self.secure.append(session.ssl is not None)
        self._peers.add(session.peer)
        self.arrived.set()
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[Smtp]:
    """Serve a mailbox on a free port; `options` are those of aiosmtpd."""
    security = options.pop("security", "none")
    controller = _Controller(mailbox, hostname="127.0.0.1", port=0, **{"enable_SMTPUTF8": True, **options})
    controller.start()
    try:
        yield Smtp("localhost", controller.port, SENDER, security=security)
    finally:
        controller.stop()


class _Controller(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's


def only(username: str, password: str) -> Any:
    """Return what accepts one login."""

    def check(_: Any, __: Any, ___: Any, ____: Any, login: LoginPassword) -> AuthResult:
        accepted = login == LoginPassword(username.encode(), password.encode())
        return AuthResult(success=accepted, handled=False)

    return check


@contextmanager
def broken_server(*says: bytes | None) -> Iterator[Smtp]:
    """Serve connections that send one line after each received one, then end; None says nothing for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def talk() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                for line in says:
                    if line is None:
                        ended.wait(10)
                        break
                    connection.sendall(line)
                    with suppress(ConnectionResetError):
                        connection.recv(1000)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield Smtp("127.0.0.1", listener.getsockname()[1], SENDER, security="none")
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """Return the TLS settings of a server with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
