"""A receipt for a terminal: changes that were not applied, then the totals."""

from collections.abc import Iterable
from typing import Final

from reconciler.model.approval import OwnerApproval
from reconciler.model.printable import printable
from reconciler.model.receipt import Receipt, ReceiptSummary
from reconciler.render.notices import NO_APPROVAL, selection
from reconciler.render.text.impact import gained_and_lost
from reconciler.render.text.style import Style, columns

_COLORS: Final = {"failed": "red", "unknown": "red", "skipped": "yellow"}


def receipt(receipt: Receipt, *, color: bool, whole: bool = False) -> str:
    """Return one line per change that was not applied, and a summary line.

    `whole` adds a heading with the portal, time and user, the changes that were applied, and who
    gained and lost access.
    """
    style = Style(color=color)
    others = [entry for entry in receipt.entries if whole or entry.outcome != "applied"]
    rows = columns((entry.outcome, entry.action, entry.id, entry.message) for entry in others)
    lines = [
        style.paint(row, _COLORS.get(entry.outcome, "green")) for row, entry in zip(rows, others, strict=True)
    ]
    lines += [style.paint(each, "red") for each in _not_persisted(receipt)]
    if receipt.problem:
        lines.append(style.paint(f"Stopped early: {printable(receipt.problem)}", "yellow"))
    lines = [*_head(receipt, style), *lines, *_people(receipt, style)] if whole else lines
    counts = [f"{receipt.summary.applied:,}", *not_applied(receipt.summary)]
    return "\n".join([*lines, f"Applied {', '.join(counts)}."]) + "\n"


def _head(receipt: Receipt, style: Style) -> list[str]:
    head = f"Receipt for {receipt.portal}, {receipt.started} to {receipt.finished}, plan {receipt.plan}"
    by = f", applied by {receipt.applied_by}" if receipt.applied_by else ""
    approved = [printable(_approval(each)) for each in receipt.approvals]
    return [style.paint(printable(f"{head}{by}"), "bold"), *approved, *selection(receipt), ""]


def _approval(each: OwnerApproval) -> str:
    """Return who approved for an owner, each with the link to the approval."""
    people = [f"{given.login} ({given.link})" if given.link else given.login for given in each.approved_by]
    given = f"approved by {', '.join(people)}" if people else each.standing_approval or NO_APPROVAL
    return f"{each.owner}: {given}"


def _people(receipt: Receipt, style: Style) -> list[str]:
    if receipt.access is None:
        return [""]
    return ["", *gained_and_lost(receipt.access, style), ""]


def not_applied(counts: ReceiptSummary) -> list[str]:
    """Return the number of changes that were not applied, by outcome."""
    numbers = (("failed", counts.failed), ("skipped", counts.skipped), ("unknown", counts.unknown))
    return [f"{number:,} {outcome}" for outcome, number in numbers if number]


def _not_persisted(receipt: Receipt) -> Iterable[str]:
    return columns(("not persisted", each.id, each.message) for each in receipt.unsettled)
