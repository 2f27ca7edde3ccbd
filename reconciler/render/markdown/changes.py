"""The changes of a plan in Markdown: a diff grouped by file."""

from collections.abc import Callable, Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.plan import Change, Plan
from reconciler.model.printable import printable
from reconciler.render.markdown.escaping import fenced, folded
from reconciler.render.new_objects import NewObjects
from reconciler.render.text import changes as lines

_OPEN_LINES: Final = 40
_SIGNS: Final = {"create": "+", "update": "!", "delete": "-", "adopt": "!"}


def changes(plan: Plan, most: int | None) -> list[str]:
    """Return all changes; those that belong to new objects are limited to `most`."""
    where, created = _places(plan.changes), NewObjects(plan)
    shown: dict[str, list[str]] = {}
    left = number = 0
    for change in sorted(plan.changes, key=lines.order):
        is_new = created.is_new(change)
        if is_new and most is not None and number >= most:
            left += 1
        else:
            number += is_new
            shown.setdefault(where(change), []).append(_line(change))
    if not shown and not left:
        return []
    listed = [line for title, sources in shown.items() for line in (f"@@ {title} @@", *sources)]
    more = [f"+ … and {left:,} more to create"] if left else []
    body = fenced([*listed, *more], "diff")
    title = counted(len(plan.changes), "change")
    return ["**Changes**", "", *body] if len(body) <= _OPEN_LINES else folded(title, body)


def drift(plan: Plan, most: int | None) -> list[str]:
    """Return the differences between the base branch and the portal, at most `most` of them."""
    drifted = plan.drift.changes
    if not drifted:
        return []
    shown = drifted[:most]
    left = len(drifted) - len(shown)
    more = [f"  … and {left:,} more"] if left else []
    title = f"Drift: {counted(len(drifted), 'difference')}, not changed by this plan"
    return folded(title, fenced([*map(_line, shown), *more], "diff"))


def by_file(plan: Plan) -> dict[str, list[str]]:
    """Return one line for each change, by the heading of its file."""
    where = _places(plan.changes)
    found: dict[str, list[str]] = {}
    for change in sorted(plan.changes, key=lines.order):
        found.setdefault(f"@@ {where(change)} @@", []).append(_line(change))
    return found


def _places(sources: Sequence[Change]) -> Callable[[Change], str]:
    """Return a function that finds the file of a change, or its section if no file defines it."""
    files = lines.files(sources)

    def place(change: Change) -> str:
        section = lines.section(change)
        title = files.get(section) or " ".join(lines.heading(section))
        return printable(change.source.file if change.source else title)

    return place


def _line(change: Change) -> str:
    detail = lines.detail(change)
    return printable(f"{_SIGNS[change.action]} {lines.whole(change)}{f'  {detail}' if detail else ''}")
