"""Sessions of browsers, in the database: several processes are one portal, and any session can be ended."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, bindparam, or_, select, update

from reconciler.portal_server.storage.tables import sessions
from reconciler.portal_server.values.formats import instant, instant_text
from reconciler.portal_server.values.identifiers import new_secret, secret_hash

Method = Literal["link", "oidc"]
IDLE: Final = timedelta(hours=1)
ABSOLUTE: Final = timedelta(hours=12)
# How precise the time of the last request is: fewer writes for each page.
TOUCH_AFTER: Final = timedelta(minutes=5)


class Session(msgspec.Struct, frozen=True):
    """A session of one browser; `csrf` is the token of its forms."""

    id_hash: str
    email: str
    csrf: str
    method: Method
    created_at: str
    seen_at: str
    viewing_team_id: str | None

    def is_stale(self, now: datetime) -> bool:
        """Whether the time of the last request must be updated."""
        return instant(self.seen_at) + TOUCH_AFTER <= now


_COLUMNS: Final = [sessions.c[name] for name in Session.__struct_fields__]
_FIND: Final = select(*_COLUMNS).where(
    sessions.c.id_hash == bindparam("id_hash"),
    sessions.c.seen_at > bindparam("idle_since"),
    sessions.c.created_at > bindparam("begun_since"),
)
_OTHERS: Final = (
    select(*_COLUMNS)
    .where(
        sessions.c.email == bindparam("email"),
        sessions.c.id_hash != bindparam("own"),
        sessions.c.seen_at > bindparam("idle_since"),
        sessions.c.created_at > bindparam("begun_since"),
    )
    .order_by(sessions.c.created_at.desc())
)
_ENDED: Final = or_(
    sessions.c.seen_at <= bindparam("idle_since"), sessions.c.created_at <= bindparam("begun_since")
)


def begin(connection: Connection, now: datetime, email: str, method: Method) -> str:
    """Begin a session of a person and return its secret for the cookie. Ended sessions are deleted."""
    connection.execute(sessions.delete().where(_ENDED), _limits(now))
    secret = new_secret("ses")
    row = {
        "id_hash": secret_hash(secret),
        "email": email,
        "csrf": secrets.token_urlsafe(24),
        "method": method,
        "created_at": instant_text(now),
        "seen_at": instant_text(now),
    }
    connection.execute(sessions.insert(), row)
    return secret


def find(connection: Connection, now: datetime, secret: str) -> Session | None:
    """Return the session of a cookie's secret, unless it has ended."""
    row = connection.execute(_FIND, {"id_hash": secret_hash(secret), **_limits(now)}).one_or_none()
    return None if row is None else Session(*row)


def touch(connection: Connection, now: datetime, session: Session) -> None:
    """Store that the session was used."""
    _change(connection, session, seen_at=instant_text(now))


def view_as(connection: Connection, session: Session, team_id: str | None) -> None:
    """Let an operator look at the portal as an admin of a team, or end that."""
    _change(connection, session, viewing_team_id=team_id)


def end(connection: Connection, secret: str) -> None:
    """End the session of a cookie's secret."""
    connection.execute(sessions.delete().where(sessions.c.id_hash == secret_hash(secret)))


def others(connection: Connection, now: datetime, session: Session) -> list[Session]:
    """Return the other sessions of the person, the newest first."""
    rows = connection.execute(_OTHERS, {"email": session.email, "own": session.id_hash, **_limits(now)})
    return [Session(*row) for row in rows]


def end_others(connection: Connection, session: Session) -> int:
    """End every session of the person but this one, and return how many there were."""
    other = (sessions.c.email == session.email) & (sessions.c.id_hash != session.id_hash)
    return connection.execute(sessions.delete().where(other)).rowcount


def _change(connection: Connection, session: Session, **values: Any) -> None:
    connection.execute(update(sessions).where(sessions.c.id_hash == session.id_hash).values(**values))


def _limits(now: datetime) -> dict[str, str]:
    return {"idle_since": instant_text(now - IDLE), "begun_since": instant_text(now - ABSOLUTE)}
