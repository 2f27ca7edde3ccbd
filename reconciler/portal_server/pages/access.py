"""What a team reaches, and giving it back."""

from typing import Any, Final

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.paths_shown import by_api, reached
from reconciler.portal_server.pages.team_rules import team_of
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit


def show(visit: Visit) -> PageResponse:
    """Show the APIs and the access groups of the team."""
    access = _access(visit)
    of_grants: dict[str, set[str]] = {}
    for path in access.access:
        of_grants.setdefault(path.grant_id, set()).add(path.api)
    return layout.page(
        visit,
        "access.html",
        team=team_of(visit),
        access=access,
        may_ask=may_ask(visit),
        reached=reached(visit, access.access),
        numbers={grant: len(apis) for grant, apis in of_grants.items()},
    )


def show_giving_back(visit: Visit) -> PageResponse:
    """Show what the team loses with a grant."""
    access = _access(visit)
    grant = _grant(visit, access)
    lost: list[str] = []
    kept: list[str] = []
    for row in by_api(access.access):
        others = {path.level for path in row.paths if path.grant_id != grant.id}
        if any(path.grant_id == grant.id for path in row.paths):
            (kept if grant.level in others or "consume" in others else lost).append(row.label)
    people = visit.perform(
        "list-members", query={"team": team_of(visit).id, "state": "active", "limit": "1"}
    ).total
    return layout.page(
        visit,
        "give_back.html",
        team=team_of(visit),
        grant=grant,
        lost=lost,
        kept=kept,
        people=people,
        errors=visit.errors(),
    )


def give_back(visit: Visit) -> PageResponse:
    """Delete the grant."""
    grant = _grant(visit, _access(visit))
    path = {"id": grant.id}
    tag = visit.shown_tag
    operation = "delete-grant" if visit.person.is_operator else "give-back-grant"
    visit.perform(operation, path=path, if_match=tag)
    return notices.done(visit, f"/ui/teams/{team_of(visit).id}/access", f"{grant.group} was given back.")


def may_ask(visit: Visit) -> bool:
    """Whether the person may ask for access of the team and give it back."""
    is_active = team_of(visit).partner_status == "active"
    return visit.person.is_admin and visit.person.viewing_as is None and is_active


def _access(visit: Visit) -> Any:
    return visit.perform("get-team-access", path={"id": team_of(visit).id})


def _grant(visit: Visit, access: Any) -> Any:
    found = next((grant for grant in access.grants if grant.id == visit.path["grant"]), None)
    if found is None:
        raise ProblemError(404, "The team does not have this access, or it was given back already.")
    return found


_GIVE_BACK: Final = "/ui/teams/{team}/access/{grant}/give-back"
PAGES: Final = (
    Page(path="/ui/teams/{team}/access", audience="team", show=show),
    Page(path=_GIVE_BACK, audience="team-admin", show=show_giving_back, submit=give_back),
)
