"""What creating many members would do, before anything is sent."""

from typing import Annotated, Any, Final, Literal

import msgspec
from sqlalchemy import bindparam, select

from reconciler.portal_server.operations import invitation_limits, responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import MEMBER_STATE
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.storage.tables import members, partners, teams
from reconciler.portal_server.values.addresses import mailbox
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import Email, Instant, MemberState

MAX_ADDRESSES: Final = 1000
# The state of a membership that exists, or why the person cannot be added; `refused` is an invitation of the
# partner that was declined.
Outcome = Literal["new", "blocked", "recent", "refused", "invited", "active", "expired", "declined"]


class Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Canonical addresses."""

    emails: Annotated[list[Email], msgspec.Meta(max_length=MAX_ADDRESSES)]


class Preview(responses.Reply, frozen=True):
    """An outcome for each address, in order.

    `left` is how many people can be added now, and `more_at` when it grows; null without a limit.
    """

    outcomes: list[Outcome]
    left: int | None
    more_at: Instant | None


def show(call: Call) -> HttpResponse:
    """Return what creating a member for each address would do. Reject with 403 another team.

    It does not tell who has an account: that would let a team's admin ask about any address.
    """
    team_id, emails = call.path["id"], call.body.emails
    if call.of_team and call.caller and call.caller.team_id != team_id:
        raise ProblemError(403, "You can only invite people to your own team.")
    row = call.connection.execute(_TEAM, {"team": team_id}).one_or_none()
    if row is None:
        raise ProblemError(404, "The team does not exist.")
    values = {"team": team_id, "emails": emails, "expired_before": expired_before(call.now)}
    known: dict[str, MemberState] = {row.email: row.state for row in call.connection.execute(_KNOWN, values)}
    judge = _Judge(call, row.id, msgspec.json.decode(row.blocked), emails)
    outcomes = [known.get(email) or judge.outcome(email) for email in emails]
    left = invitation_limits.additions_left(call, team_id) if call.of_team else (None, None)
    return json_response(200, Preview(outcomes, *left))


class _Judge:
    """Judges addresses without a membership by the rules for the caller."""

    def __init__(self, call: Call, partner_id: str, blocked: list[str], emails: list[str]) -> None:
        self._form = mailbox if call.of_team else str
        self._blocked = set(map(self._form, blocked))
        self._of_team = call.of_team
        self._unwelcome: dict[str, Any] = (
            invitation_limits.unwelcome(call, partner_id, emails) if call.of_team else {}
        )

    def outcome(self, email: str) -> Outcome:
        """Return the outcome of a new membership; the second of two addresses of a mailbox comes too soon."""
        form = self._form(email)
        if form in self._blocked or email in self._blocked:
            return "blocked"
        if form in self._unwelcome:
            answer: Outcome = self._unwelcome[form]
            return answer
        if self._of_team:
            self._unwelcome[form] = "recent"
        return "new"


_TEAM: Final = (
    select(partners.c.id, partners.c.blocked)
    .join_from(teams, partners)
    .where(teams.c.id == bindparam("team"))
)
_KNOWN: Final = select(members.c.email, MEMBER_STATE.label("state")).where(
    members.c.team_id == bindparam("team"), members.c.email.in_(bindparam("emails", expanding=True))
)
