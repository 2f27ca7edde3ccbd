"""Send messages to an SMTP server."""

import ssl
from email.message import EmailMessage
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from types import TracebackType
from typing import Final, Self

from reconciler.portal_server.seed import Smtp

_SECONDS: Final = 20.0
_CLOSING: Final = 421
_PERMANENT: Final = 500


class RefusedError(Exception):
    """The server will never take this mail. The message has no text of the server, which names addresses."""


class UnavailableError(Exception):
    """The server did not take the mail now, or it is not known whether it did.

    `of_mail` is whether it may take other mails.
    """

    def __init__(self, reason: str, *, of_mail: bool = False) -> None:
        super().__init__(reason)
        self.of_mail = of_mail


class Connection:
    """A connection to a server, opened for the first mail and again after a failure."""

    def __init__(self, server: Smtp, tls: ssl.SSLContext | None = None, seconds: float = _SECONDS) -> None:
        self._server = server
        self._seconds = seconds
        # Certificates and names are checked.
        self._tls = tls or ssl.create_default_context()
        self._open: SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: EmailMessage) -> None:
        """Send a mail. Raises RefusedError and UnavailableError."""
        try:
            self._connected().send_message(message)
        except SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            self._fail(code, of_mail=True)
        except SMTPDataError as error:
            self._fail(error.smtp_code, of_mail=True)
        except SMTPNotSupportedError as error:
            self.close()
            raise RefusedError("the server does not support this address") from error
        except SMTPResponseException as error:
            self._fail(error.smtp_code, of_mail=False)
        except (SMTPException, OSError) as error:
            self.close()
            raise UnavailableError(_description(error)) from error

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._open is not None:
            connection, self._open = self._open, None
            connection.close()

    def _connected(self) -> SMTP:
        if self._open is None:
            self._open = self._connect()
        return self._open

    def _connect(self) -> SMTP:
        server = self._server
        if server.security == "tls":
            found: SMTP = SMTP_SSL(server.host, server.port, timeout=self._seconds, context=self._tls)
        else:
            found = SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.security == "starttls":
                _start_tls(found, self._tls)
            if server.username is not None:
                _log_in(found, server.username, server.password or "")
        except BaseException:
            found.close()
            raise
        return found

    def _fail(self, code: int, *, of_mail: bool) -> None:
        """Raise what an answer means. Only answers to the mail itself can refuse it for good."""
        if not of_mail or code == _CLOSING:
            self.close()
        if of_mail and code >= _PERMANENT:
            raise RefusedError(f"the server answered {code}")
        raise UnavailableError(f"the server answered {code}", of_mail=of_mail and code != _CLOSING)


def _start_tls(connection: SMTP, tls: ssl.SSLContext) -> None:
    try:
        connection.starttls(context=tls)
    except SMTPNotSupportedError as error:
        raise OSError("the server does not support STARTTLS") from error


def _log_in(connection: SMTP, username: str, password: str) -> None:
    try:
        connection.login(username, password)
    except SMTPNotSupportedError as error:
        raise OSError("the server does not support to log in") from error


def _description(error: Exception) -> str:
    """Return the reason without the text of the server, which can name addresses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, SMTPException):
        return "it closed the connection, or did not answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
