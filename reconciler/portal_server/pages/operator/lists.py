"""The list of a kind: search, filters, and pages in both directions."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.operator import files
from reconciler.portal_server.pages.operator.screens import Screen
from reconciler.portal_server.pages.visit import PageResponse, Visit


class Listed(msgspec.Struct, frozen=True):
    """A page of a list: its objects, the total if it is known, and the addresses of the pages beside it."""

    items: list[Any]
    total: int | None
    previous: str | None
    next: str | None


def show(visit: Visit, screen: Screen) -> PageResponse:
    """Show the objects of a kind that match the search and the filters."""
    chosen = _chosen(visit, screen)
    listed = browse(visit, screen.path, chosen, screen.href)
    return layout.page(
        visit,
        "operator/list.html",
        screen=screen,
        listed=listed,
        chosen=chosen,
        names=names_of(visit, (getattr(item, field, None) for item in listed.items for field in _NAMING)),
        counts=visit.perform("count-dependents", body={"ids": [item.id for item in listed.items]}),
        file_of=_file_of(visit),
    )


def browse(visit: Visit, path: str, chosen: Mapping[str, str], href: str) -> Listed:
    """Return a page of a kind at the place in the query; `href` is the address of the page that shows it."""
    places = {key: visit.query[key] for key in ("after", "before") if visit.query.get(key)}
    found = visit.perform(f"browse-{path}", query={**chosen, **places})

    def beside(key: str, place: str | None) -> str | None:
        shown = {key: value for key, value in chosen.items() if key in visit.query}
        return None if place is None else f"{href}?{urlencode({**shown, key: place})}"

    return Listed(found.items, found.total, beside("before", found.previous), beside("after", found.next))


def names_of(visit: Visit, ids: Iterable[str | None]) -> dict[str, Any]:
    """Return the names of objects by id."""
    wanted = sorted({each for each in ids if each is not None})
    found = visit.perform("find-names", body={"ids": wanted}) if wanted else []
    return {each.id: each for each in found}


_NAMING: Final = ("id", "partner_id", "team_id")


def _chosen(visit: Visit, screen: Screen) -> dict[str, str]:
    """Return the search and the filters of the query; what cannot be chosen is ignored."""
    chosen = {"search": visit.query.get("search", "").strip()[:200]}
    for each in screen.filters:
        chosen[each.key] = visit.query.get(each.key, "")
        if chosen[each.key] not in dict(each.options):
            del chosen[each.key]
    return {key: value for key, value in chosen.items() if value}


def _file_of(visit: Visit) -> Any:
    def found(item: Any, names: Mapping[str, Any]) -> files.GitFile | None:
        named = names.get(item.id)
        return None if named is None else files.file_of_named(visit, named)

    return found
