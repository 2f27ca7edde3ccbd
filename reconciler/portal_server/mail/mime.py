"""A mail of the outbox as a MIME message (RFC 5322)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from reconciler.portal_server.mail.messages import one_line
from reconciler.portal_server.values.formats import instant


class StoredMail(msgspec.Struct, frozen=True):
    """A mail in the outbox; `attempts` includes the current one, `expires_at` is the end of its secret."""

    id: str
    to: str
    subject: str
    text: str
    html: str | None
    sent_at: str
    attempts: int
    expires_at: str | None

    @property
    def since(self) -> datetime:
        """When the mail was written."""
        return instant(self.sent_at)


def message_of(mail: StoredMail, portal: str, sender: str) -> EmailMessage:
    """Return a mail with its headers. No text of a mail can add a header.

    The id is the same in each attempt, so that a mail program can drop what it gets twice.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender, one_line(portal))
    message["To"] = _address(mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.since)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    # No vacation messages in return (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def _address(email: str, name: str = "") -> Address:
    local, _, domain = email.rpartition("@")
    return Address(name, local, domain)
