"""The changes of a plan as a table: what is done to what, field by field, and which line asks for it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from reconciler.model.plan import Change, FileChange
from reconciler.render.formatting import REORDERED, moves, value
from reconciler.render.html.markup import Markup, heads, joined, sign, tag
from reconciler.render.html.places import Places
from reconciler.render.text import changes as lines

_HEAD: Final = ("Change", "What", "How", "Where")
_SIGNS: Final = {"create": "+", "update": "~", "delete": "−", "adopt": "="}  # noqa: RUF001  a minus
_WORDS: Final = {"create": "create", "update": "change", "delete": "delete", "adopt": "take over"}


def changes(listed: Iterable[Change], places: Places) -> Markup:
    """Return a table with a body for each partner, access group and product."""
    sections: dict[tuple[str, str], list[Change]] = {}
    for change in listed:
        sections.setdefault(lines.section(change), []).append(change)
    bodies = [_section(title, sections[title], places) for title in sorted(sections, key=lines.place)]
    return tag("table", heads(*_HEAD), *bodies, class_="listed changes")


def in_files(listed: Iterable[FileChange], places: Places) -> Markup:
    """Return a table of what a branch changes that no portal holds."""
    rows = [_file_row(change, places) for change in listed]
    return tag("table", heads("What", "How", "Where"), tag("tbody", *rows), class_="listed files")


def _file_row(change: FileChange, places: Places) -> Markup:
    source = change.source
    return tag(
        "tr",
        tag("td", tag("span", change.about, class_="still"), f" {change.path}"),
        tag("td", _difference(change.before, change.after, change.path)),
        tag("td", places.shown(source.file, source.line) if source else ""),
    )


def _section(title: tuple[str, str], listed: Sequence[Change], places: Places) -> Markup:
    sort, name = title
    head = tag("th", tag("span", sort, class_="still"), " ", name, colspan="4", scope="rowgroup")
    rows = [_row(change, places) for change in sorted(listed, key=lines.order)]
    return tag("tbody", tag("tr", head, class_="section"), *rows)


def _row(change: Change, places: Places) -> Markup:
    mark = sign(_SIGNS[change.action], _WORDS[change.action])
    source = change.source
    return tag(
        "tr",
        tag("td", mark, lines.noun(change), class_=change.action),
        tag("td", *_name(change)),
        tag("td", *_how(change)),
        tag("td", places.shown(source.file, source.line) if source else ""),
    )


def _name(change: Change) -> Iterator[str]:
    """Yield the name, after that of the team it belongs to."""
    team = lines.team(change)
    if team and change.kind != "team":
        yield tag("span", f"{team} {'' if change.kind == 'grant' else '/ '}", class_="still")
    yield lines.name(change)


def _how(change: Change) -> Iterator[str]:
    """Yield a line a field that changes, or a few words."""
    if change.action != "update":
        yield lines.detail(change)
        return
    if change.renamed_from:
        yield tag("div", f"renamed from {change.renamed_from.partition('/')[2]}")
    for field in change.fields:
        yield tag("div", f"{field.path}: ", _difference(field.before, field.after, field.path))


def _difference(before: Any, after: Any, path: str) -> Markup:
    """Return a value before and after; of a list what comes and what goes."""
    moved = moves(before, after)
    if moved is None:
        old = tag("span" if before is None else "del", value(before, path))
        return joined([old, " → ", tag("ins", value(after, path))])
    gone = [tag("del", f"− {each}") for each in moved.gone]  # noqa: RUF001  a minus
    come = [tag("ins", f"+ {each}") for each in moved.come]
    return joined([*gone, *come] or [REORDERED], ", ")
