"""A member of a team: what they may call, why, and what happened to their membership."""

from typing import Any, Final

import msgspec

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Entry
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.paths_shown import reached
from reconciler.portal_server.pages.team_rules import Rule, rule, team_of
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit

_EVENTS: Final = {
    "create": "Added",
    "invite": "Invited",
    "accept": "Accepted the invitation",
    "decline": "Declined the invitation",
    "delete": "Removed",
}
_THROUGH: Final = {"invitation": "the link in the e-mail", "operator": "an operator"}


class Event(msgspec.Struct, frozen=True):
    """What happened to the membership, when, and by whom."""

    text: str
    at: str
    who: str


def show(visit: Visit) -> PageResponse:
    """Show a member of the team."""
    team, member = team_of(visit), _member(visit)
    query = {"team": team.id}
    paths = visit.perform("get-paths", path={"email": member.email}, query=query).paths
    partner = visit.perform("get-partner", path={"id": team.partner_id})
    history = {"object": member.id, "order": "desc", "limit": "20"}
    return layout.page(
        visit,
        "person.html",
        team=team,
        member=member,
        blocked=member.email in partner.blocked,
        reached=reached(visit, paths),
        history=[_event(entry) for entry in visit.perform("list-audit", query=history).items],
        rule=_rule(visit, member),
        role=visit.value("role", member.role),
        until=visit.value("until", member.until or ""),
        errors=visit.errors(),
    )


def change(visit: Visit) -> PageResponse:
    """Change the role and the last day; only operators may."""
    member = _member(visit)
    if not visit.person.is_operator:
        raise ProblemError(403, "Only operators change roles and last days.")
    body = {"role": visit.form.text("role"), "until": visit.form.maybe("until")}
    tag = visit.shown_tag
    visit.perform("change-member", path={"id": member.id}, body=body, if_match=tag)
    target = f"/ui/teams/{team_of(visit).id}/members/{member.id}"
    return notices.done(visit, target, f"{member.email} was changed.")


def _member(visit: Visit) -> Any:
    """Return the member of the path. Reject with 404 one of another team."""
    try:
        member = visit.perform("get-member", path={"id": visit.path["member"]})
    except ProblemError as problem:
        raise ProblemError(404, "This person is not in the team.") from problem
    if member.team_id != team_of(visit).id:
        raise ProblemError(404, "This person is not in the team.")
    return member


def _rule(visit: Visit, member: Any) -> Rule | None:
    """Return what keeps the person from removing this member; operators may always do it."""
    of_team = rule(visit)
    if of_team or visit.person.is_operator or (member.role == "member" and member.until is None):
        return of_team
    return Rule(
        "Git decides about this person",
        "Admins, and people with a last day, are managed by your partner manager in git. "
        "Ask them for a change.",
    )


def _event(entry: Entry) -> Event:
    text = _EVENTS.get(entry.action) or _changed(entry.before or {}, entry.after or {})
    if entry.source:
        who = f"the reconciler ({entry.source})"
    elif entry.token:
        who = f"the token {entry.token}"
    else:
        who = entry.person or _THROUGH.get(entry.through or "", "unknown")
    return Event(text, entry.at, who)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> str:
    parts = []
    if before.get("role") != after.get("role"):
        parts.append(f"role {before.get('role')} → {after.get('role')}")
    if before.get("until") != after.get("until"):
        parts.append(f"last day {before.get('until') or 'none'} → {after.get('until') or 'none'}")
    return f"Changed: {', '.join(parts)}"


PAGES: Final = (
    Page(
        path="/ui/teams/{team}/members/{member}",
        audience="team-admin",
        show=show,
        submit=change,
    ),
)
