"""The changes of a plan as a table: action, object, fields and location."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from reconciler.model.ids import name_of
from reconciler.model.plan import Change, FileChange
from reconciler.model.resource import ResourceId
from reconciler.render.formatting import REORDERED, list_difference, value
from reconciler.render.html.locations import Locations
from reconciler.render.html.markup import Markup, heads, joined, sign, tag
from reconciler.render.text import changes as lines

_HEAD: Final = ("Change", "Name", "Details", "Location")
_SIGNS: Final = {"create": "+", "update": "~", "delete": "−", "adopt": "="}  # noqa: RUF001  a minus
_WORDS: Final = {"create": "create", "update": "update", "delete": "delete", "adopt": "adopt"}


def changes(listed: Iterable[Change], locations: Locations) -> Markup:
    """Return a table with one section per partner, access group and API product."""
    sections: dict[ResourceId, list[Change]] = {}
    for change in listed:
        sections.setdefault(lines.section(change), []).append(change)
    bodies = [_section(each, sections[each], locations) for each in sorted(sections, key=lines.place)]
    return tag("table", heads(*_HEAD), *bodies, class_="listed changes")


def in_files(listed: Iterable[FileChange], locations: Locations) -> Markup:
    """Return a table of file-only changes."""
    rows = [_file_row(change, locations) for change in listed]
    return tag("table", heads("Setting", "Change", "Location"), tag("tbody", *rows), class_="listed files")


def _file_row(change: FileChange, locations: Locations) -> Markup:
    source = change.source
    return tag(
        "tr",
        tag("td", tag("span", change.about, class_="muted"), f" {change.path}"),
        tag("td", _difference(change.before, change.after, change.path)),
        tag("td", locations.link(source.file, source.line) if source else ""),
    )


def _section(section: ResourceId, listed: Sequence[Change], locations: Locations) -> Markup:
    kind, name = lines.heading(section)
    head = tag("th", tag("span", kind, class_="muted"), " ", name, colspan="4", scope="rowgroup")
    rows = [_row(change, locations) for change in sorted(listed, key=lines.order)]
    return tag("tbody", tag("tr", head, class_="section"), *rows)


def _row(change: Change, locations: Locations) -> Markup:
    mark = sign(_SIGNS[change.action], _WORDS[change.action])
    source = change.source
    return tag(
        "tr",
        tag("td", mark, lines.noun(change), class_=change.action),
        tag("td", *_name(change)),
        tag("td", *_details(change)),
        tag("td", locations.link(source.file, source.line) if source else ""),
    )


def _name(change: Change) -> Iterator[str]:
    """Yield the name, preceded by the name of its team."""
    team = lines.team(change)
    if team and change.kind != "team":
        name = lines.name(change)
        yield tag("span", f"{team} {'' if name.startswith('→') else '/ '}", class_="muted")
    yield lines.name(change)


def _details(change: Change) -> Iterator[str]:
    """Yield one line per changed field, or the details of another action."""
    if change.action != "update":
        yield lines.detail(change)
        return
    if change.renamed_from:
        yield tag("div", f"renamed from {name_of(change.renamed_from)}")
    for field in change.fields:
        yield tag("div", f"{field.path}: ", _difference(field.before, field.after, field.path))


def _difference(before: Any, after: Any, path: str) -> Markup:
    """Return the old and new value; for a list, the removed and added items."""
    changed = list_difference(before, after)
    if changed is None:
        old = tag("span" if before is None else "del", value(before, path))
        return joined([old, " → ", tag("ins", value(after, path))])
    removed = [tag("del", f"− {each}") for each in changed.removed]  # noqa: RUF001  a minus
    added = [tag("ins", f"+ {each}") for each in changed.added]
    return joined([*removed, *added] or [REORDERED], ", ")
