"""Memberships: a person without an account is invited by mail."""

from typing import Any, Final

import msgspec
from sqlalchemy import Text, bindparam, exists, or_, select, type_coerce

from reconciler.portal_server.operations import audit, invitation_limits, invitations, objects
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import MEMBER
from reconciler.portal_server.operations.membership_target import Place, place_of
from reconciler.portal_server.operations.preconditions import require_match
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Member
from reconciler.portal_server.storage.tables import members
from reconciler.portal_server.values.addresses import mailbox
from reconciler.portal_server.values.durations import SEND_AGAIN_AFTER, expired_before, seconds_until
from reconciler.portal_server.values.formats import instant


def create(call: Call) -> HttpResponse:
    """Add a person to a team: active with an account, otherwise invited."""
    values = objects.canonical(msgspec.structs.asdict(call.body))
    if call.of_team:
        _check_delegation(call, values["team_id"], values["role"], values["until"])
    place = place_of(call, values["team_id"], values["email"])
    _check_person(call, place, values["team_id"], values["email"])
    if place.has_account:
        membership = objects.insert(call, MEMBER, {**values, "state": "active", "invited_at": None})
        audit.record(call, "create", MEMBER.name, membership)
        return objects.created(MEMBER, membership)
    code, code_hash = invitations.new_code()
    invited = {**values, "state": "invited", "invited_at": call.time}
    membership = objects.insert(call, MEMBER, invited, code_hash=code_hash)
    invitations.send(call, membership.email, place, code)
    audit.record(call, "invite", MEMBER.name, membership)
    return objects.created(MEMBER, membership)


def remove(call: Call) -> HttpResponse:
    """Remove a person from a team, and withdraw a pending invitation."""
    before = _load_own(call)
    require_match(call.headers.get("if-match"), before.etag)
    _keep_last_admin(call, before)
    return objects.remove_loaded(call, MEMBER, before)


def change(call: Call) -> HttpResponse:
    """Set the role or the last day."""
    if call.body.role == "member":
        _keep_last_admin(call, objects.load(call, MEMBER))
    return objects.change(call, MEMBER)


def leave(call: Call) -> HttpResponse:
    """Remove the person who is signed in from the team on whose pages they are."""
    caller = call.caller
    if caller is None or caller.team_id != call.path["id"]:
        raise ProblemError(403, "You can only leave a team that you are in.")
    values = {
        "team": caller.team_id,
        "email": caller.email,
        "expired_before": expired_before(call.now),
    }
    member = Member(*call.connection.execute(_OWN, values).one())
    _check_delegation(call, member.team_id, member.role, member.until)
    return objects.remove_loaded(call, MEMBER, member)


def invite_again(call: Call) -> HttpResponse:
    """Send an expired invitation again, with a new code."""
    before = _load_own(call)
    require_match(call.headers.get("if-match"), before.etag)
    if before.state != "expired":
        raise ProblemError(409, "Only an expired invitation can be sent again.")
    check_interval(call, before.invited_at)
    place = place_of(call, before.team_id, before.email)
    _check_person(call, place, before.team_id, before.email)
    code, code_hash = invitations.new_code()
    values = {"state": "invited", "invited_at": call.time, "code_hash": code_hash}
    after = objects.store(call, MEMBER, before.id, values)
    invitations.send(call, after.email, place, code)
    audit.record(call, "invite", MEMBER.name, after, before)
    return json_response(200, after, {"ETag": after.etag})


def check_interval(call: Call, sent_at: str) -> None:
    """Reject with 429 too soon after the last mail, regardless of the lifetime of invitations."""
    allowed = instant(sent_at) + SEND_AGAIN_AFTER
    if allowed > call.now:
        wait = {"Retry-After": seconds_until(allowed, call.now)}
        raise ProblemError(429, "The last invitation was sent too recently.", headers=wait)


def _check_person(call: Call, place: Place, team_id: str, email: str) -> None:
    """Reject with 409 a person whom the partner blocks; for a team's token, in any spelling of the mailbox.

    Reject a team's token with 429 if it has added too many people.
    """
    blocked = email in place.blocked
    if call.of_team:
        blocked = blocked or mailbox(email) in map(mailbox, place.blocked)
    if blocked:
        raise ProblemError(409, "The partner blocks this person.")
    if call.of_team:
        invitation_limits.count_addition(call, team_id)


def _load_own(call: Call) -> Any:
    member = objects.load(call, MEMBER)
    if call.of_team:
        _check_delegation(call, member.team_id, member.role, member.until)
    return member


def _check_delegation(call: Call, team_id: str, role: str, until: object) -> None:
    """Reject with 403 what a team's token is not allowed to do.

    It cannot change a membership with a last day, because deleting and adding it would remove the last day.
    """
    caller = call.caller
    if caller is None or team_id != caller.team_id:
        raise ProblemError(403, _worded(call, "can only change members of the own team."))
    if caller.partner_status != "active":
        raise ProblemError(403, "The partner is suspended.")
    if not caller.delegated:
        raise ProblemError(403, "The members of this team are not delegated to it.")
    if role != "member" or until is not None:
        raise ProblemError(403, _worded(call, "cannot change an admin, a role or a last day."))


def _worded(call: Call, rule: str) -> str:
    return f"You {rule}" if call.caller and call.caller.email else f"This token {rule}"


def _keep_last_admin(call: Call, member: Any) -> None:
    """Reject with 409 on pages that a team loses its last admin; what the API writes was reviewed in git."""
    if call.caller is None or call.caller.email is None or member.role != "admin" or member.state != "active":
        return
    values = {"team": member.team_id, "id": member.id, "today": call.now.date().isoformat()}
    if not call.connection.execute(_HAS_OTHER_ADMIN, values).scalar_one():
        raise ProblemError(409, f"{member.email} is the last admin of the team. Add another admin first.")


_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_HAS_OTHER_ADMIN: Final = select(
    exists().where(
        members.c.team_id == bindparam("team"),
        members.c.id != bindparam("id"),
        members.c.role == "admin",
        members.c.state == "active",
        or_(_UNTIL.is_(None), type_coerce(bindparam("today"), Text) <= _UNTIL),
    )
)
_OWN: Final = select(*MEMBER.view.columns).where(
    members.c.team_id == bindparam("team"), members.c.email == bindparam("email")
)
