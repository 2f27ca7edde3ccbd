"""The audit log on pages: who did what, when, and through what; of a team, or of the whole portal."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from reconciler.portal_server.operations.audit_log import AuditView
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Entry
from reconciler.portal_server.pages import downloads, layout
from reconciler.portal_server.pages.audit_sentences import ACTIONS, KINDS, THROUGH, Sentence, sentence
from reconciler.portal_server.pages.downloads import Part
from reconciler.portal_server.pages.forms import PageError
from reconciler.portal_server.pages.visit import Audience, Page, PageResponse, Visit, page_errors

_OPERATOR: Final = "/ui/operator/audit"
# How many entries a part of a download has.
_PART: Final = 500
_FILTERS: Final = ("person", "action", "kind", "through", "since", "until", "team", "object", "entry")
_PLACES: Final = ("older", "newer")
_MESSAGES: Final = {
    "person": "Enter a whole address, such as ana@acme.example.",
    "since": "Enter a day as YYYY-MM-DD.",
    "until": "Enter a day as YYYY-MM-DD.",
}
_COLUMNS: Final = (
    "Time (UTC)",
    "Who",
    "What",
    "Through",
    "Person",
    "Token",
    "Token id",
    "Action",
    "Kind",
    "Object",
    "Team",
    "Source",
    "Before",
    "After",
    "Entry",
)
# What a team's log has.
_TEAM_KINDS: Final = ("team", "member", "grant", "access-request", "token")


def show(visit: Visit) -> PageResponse:
    """Show a page of entries, the newest first."""
    base = _base(visit)
    chosen = _chosen(visit)
    errors: list[PageError] = []
    view = AuditView([], {}, None, None)
    try:
        view = _browse(visit, chosen | _given(visit, _PLACES))
    except ProblemError as problem:
        errors = [_explained(each) for each in page_errors(problem)]
    kinds = _TEAM_KINDS if visit.person.team else KINDS
    response = layout.page(
        visit,
        "audit.html",
        base=base,
        entries=[_sentence(visit, entry, view) for entry in view.items],
        filters={name: chosen.get(name, "") for name in _FILTERS},
        filter_errors=errors,
        errors=[],
        team_name=view.names.get(chosen.get("team", "")) if "team" in chosen else None,
        kinds=[(kind, KINDS[kind].capitalize() if KINDS[kind].islower() else KINDS[kind]) for kind in kinds],
        actions=list(ACTIONS.items()),
        ways=list(THROUGH.items()),
        newer=view.newer and _link(base, chosen, newer=view.newer),
        older=view.older and _link(base, chosen, older=view.older),
        csv=_link(f"{base}/csv", chosen),
        json=_link(f"{base}/json", chosen),
        is_filtered=bool(chosen),
    )
    return response if not errors else PageResponse(422, response.body, response.headers, response.cookies)


def as_csv(visit: Visit) -> PageResponse:
    """Return the entries of the filters as CSV, the newest first."""
    return downloads.csv_download(visit, _file_name(visit), _COLUMNS, _load, lambda item: _rows(*item))


def as_json(visit: Visit) -> PageResponse:
    """Return the entries of the filters as JSON, the newest first."""

    def load(visit: Visit, cursor: str | None) -> Part:
        found = _load(visit, cursor)
        return Part([entry for entry, _ in found.items], found.next)

    return downloads.json_download(visit, _file_name(visit), load, {})


def _load(visit: Visit, cursor: str | None) -> Part:
    place = {} if cursor is None else {"older": cursor}
    view = _browse(visit, _chosen(visit) | place | {"limit": str(_PART)})
    return Part([(entry, _sentence(visit, entry, view)) for entry in view.items], view.older)


def _rows(entry: Entry, said: Sentence) -> Iterator[Sequence[str]]:
    before = "; ".join(f"{each.field}: {each.before}" for each in said.details if each.before)
    after = "; ".join(f"{each.field}: {each.after}" for each in said.details if each.after)
    yield (
        entry.at,
        said.who,
        said.what,
        said.through,
        entry.person or "",
        entry.token or "",
        entry.token_id or "",
        entry.action,
        entry.kind,
        entry.object,
        entry.team_id or "",
        entry.source or "",
        before,
        after,
        entry.id,
    )


def _browse(visit: Visit, query: dict[str, str]) -> AuditView:
    """Return entries; on a team's pages, an operator sees those of the team only, too."""
    team = visit.person.team
    own = {"team": team.id} if team else {}
    view: AuditView = visit.perform("browse-audit", query=query | own)
    return view


def _sentence(visit: Visit, entry: Entry, view: AuditView) -> Sentence:
    return sentence(entry, view.names, visit.portal.site.files_url)


def _base(visit: Visit) -> str:
    team = visit.person.team
    return f"/ui/teams/{team.id}/audit" if team else _OPERATOR


def _chosen(visit: Visit) -> dict[str, str]:
    """Return the filters that are set."""
    return _given(visit, _FILTERS)


def _given(visit: Visit, names: Sequence[str]) -> dict[str, str]:
    return {name: text for name in names if (text := visit.query.get(name, "").strip())}


def _link(path: str, query: dict[str, str], **more: str) -> str:
    query = query | more
    return f"{path}?{urlencode(query)}" if query else path


def _explained(error: PageError) -> PageError:
    return PageError(error.field, _MESSAGES.get(error.field, "This filter has no such value."))


def _file_name(visit: Visit) -> str:
    team = visit.person.team
    return downloads.file_name("audit-log", team.name if team else "", visit.now.date().isoformat())


def _pages(base: str, audience: Audience) -> tuple[Page, ...]:
    return (
        Page(path=base, audience=audience, show=show),
        Page(path=f"{base}/csv", audience=audience, show=as_csv),
        Page(path=f"{base}/json", audience=audience, show=as_json),
    )


PAGES: Final = (*_pages("/ui/teams/{team}/audit", "team-admin"), *_pages(_OPERATOR, "operator"))
