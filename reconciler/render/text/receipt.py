"""A receipt for people: what was not done first, then how much was."""

from collections.abc import Iterable
from typing import Final

from reconciler.model.printable import printable
from reconciler.model.receipt import Receipt, ReceiptSummary
from reconciler.render.text.impact import gained_and_lost
from reconciler.render.text.style import Style, columns

_COLORS: Final = {"failed": "red", "unknown": "red", "skipped": "yellow"}


def receipt(written: Receipt, *, color: bool, whole: bool = False) -> str:
    """Return a line for each change that was not applied, and a line of counts.

    `whole` is for those who were not there: it adds what was applied, to what, when and by whom, and who
    gained and lost access.
    """
    style = Style(color=color)
    others = [entry for entry in written.entries if whole or entry.outcome != "applied"]
    rows = columns((entry.outcome, entry.action, entry.id, entry.message) for entry in others)
    lines = [
        style.paint(row, _COLORS.get(entry.outcome, "green")) for row, entry in zip(rows, others, strict=True)
    ]
    lines += [style.paint(each, "red") for each in _unsettled(written)]
    if written.problem:
        lines.append(style.paint(f"Ended early: {printable(written.problem)}", "yellow"))
    lines = [*_head(written, style), *lines, *_people(written, style)] if whole else lines
    counts = [f"{written.summary.applied:,}", *left(written.summary)]
    return "\n".join([*lines, f"Applied {', '.join(counts)}."]) + "\n"


def _head(written: Receipt, style: Style) -> list[str]:
    head = f"Receipt of {written.portal}, {written.started} to {written.finished}, plan {written.plan}"
    by = f", applied by {written.applied_by}" if written.applied_by else ""
    return [style.paint(printable(f"{head}{by}"), "bold"), ""]


def _people(written: Receipt, style: Style) -> list[str]:
    if written.access is None:
        return [""]
    return ["", *gained_and_lost(written.access, style), ""]


def left(counts: ReceiptSummary) -> list[str]:
    """Return how many changes were not applied, outcome by outcome."""
    numbers = (("failed", counts.failed), ("skipped", counts.skipped), ("unknown", counts.unknown))
    return [f"{number:,} {outcome}" for outcome, number in numbers if number]


def _unsettled(written: Receipt) -> Iterable[str]:
    return columns(("not held", each.id, each.message) for each in written.unsettled)
