"""Invitations, which are authenticated by the code in the mail."""

from typing import Final

from sqlalchemy import ColumnElement, bindparam, select

from reconciler.portal_server import mail
from reconciler.portal_server.mail import outbox
from reconciler.portal_server.mail.message import Message
from reconciler.portal_server.operations import audit, invitation_limits, objects
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import EXPIRED, MEMBER, PERSON
from reconciler.portal_server.operations.membership_target import Place, place_of
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Member
from reconciler.portal_server.storage.tables import members
from reconciler.portal_server.values.durations import INVITATION_LASTS, expired_before
from reconciler.portal_server.values.identifiers import new_secret, secret_hash
from reconciler.portal_server.values.sentences import full_stop

_PENDING: Final[ColumnElement[bool]] = (members.c.state == "invited") & ~EXPIRED
_FIND: Final = select(*MEMBER.view.columns).where(members.c.code_hash == bindparam("code_hash"), _PENDING)


def new_code() -> tuple[str, str]:
    """Return a new code and its hash."""
    code = new_secret("inv")
    return code, secret_hash(code)


def send(call: Call, email: str, place: Place, code: str) -> None:
    """Send a mail that invites a person to a team, within the limits for a team's token."""
    if call.of_team:
        invitation_limits.require_welcome(call, place.partner_id, email)
    _send_mail(call, email, place, code)
    invitation_limits.record_mail(call, place.partner_id, email)


def _send_mail(call: Call, email: str, place: Place, code: str) -> None:
    if call.post is not None:
        # People of a team do not learn the addresses of operators.
        inviter = call.caller.email if call.caller and call.of_team else None
        until = (call.now + INVITATION_LASTS).strftime("%Y-%m-%d %H:%M UTC")
        mail.send(
            call,
            email,
            "invitation",
            inviter=inviter,
            team=place.team,
            partner=place.partner,
            until=until,
            code=code,
        )
        return
    text = (
        f"You are invited to the team {place.team} of {place.partner}{full_stop(place.partner)}\n\n"
        f"To accept: POST /invitations/{code}/accept\n"
        f"To decline: POST /invitations/{code}/decline\n"
    )
    outbox.put(call, email, Message(f"Invitation to {place.partner}", text))


def accept(call: Call) -> HttpResponse:
    """Accept the invitation of a code."""
    return accept_membership(call, *_pending(call))


def accept_membership(call: Call, before: Member, place: Place) -> HttpResponse:
    """Activate the membership, and create the account if it is missing.

    The hash of the code stays, so that its page can say to the person that it was accepted.
    """
    after = objects.store(call, MEMBER, before.id, {"state": "active"})
    audit.record(call, "accept", MEMBER.name, after, before)
    if not place.has_account:
        account = objects.insert(call, PERSON, {"email": before.email, "display_name": None})
        audit.record(call, "create", PERSON.name, account)
    return json_response(200, after, {"ETag": after.etag})


def decline(call: Call) -> HttpResponse:
    """Decline the invitation of a code."""
    return decline_membership(call, *_pending(call))


def decline_membership(call: Call, before: Member, place: Place) -> HttpResponse:
    """Mark the membership as declined, which also stops further mails of the partner's teams."""
    after = objects.store(call, MEMBER, before.id, {"state": "declined", "code_hash": None})
    audit.record(call, "decline", MEMBER.name, after, before)
    invitation_limits.record_decline(call, place.partner_id, before.email)
    return json_response(200, after, {"ETag": after.etag})


def _pending(call: Call) -> tuple[Member, Place]:
    """Return the membership and team of a code. Reject with 404, also if the person is blocked now."""
    values = {"code_hash": secret_hash(call.path["code"]), "expired_before": expired_before(call.now)}
    row = call.connection.execute(_FIND, values).one_or_none()
    if row is not None:
        member = Member(*row)
        place = place_of(call, member.team_id, member.email)
        if member.email not in place.blocked:
            return member, place
    raise ProblemError(
        404, "The invitation does not exist, or was used, declined or withdrawn, or has expired."
    )
