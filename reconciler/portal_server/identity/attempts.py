"""Limits of what strangers may do in a time window, counted in the database for all processes."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from reconciler.portal_server.storage.tables import attempts
from reconciler.portal_server.values.formats import instant, instant_text
from reconciler.portal_server.values.identifiers import secret_hash

WINDOW: Final = timedelta(hours=1)
_PREFIX: Final = "sign-in:"
_FORGET: Final = attempts.delete().where(
    attempts.c.key.startswith(_PREFIX), attempts.c.at <= bindparam("since")
)
_COUNT: Final = select(func.count(), func.min(attempts.c.at)).where(
    attempts.c.key == bindparam("key"), attempts.c.at > bindparam("since")
)
_ADD: Final = attempts.insert().inline()


class Limit(msgspec.Struct, frozen=True):
    """At most `most` attempts of a sort in an hour."""

    sort: str
    most: int


def exceeded(connection: Connection, now: datetime, limit: Limit, who: str) -> timedelta | None:
    """Count an attempt, and return None; or return how long to wait, and count nothing.

    Only a hash of `who` is stored. It makes no difference whether the person is known.
    """
    since = {"since": instant_text(now - WINDOW)}
    key = f"{_PREFIX}{limit.sort}:{secret_hash(who)}"
    connection.execute(_FORGET, since)
    number, first = connection.execute(_COUNT, {"key": key, **since}).one()
    if number >= limit.most:
        return instant(first) + WINDOW - now
    connection.execute(_ADD, {"key": key, "at": instant_text(now)})
    return None


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network of 64 bits of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((int(parsed), 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004  IPv6
