"""The changes of a plan in Markdown: lines of a diff under the files that ask for them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from reconciler.model.plan import Change, Plan
from reconciler.model.printable import printable
from reconciler.render.markdown.escaping import fenced, folded
from reconciler.render.new_objects import Created
from reconciler.render.text import changes as lines
from reconciler.render.text.style import counted

_OPEN_LINES: Final = 40
_SIGNS: Final = {"create": "+", "update": "!", "delete": "-", "adopt": "!"}


def changes(made: Plan, most: int | None) -> list[str]:
    """Return all changes, but of those that come with what is created no more than `most`."""
    where, created = _places(made.changes), Created(made)
    shown: dict[str, list[str]] = {}
    left = number = 0
    for change in sorted(made.changes, key=lines.order):
        brought = created.brings(change)
        if brought and most is not None and number >= most:
            left += 1
        else:
            number += brought
            shown.setdefault(where(change), []).append(_line(change))
    if not shown and not left:
        return []
    listed = [line for title, those in shown.items() for line in (f"@@ {title} @@", *those)]
    more = [f"+ … and {left:,} more to create"] if left else []
    body = fenced([*listed, *more], "diff")
    title = counted(len(made.changes), "change")
    return ["**Changes**", "", *body] if len(body) <= _OPEN_LINES else folded(title, body)


def drift(made: Plan, most: int | None) -> list[str]:
    """Return what differs whether the branch is merged or not, no more than `most` of it."""
    drifted = made.drift.changes
    if not drifted:
        return []
    shown = drifted[:most]
    left = len(drifted) - len(shown)
    more = [f"  … and {left:,} more"] if left else []
    title = f"Drift: {counted(len(drifted), 'difference')} that this change leaves alone"
    return folded(title, fenced([*map(_line, shown), *more], "diff"))


def listed(made: Plan) -> Iterator[str]:
    """Yield a line for each change, and one for each file before its changes."""
    where, above = _places(made.changes), ""
    for change in sorted(made.changes, key=lines.order):
        title = where(change)
        if title != above:
            yield f"@@ {title} @@"
            above = title
        yield _line(change)


def _places(those: Sequence[Change]) -> Callable[[Change], str]:
    """Return what tells a change's file; of what no file holds any more its partner's or group's."""
    files = lines.files(those)

    def place(change: Change) -> str:
        title = lines.section(change)
        return printable(change.source.file if change.source else files.get(title, " ".join(title)))

    return place


def _line(change: Change) -> str:
    detail = lines.detail(change)
    return printable(f"{_SIGNS[change.action]} {lines.whole(change)}{f'  {detail}' if detail else ''}")
