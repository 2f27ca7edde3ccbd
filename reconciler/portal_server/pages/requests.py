"""A team's requests for access: ask, follow, withdraw."""

from typing import Final

import msgspec

from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.access import may_ask
from reconciler.portal_server.pages.team_rules import team_of
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit


def show(visit: Visit) -> PageResponse:
    """Show the requests of the team, open ones first."""
    number = visit.query.get("page", "1")
    query = {"team": team_of(visit).id, "page": number}
    return layout.page(
        visit,
        "requests.html",
        team=team_of(visit),
        requests=visit.perform("browse-access-requests", query=query),
        number=msgspec.convert(number, int, strict=False),
        may_ask=may_ask(visit),
        errors=visit.errors(),
    )


def withdraw(visit: Visit) -> PageResponse:
    """Withdraw the request."""
    path = {"id": visit.path["request"]}
    visit.perform("withdraw-access-request", path=path, if_match=visit.shown_tag)
    return notices.done(visit, f"/ui/teams/{team_of(visit).id}/requests", "The request was withdrawn.")


def show_new(visit: Visit) -> PageResponse:
    """Show the form to ask for access, filled in from the link that leads here."""
    team = team_of(visit)
    groups = visit.perform("list-requestable-groups", path={"id": team.id}).items
    asked = {name: visit.value(name, visit.query.get(name, "")) for name in ("groupId", "until", "reason")}
    asked["level"] = visit.value("level", visit.query.get("level", "consume"))
    held = {group.id: group for group in groups if group.level is not None}
    return layout.page(
        visit,
        "request_new.html",
        team=team,
        groups=groups,
        asked=asked,
        may_ask=may_ask(visit),
        held=held.get(asked["groupId"]),
        today=visit.now.date().isoformat(),
    )


def ask(visit: Visit) -> PageResponse:
    """Ask for access."""
    form, team = visit.form, team_of(visit)
    if not form.text("groupId") and not form.text("reason"):
        raise invalid("/reason", "Choose an access group above, or say here what you need.")
    body = {
        "teamId": team.id,
        "groupId": form.maybe("groupId"),
        "level": form.text("level") or "consume",
        "until": form.maybe("until"),
        "reason": form.maybe("reason"),
    }
    request = visit.perform("create-access-request", body=body)
    what = f"{request.group} was requested." if request.group else "The request was sent."
    return notices.done(visit, f"/ui/teams/{team.id}/requests", f"{what} An operator decides about it.")


_REQUESTS: Final = "/ui/teams/{team}/requests"
PAGES: Final = (
    Page(path=_REQUESTS, audience="team-admin", show=show),
    Page(path=f"{_REQUESTS}/new", audience="team-admin", show=show_new, submit=ask),
    Page(path=f"{_REQUESTS}/{{request}}/withdraw", audience="team-admin", show=show, submit=withdraw),
)
