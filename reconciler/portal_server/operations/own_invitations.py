"""Invitations as the invited person sees them: by the code in the mail, or signed in."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, Text, bindparam, case, exists, select, type_coerce

from reconciler.portal_server.operations import invitations
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import MEMBER
from reconciler.portal_server.operations.membership_target import place_of
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Member, Reply
from reconciler.portal_server.storage.tables import audit, members, partners, people, teams
from reconciler.portal_server.values.durations import INVITATION_LASTS, expired_before
from reconciler.portal_server.values.formats import (
    CallerScope,
    DayText,
    Email,
    Identifier,
    Instant,
    Line,
    Role,
    instant,
    instant_text,
)
from reconciler.portal_server.values.identifiers import secret_hash

PEOPLE: Final[frozenset[CallerScope]] = frozenset({"admin", "team", "person"})
_UNKNOWN: Final = "The invitation does not exist, or was used, declined or withdrawn."


class Invitation(Reply, frozen=True):
    """An invitation; `id` is that of the membership, `team` and `partner` are display names.

    `inviter` is the address of the person who invited; null if an operator or a token did it.
    `until` is the last day of the membership, `expires_at` the end of the invitation.
    """

    id: Identifier
    email: Email
    team_id: Identifier
    team: Line
    partner: Line
    role: Role
    until: DayText | None
    state: Literal["pending", "expired", "accepted"]
    expires_at: Instant
    inviter: Email | None
    has_account: bool


class OwnInvitations(Reply, frozen=True):
    """The pending invitations of a person, the ones that expire first at the top."""

    items: list[Invitation]


# Who of the team invited; people of a team do not learn the addresses of operators.
_INVITER: Final = (
    select(case((audit.c.through == "page", audit.c.person)))
    .where(audit.c.object == members.c.id, audit.c.action == "invite")
    .order_by(audit.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)


def _where(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            members.c.id,
            members.c.email,
            members.c.team_id,
            teams.c.display_name.label("team"),
            partners.c.display_name.label("partner"),
            members.c.role,
            type_coerce(members.c.until, Text).label("until"),
            members.c.state,
            members.c.invited_at,
            _INVITER.label("inviter"),
            exists().where(people.c.email == members.c.email).label("has_account"),
            partners.c.blocked,
        )
        .select_from(members.join(teams).join(partners))
        .where(condition, members.c.invited_at.is_not(None), members.c.state.in_(["invited", "active"]))
    )


_BY_CODE: Final = _where(members.c.code_hash == bindparam("code_hash"))
_OWN: Final = _where(
    (members.c.email == bindparam("email"))
    & (members.c.state == "invited")
    & (members.c.invited_at > bindparam("expired_before"))
).order_by(members.c.invited_at, members.c.seq)
_LOAD_OWN: Final = select(*MEMBER.view.columns).where(
    members.c.id == bindparam("member_id"),
    members.c.email == bindparam("email"),
    members.c.state == "invited",
    members.c.invited_at > bindparam("expired_before"),
)


def show(call: Call) -> HttpResponse:
    """Return the invitation of a code, also an expired one; a used one only to its person.

    Reject with 404 what was declined or withdrawn, and people whom the partner blocks.
    """
    row = call.connection.execute(_BY_CODE, {"code_hash": secret_hash(call.path["code"])}).one_or_none()
    found = None if row is None else _invitation(row, call.now)
    own = found is not None and call.caller is not None and call.caller.email == found.email
    if found is None or (found.state == "accepted" and not own):
        raise ProblemError(404, _UNKNOWN)
    return json_response(200, found)


def list_own(call: Call) -> HttpResponse:
    """Return the pending invitations of the person."""
    values = {"email": _email(call), "expired_before": expired_before(call.now)}
    found = (_invitation(row, call.now) for row in call.connection.execute(_OWN, values))
    return json_response(200, OwnInvitations([each for each in found if each is not None]))


def accept_own(call: Call) -> HttpResponse:
    """Accept an invitation of the person, by the id of the membership."""
    member = _load_own(call)
    return invitations.accept_membership(call, member, place_of(call, member.team_id, member.email))


def decline_own(call: Call) -> HttpResponse:
    """Decline an invitation of the person, by the id of the membership."""
    member = _load_own(call)
    return invitations.decline_membership(call, member, place_of(call, member.team_id, member.email))


def _load_own(call: Call) -> Member:
    values = {
        "member_id": call.path["id"],
        "email": _email(call),
        "expired_before": expired_before(call.now),
    }
    row = call.connection.execute(_LOAD_OWN, values).one_or_none()
    if row is not None:
        member = Member(*row)
        if member.email not in place_of(call, member.team_id, member.email).blocked:
            return member
    raise ProblemError(404, _UNKNOWN)


def _email(call: Call) -> str:
    if call.caller is None or call.caller.email is None:
        raise ProblemError(403, "Only a person who is signed in has invitations.")
    return call.caller.email


def _invitation(row: Any, now: datetime) -> Invitation | None:
    """Return a row as an invitation; None if the partner blocks the person."""
    if row.email in msgspec.json.decode(row.blocked):
        return None
    ends = instant(row.invited_at) + INVITATION_LASTS
    state: Literal["pending", "expired", "accepted"] = "pending" if ends > now else "expired"
    return Invitation(
        row.id,
        row.email,
        row.team_id,
        row.team,
        row.partner,
        row.role,
        row.until,
        "accepted" if row.state == "active" else state,
        instant_text(ends),
        row.inviter,
        row.has_account,
    )


def _own(verb: str, run: Any) -> Operation:
    return Operation(
        method="POST",
        path=f"/me/invitations/{{id}}/{verb}",
        name=f"{verb}-own-invitation",
        summary=f"{verb.capitalize()} an own invitation",
        run=run,
        scopes=PEOPLE,
        reply=Member,
        for_pages=True,
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/invitations/{code}",
        name="get-invitation",
        summary="Get an invitation",
        run=show,
        reply=Invitation,
        for_pages=True,
    ),
    Operation(
        method="GET",
        path="/me/invitations",
        name="list-own-invitations",
        summary="List the own invitations",
        run=list_own,
        scopes=PEOPLE,
        reply=OwnInvitations,
        for_pages=True,
    ),
    _own("accept", accept_own),
    _own("decline", decline_own),
)
