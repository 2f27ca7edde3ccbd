"""Limits for a team's token: invitations per hour, one mail per day, no mail to people who declined.

Mails by administrators are recorded as well, because a team's token could repeat them, but not limited.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import bindparam, func, select, update

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.storage.tables import additions, contacts
from reconciler.portal_server.values.addresses import mailbox
from reconciler.portal_server.values.durations import QUOTA_COUNTS, SEND_AGAIN_AFTER, seconds_until
from reconciler.portal_server.values.formats import instant, instant_text

ADDITIONS_AN_HOUR: Final = 100

_COUNT: Final = select(func.count(), func.min(additions.c.at)).where(
    additions.c.team_id == bindparam("team_id"), additions.c.at > bindparam("since")
)
_ADD: Final = additions.insert().inline()
_FORGET_ADDITIONS: Final = additions.delete().where(additions.c.at <= bindparam("since"))
_OF_MAILBOX: Final = (contacts.c.partner_id == bindparam("partner")) & (
    contacts.c.mailbox == bindparam("address")
)
_FIND: Final = select(contacts.c.mailed_at, contacts.c.declined_at).where(_OF_MAILBOX)
_FIND_MANY: Final = select(contacts.c.mailbox, contacts.c.mailed_at, contacts.c.declined_at).where(
    contacts.c.partner_id == bindparam("partner"),
    contacts.c.mailbox.in_(bindparam("addresses", expanding=True)),
)
_CHANGE: Final = update(contacts).where(_OF_MAILBOX)
_NEW: Final = contacts.insert().inline()
_FORGET_CONTACTS: Final = contacts.delete().where(
    contacts.c.declined_at.is_(None), contacts.c.mailed_at <= bindparam("since")
)


def additions_left(call: Call, team_id: str) -> tuple[int, str | None]:
    """Return how many people the team can add now, and when the first of the last hour stops to count."""
    since = {"since": _before(call, QUOTA_COUNTS)}
    number, first = call.connection.execute(_COUNT, {"team_id": team_id, **since}).one()
    more_at = instant_text(instant(first) + QUOTA_COUNTS) if first else None
    return max(0, ADDITIONS_AN_HOUR - number), more_at


def count_addition(call: Call, team_id: str) -> None:
    """Count a person whom a team's token adds or invites again. Reject with 429 above the quota."""
    since = {"since": _before(call, QUOTA_COUNTS)}
    call.connection.execute(_FORGET_ADDITIONS, since)
    number, first = call.connection.execute(_COUNT, {"team_id": team_id, **since}).one()
    if number >= ADDITIONS_AN_HOUR:
        raise _too_soon(
            call, f"A team can add at most {ADDITIONS_AN_HOUR} people per hour.", first, QUOTA_COUNTS
        )
    call.connection.execute(_ADD, {"team_id": team_id, "at": call.time})


def require_welcome(call: Call, partner_id: str, email: str) -> None:
    """Reject a mail with 429 too soon after the last one of this partner, or with 409 after it was declined.

    Mails of other partners do not count, because they are confidential.
    """
    call.connection.execute(_FORGET_CONTACTS, {"since": _before(call, SEND_AGAIN_AFTER)})
    known = call.connection.execute(_FIND, _key(partner_id, email)).one_or_none()
    if known is None:
        return
    if known.mailed_at and instant(known.mailed_at) + SEND_AGAIN_AFTER > call.now:
        raise _too_soon(
            call, "The last e-mail to this person was sent too recently.", known.mailed_at, SEND_AGAIN_AFTER
        )
    if known.declined_at:
        raise ProblemError(
            409, "This person declined an invitation of the partner; only an operator can send another."
        )


def unwelcome(call: Call, partner_id: str, emails: Sequence[str]) -> dict[str, Literal["recent", "refused"]]:
    """Return the mailboxes of addresses to which `require_welcome` would reject a mail, with the reason."""
    values = {"partner": partner_id, "addresses": sorted(set(map(mailbox, emails)))}
    found: dict[str, Literal["recent", "refused"]] = {}
    for known in call.connection.execute(_FIND_MANY, values):
        if known.mailed_at and instant(known.mailed_at) + SEND_AGAIN_AFTER > call.now:
            found[known.mailbox] = "recent"
        elif known.declined_at:
            found[known.mailbox] = "refused"
    return found


def record_mail(call: Call, partner_id: str, email: str) -> None:
    """Record a mail to an address for a partner."""
    _record(call, partner_id, email, {"mailed_at": call.time})


def record_decline(call: Call, partner_id: str, email: str) -> None:
    """Record that an invitation of a partner was declined."""
    _record(call, partner_id, email, {"declined_at": call.time})


def _record(call: Call, partner_id: str, email: str, values: dict[str, Any]) -> None:
    key = _key(partner_id, email)
    if not call.connection.execute(_CHANGE, {**key, **values}).rowcount:
        new = {"partner_id": partner_id, "mailbox": key["address"], **values}
        call.connection.execute(_NEW, new)


def _key(partner_id: str, email: str) -> dict[str, str]:
    return {"partner": partner_id, "address": mailbox(email)}


def _before(call: Call, span: timedelta) -> str:
    return instant_text(call.now - span)


def _too_soon(call: Call, detail: str, since: str, span: timedelta) -> ProblemError:
    wait = seconds_until(instant(since) + span, call.now)
    return ProblemError(429, detail, headers={"Retry-After": wait})
