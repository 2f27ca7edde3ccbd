"""Who has access to what: people and APIs, who reaches an API, and what a person reaches and why."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.portal_server.operations.matrix import AccessView, PersonAccess
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import AccessPath, Paths
from reconciler.portal_server.pages import downloads, layout
from reconciler.portal_server.pages.downloads import Part
from reconciler.portal_server.pages.forms import PageError
from reconciler.portal_server.pages.visit import Audience, Page, PageResponse, Visit, page_errors
from reconciler.portal_server.values.addresses import canonical_email

_OPERATOR: Final = "/ui/operator/access"
_FILTERS: Final = ("search", "partner", "team", "group", "api", "level", "ending", "on", "columns")
_TEAM_FILTERS: Final = ("search", "api", "level", "ending", "on", "columns")
_PRINTED: Final = "1000"
_PART: Final = 200
_ENDING: Final = (("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"))
_LEVELS: Final = (("view", "View"), ("consume", "Consume"))
_LABELS: Final = {
    "search": "address begins with",
    "partner": "partner",
    "team": "team",
    "group": "access group",
    "api": "API",
    "level": "level",
    "ending": "ends within days",
    "columns": "APIs shown",
}
_MESSAGES: Final = {
    "on": "Enter a day as YYYY-MM-DD.",
    "partner": "There is no partner with this name.",
    "team": "There is no such team. Enter it as partner/team.",
    "group": "There is no access group with this name.",
    "api": "There is no API with this name.",
    "columns": "Enter the names of at most 12 APIs of the portal.",
    "person": "Enter a whole address, such as ana@acme.example.",
}
_COLUMNS: Final = ("Day", "Person", "Teams", "API", "Level", "Next end")
_NOTHING: Final = AccessView("", [], 0, None, [])


def show(visit: Visit) -> PageResponse:
    """Show people and APIs, or who reaches an API."""
    base, chosen = _base(visit), _chosen(visit)
    by_api = visit.query.get("view") == "api"
    printed = visit.query.get("print") == "1"
    place = {"cursor": visit.query["cursor"]} if visit.query.get("cursor") else {}
    view, errors = _NOTHING, list[PageError]()
    waits = by_api and "api" not in chosen
    if not waits:
        try:
            view = visit.perform(
                "browse-access", query=chosen | place | ({"limit": _PRINTED} if printed else {})
            )
        except ProblemError as problem:
            errors = [_explained(each) for each in page_errors(problem)]
    shown = chosen | ({"view": "api"} if by_api else {})
    response = layout.page(
        visit,
        "who_has_access.html",
        base=base,
        tabs=_tabs(base, "api" if by_api else "people"),
        view=view,
        rows=[(item, {each.api: each.level for each in item.access}) for item in view.items],
        counts=_counts(view),
        filters={name: chosen.get(name, "") for name in _FILTERS},
        filter_errors=errors,
        errors=[],
        summary=[f"{_LABELS[name]} {text}" for name, text in chosen.items() if name in _LABELS],
        by_api=by_api,
        waits=waits,
        printed=printed,
        levels=_LEVELS,
        ending=_ENDING,
        first=_link(base, shown) if place else None,
        following=_link(base, shown, cursor=view.next) if view.next else None,
        print_link=_link(base, shown, print="1"),
        csv=_link(f"{base}/csv", chosen),
        json=_link(f"{base}/json", chosen),
        is_filtered=bool(chosen),
    )
    return _with_status(response, errors)


def show_person(visit: Visit) -> PageResponse:
    """Show what a person reaches, and why."""
    base = _base(visit)
    email, day = visit.query.get("person", "").strip(), visit.query.get("on", "").strip()
    errors: list[PageError] = []
    found: list[tuple[str, str, str, list[AccessPath]]] = []
    if email:
        try:
            email = canonical_email(email)
            found = _paths(visit, email, day)
        except ValueError:
            errors = [PageError("person", _MESSAGES["person"])]
        except ProblemError as problem:
            errors = [_explained(each) for each in page_errors(problem)]
    response = layout.page(
        visit,
        "what_a_person_reaches.html",
        base=base,
        tabs=_tabs(base, "person"),
        email=email,
        on=day,
        day=day or visit.now.date().isoformat(),
        found=found,
        filter_errors=errors,
        errors=[],
    )
    return _with_status(response, errors)


def as_csv(visit: Visit) -> PageResponse:
    """Return a line for each person and API as CSV."""
    on = visit.query.get("on", "").strip() or visit.now.date().isoformat()
    return downloads.csv_download(visit, _file_name(visit), _COLUMNS, _load, lambda item: _lines(on, item))


def as_json(visit: Visit) -> PageResponse:
    """Return the people with their APIs as JSON, as the API does."""
    on = visit.query.get("on", "").strip() or visit.now.date().isoformat()
    return downloads.json_download(visit, _file_name(visit), _load, {"on": on})


def _load(visit: Visit, cursor: str | None) -> Part:
    place = {} if cursor is None else {"cursor": cursor}
    view = visit.perform("browse-access", query=_chosen(visit) | place | {"limit": str(_PART)})
    return Part(view.items, view.next)


def _lines(on: str, item: PersonAccess) -> Iterator[Sequence[str]]:
    """Return a line for each API of a person, or one without an API."""
    teams = "; ".join(f"{team.partner} / {team.name}" for team in item.teams if team.counts)
    for api, level in _levels(item) or [("", "none")]:
        yield on, item.email, teams, api, level, item.until or ""


def _levels(item: PersonAccess) -> list[tuple[str, str]]:
    return [(each.api, each.level) for each in item.access]


def _paths(visit: Visit, email: str, day: str) -> list[tuple[str, str, str, list[AccessPath]]]:
    """Return the name, display name and level of each API that a person reaches, with the paths to it."""
    team = visit.person.team
    query = ({"on": day} if day else {}) | ({"team": team.id} if team else {})
    found: Paths = visit.perform("get-paths", path={"email": email}, query=query)
    apis = []
    for api, group in groupby(found.paths, lambda each: each.api):
        paths = list(group)
        level = "consume" if any(each.level == "consume" for each in paths) else "view"
        apis.append((api, paths[0].api_display_name, level, paths))
    return apis


def _counts(view: AccessView) -> list[tuple[str, int, int]]:
    """Return how many of the people that are shown may consume and view each column."""
    levels = [{each.api: each.level for each in item.access} for item in view.items]
    return [
        (
            api,
            sum(each.get(api) == "consume" for each in levels),
            sum(each.get(api) == "view" for each in levels),
        )
        for api in view.columns or ()
    ]


def _tabs(base: str, current: str) -> list[tuple[str, str, bool, None]]:
    return [
        (base, "People and APIs", current == "people", None),
        (f"{base}?view=api", "Who has access to an API", current == "api", None),
        (f"{base}/person", "What a person has access to", current == "person", None),
    ]


def _base(visit: Visit) -> str:
    team = visit.person.team
    return f"/ui/teams/{team.id}/access/people" if team else _OPERATOR


def _chosen(visit: Visit) -> dict[str, str]:
    """Return the filters that are set; on a team's pages only its people are listed."""
    team = visit.person.team
    names = _TEAM_FILTERS if team else _FILTERS
    chosen = {name: text for name in names if (text := visit.query.get(name, "").strip())}
    return chosen | ({"team": team.id} if team and visit.person.is_operator else {})


def _link(path: str, query: dict[str, str], **more: str) -> str:
    query = query | more
    return f"{path}?{urlencode(query)}" if query else path


def _explained(error: PageError) -> PageError:
    if not error.field:
        return error
    return PageError(error.field, _MESSAGES.get(error.field, "This filter has no such value."))


def _with_status(response: PageResponse, errors: Sequence[PageError]) -> PageResponse:
    if not errors:
        return response
    return PageResponse(422, response.body, response.headers, response.cookies)


def _file_name(visit: Visit) -> str:
    team = visit.person.team
    return downloads.file_name("access", team.name if team else "", visit.now.date().isoformat())


def _pages(base: str, audience: Audience) -> tuple[Page, ...]:
    handlers: dict[str, Any] = {"": show, "/person": show_person, "/csv": as_csv, "/json": as_json}
    return tuple(Page(path=f"{base}{end}", audience=audience, show=run) for end, run in handlers.items())


PAGES: Final = (*_pages("/ui/teams/{team}/access/people", "team-admin"), *_pages(_OPERATOR, "operator"))
