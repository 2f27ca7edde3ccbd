"""The mails that wait in the database, written in the transaction of the request that causes them."""

from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, bindparam

from reconciler.portal_server.mail.message import Message, Post
from reconciler.portal_server.storage.tables import mails
from reconciler.portal_server.values.formats import instant_text
from reconciler.portal_server.values.identifiers import new_id

_INSERT: Final = mails.insert().inline()
_DISCARD: Final = mails.delete().where(mails.c.id == bindparam("discarded"))
_FORGET: Final = mails.delete().where(mails.c.expires_at <= bindparam("now"))


class Sender(Protocol):
    """The request that causes a mail; `post` is None in a portal without pages."""

    connection: Connection
    now: datetime

    @property
    def post(self) -> Post | None:
        """How mails are sent."""


def send(call: Sender, to: str, template: str, **values: Any) -> str:
    """Send a mail from a template with these values, and return its id.

    A template is a pair of files in `mail/templates`. It also gets `to`, `portal`, and `origin`, with which
    links begin; without pages, that is None and there are no links.
    """
    # Only requests that send a mail need the template engine.
    from reconciler.portal_server.mail.messages import compose  # noqa: PLC0415

    return put(call, to, compose(template, call.post, {"to": to, **values}))


def put(call: Sender, to: str, message: Message, expires_at: datetime | None = None) -> str:
    """Store a mail to be delivered, and return its id.

    One with an end contains a secret: it is deleted then, or as soon as it is delivered, and administrators
    do not see it in the mailbox.
    """
    call.connection.execute(_FORGET, {"now": instant_text(call.now)})
    mail_id = new_id("mail")
    at = instant_text(call.now)
    row = {
        "id": mail_id,
        "to": to,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "sent_at": at,
        "due_at": at if call.post and call.post.delivers else None,
        "expires_at": expires_at and instant_text(expires_at),
    }
    call.connection.execute(_INSERT, row)
    return mail_id


def discard(connection: Connection, mail_id: str) -> None:
    """Delete a mail before it is sent."""
    connection.execute(_DISCARD, {"discarded": mail_id})
