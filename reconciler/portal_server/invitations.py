"""Invitations: the code in the mail is the credential."""

from typing import Final

from sqlalchemy import ColumnElement, bindparam, select

from reconciler.portal_server import audit, objects
from reconciler.portal_server.calls import Answer, Call, answer
from reconciler.portal_server.identifiers import new_id, new_secret, secret_hash
from reconciler.portal_server.kinds import EXPIRED, MEMBER, PERSON
from reconciler.portal_server.problems import ProblemError
from reconciler.portal_server.replies import Member
from reconciler.portal_server.tables import mails, members, people
from reconciler.portal_server.times import expired_before

_SEND: Final = mails.insert().inline()
_PENDING: Final[ColumnElement[bool]] = (members.c.state == "invited") & ~EXPIRED
_FIND: Final = select(*MEMBER.view.columns).where(members.c.code_hash == bindparam("code_hash"), _PENDING)
_ACCOUNT: Final = select(people.c.id).where(people.c.email == bindparam("email"))


def new_code() -> tuple[str, str]:
    """A code and what is stored of it."""
    code = new_secret("inv")
    return code, secret_hash(code)


def send(call: Call, email: str, *, team: str, partner: str, code: str) -> None:
    """Send the one mail that invites a person to a team."""
    text = (
        f"You are invited to the team {team} of {partner}.\n\n"
        f"To accept: POST /invitations/{code}/accept\n"
        f"To decline: POST /invitations/{code}/decline\n"
    )
    mail = {
        "id": new_id("mail"),
        "to": email,
        "subject": f"Invitation to {partner}",
        "text": text,
        "sent_at": call.time,
    }
    call.connection.execute(_SEND, mail)


def accept(call: Call) -> Answer:
    """Make the membership active, and the account where there is none."""
    before = _pending(call)
    after = objects.store(call, MEMBER, before.id, {"state": "active", "code_hash": None})
    audit.record(call, "accept", MEMBER.name, after, before)
    if call.connection.execute(_ACCOUNT, {"email": before.email}).one_or_none() is None:
        account = objects.insert(call, PERSON, {"email": before.email, "display_name": None})
        audit.record(call, "create", PERSON.name, account)
    return answer(200, after, {"ETag": after.etag})


def decline(call: Call) -> Answer:
    """Turn the invitation down."""
    before = _pending(call)
    after = objects.store(call, MEMBER, before.id, {"state": "declined", "code_hash": None})
    audit.record(call, "decline", MEMBER.name, after, before)
    return answer(200, after, {"ETag": after.etag})


def _pending(call: Call) -> Member:
    values = {"code_hash": secret_hash(call.path["code"]), "expired_before": expired_before(call.now)}
    row = call.connection.execute(_FIND, values).one_or_none()
    if row is None:
        raise ProblemError(
            404, "There is no such invitation: it was used, declined, withdrawn, or has expired."
        )
    return Member(*row)
