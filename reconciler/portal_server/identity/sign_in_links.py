"""Links to sign in, sent by mail: single use, for one address, for a quarter of an hour."""

from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlencode

from sqlalchemy import Connection, bindparam, exists, or_, select

from reconciler.portal_server.identity.attempts import Limit, exceeded
from reconciler.portal_server.mail import outbox
from reconciler.portal_server.mail.messages import compose
from reconciler.portal_server.storage.tables import members, people, sign_in_links
from reconciler.portal_server.values.addresses import mailbox
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import instant_text
from reconciler.portal_server.values.identifiers import new_secret, secret_hash

LASTS: Final = timedelta(minutes=15)
PATH: Final = "/ui/sign-in/link/"
TO_AN_ADDRESS: Final = Limit("to", 5)
_ENDED: Final = sign_in_links.c.created_at <= bindparam("since")
_REPLACE: Final = sign_in_links.delete().where(or_(sign_in_links.c.email == bindparam("address"), _ENDED))
_ADD: Final = sign_in_links.insert().inline()
_FIND: Final = select(sign_in_links.c.email).where(
    sign_in_links.c.code_hash == bindparam("code_hash"), ~_ENDED
)
_USE: Final = sign_in_links.delete().where(sign_in_links.c.code_hash == bindparam("used"))
_MEMBERSHIP: Final = exists().where(
    members.c.email == bindparam("email"),
    or_(
        members.c.state == "active",
        (members.c.state == "invited") & (members.c.invited_at > bindparam("expired_before")),
    ),
)
_KNOWN: Final = select(or_(exists().where(people.c.email == bindparam("email")), _MEMBERSHIP))


class Request(outbox.Sender, Protocol):
    """The request of a person."""

    @property
    def operators(self) -> frozenset[str]:
        """The addresses of the people who may do everything."""


def may_sign_in(connection: Connection, now: datetime, operators: frozenset[str], email: str) -> bool:
    """Whether a person is an operator, has an account, or is in a team or invited to one."""
    values = {"email": email, "expired_before": expired_before(now)}
    known = bool(connection.execute(_KNOWN, values).scalar_one())
    return known or email in operators


def send(request: Request, email: str, target: str | None) -> bool:
    """Send a link to a person who may sign in, which then leads to the target; return whether they may.

    For another address it does the same work, so that nobody learns from it who has access: only the mail
    is discarded. Above the limit for an address, no mail is sent.
    """
    connection, now = request.connection, request.now
    known = may_sign_in(connection, now, request.operators, email)
    if exceeded(connection, now, TO_AN_ADDRESS, mailbox(email)) is not None:
        return known
    path = create(connection, now, email)
    origin = request.post.origin if request.post else None
    query = f"?{urlencode({'next': target})}" if target else ""
    values = {"to": email, "link": f"{origin}{path}{query}", "minutes": LASTS.seconds // 60}
    sent = outbox.put(request, email, compose("sign-in", request.post, values), now + LASTS)
    outbox.discard(connection, "" if known else sent)
    return known


def create(connection: Connection, now: datetime, email: str) -> str:
    """Create a link for an address, instead of earlier ones, and return its path."""
    code = new_secret("lnk")
    connection.execute(_REPLACE, {"address": email, "since": instant_text(now - LASTS)})
    row = {"code_hash": secret_hash(code), "email": email, "created_at": instant_text(now)}
    connection.execute(_ADD, row)
    return f"{PATH}{code}"


def find(connection: Connection, now: datetime, code: str) -> str | None:
    """Return the address of a link's code, unless it was used or replaced, or has ended."""
    values = {"code_hash": secret_hash(code), "since": instant_text(now - LASTS)}
    return connection.execute(_FIND, values).scalar_one_or_none()


def use(connection: Connection, code: str) -> None:
    """Delete a link, which works once."""
    connection.execute(_USE, {"used": secret_hash(code)})
