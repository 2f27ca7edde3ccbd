"""A receipt as a comment on a merged pull request: what was applied, what was not, and what to do."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.approval import OwnerApproval
from reconciler.model.approved_plans import PlanApproval
from reconciler.model.counting import counted
from reconciler.model.ids import kind_of
from reconciler.model.kinds import person_of
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.model.receipt import Entry, Receipt
from reconciler.render.markdown.approvals import giver, not_approved
from reconciler.render.markdown.comment_frame import marker
from reconciler.render.markdown.escaping import MAX_LENGTH, code, codes, fenced, folded, sentence, table
from reconciler.render.markdown.people import People
from reconciler.render.notices import NO_APPROVAL, REFUSED
from reconciler.render.text.receipt import not_applied

_SIGNS: Final = {"failed": "⛔", "unknown": "❓", "skipped": "⏸️"}
_NAMES: Final = 6
_APPLIED: Final = ", applied from "
# The limits for applied and skipped entries, and for failed and unknown entries.
_LADDER: Final = ((None, None), (200, None), (40, None), (10, None), (0, None), (0, 100), (0, 10), (0, 0))
_NEXT_STEPS: Final = (
    "No rollback is needed. {first} Then apply again: only the remaining changes are planned."
)
_FIX: Final = "Fix the failed changes first; skipped changes depend on them."
_UNKNOWN: Final = "The next plan reads the portal and shows whether a change marked ❓ was applied."


def receipt(
    receipt: Receipt,
    plan: Plan | None = None,
    approval: PlanApproval | None = None,
    *,
    largest: int = MAX_LENGTH,
    names: bool = False,
) -> str:
    """Return the outcome of apply in at most `largest` characters; its plan adds who gained and lost access.

    It begins with the marker of the plan's comment, which it replaces. With another plan, of which only the
    removals were applied, it says that the rest was not, and which approvals of that plan are missing.
    """
    rest = _rest(receipt, plan, approval)
    plan = None if rest else plan
    comment = ""
    for most, worst in _LADDER:
        parts = [
            [marker(receipt.portal)],
            [_heading(receipt)],
            rest,
            _summary(receipt, plan, names=names),
            [f"- {code(each.owner)}: {_approved(each)}" for each in receipt.approvals[:most]],
            _not_applied(receipt, most, worst),
            _next_steps(receipt),
            _people(plan, most, names=names) if plan and not _is_incomplete(receipt) else [],
            _applied(receipt, most),
            [_footer(receipt)],
        ]
        comment = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
        if len(comment) <= largest:
            break
    return comment


def _rest(receipt: Receipt, plan: Plan | None, approval: PlanApproval | None) -> list[str]:
    """Return the notice about the rest of a plan that was not applied."""
    if plan is None or receipt.selection != "removals" or plan.digest == receipt.plan:
        return []
    notice = "Only the removals of the merge were applied, and nothing else of it."
    why = not_approved(approval) if approval else []
    return ["\n\n".join([notice, *why])] if why else [f"{notice} {REFUSED}"]


def _footer(receipt: Receipt) -> str:
    by = f" by {code(receipt.applied_by)}" if receipt.applied_by else ""
    return f"<sub>Plan {code(receipt.plan)}{_APPLIED}{receipt.started} to {receipt.finished}{by}</sub>"


def is_receipt(comment: str) -> bool:
    """Whether a comment of ours is a receipt."""
    return _APPLIED in comment.rpartition("<sub>")[2]


def _is_incomplete(receipt: Receipt) -> bool:
    return receipt.outcome != "complete"


def _heading(receipt: Receipt) -> str:
    portal = code(receipt.portal)
    if not receipt.entries:
        return f"### ⚪ No changes to apply to {portal}"
    if _is_incomplete(receipt):
        return f"### 🔴 Not fully applied to {portal}"
    day, _, time = receipt.finished.partition("T")
    applied = "🟡 Only removals applied" if receipt.selection == "removals" else "✅ Applied"
    return f"### {applied} to {portal} at {day} {time[:5]} UTC"


def _summary(receipt: Receipt, plan: Plan | None, *, names: bool) -> list[str]:
    """Return who gained and lost access, who was invited, and the number of changes by outcome."""
    sentences: list[str] = []
    if plan is not None and not _is_incomplete(receipt):
        people = People(plan, names=names)
        sentences = [
            *people.sentences(plan.access.gained, "gained"),
            *people.sentences(plan.access.lost, "lost"),
        ]
    elif receipt.access is not None:
        sentences = list(_people_counts(receipt.access))
    added = list(dict.fromkeys(_added(receipt)))
    if added:
        was = "was" if len(added) == 1 else "were"
        sentences.append(
            f"{codes(added, _NAMES)} {was} added; people without an account got an e-mail invitation."
        )
    numbers = [f"{receipt.summary.applied:,} applied", *not_applied(receipt.summary)]
    total = [f"**{' · '.join(numbers)}**"] if receipt.entries else []
    return [*(["\\\n".join(sentences), ""] if sentences and total else sentences), *total]


def _approved(approval: OwnerApproval) -> str:
    """Return who approved for an owner, each with a link to the approval."""
    people = ", ".join(map(giver, approval.approved_by))
    if approval.standing_approval and not people:
        return sentence(approval.standing_approval)
    return f"approved by {people}" if people else NO_APPROVAL


def _people_counts(applied: Impact) -> Iterator[str]:
    """Yield sentences with the number of people who gained and lost access."""
    for rows, verb in ((applied.gained, "gained"), (applied.lost, "lost")):
        number = len({person for row in rows for person in row.people})
        if number:
            yield f"{counted(number, 'person', 'people')} {verb} access."


def _added(receipt: Receipt) -> Iterator[str]:
    """Yield the people whom this run added to a team."""
    for entry in receipt.entries:
        is_membership = kind_of(entry.id) == "membership"
        if is_membership and (entry.action, entry.outcome) == ("create", "applied"):
            yield person_of(entry.id)


def _not_applied(receipt: Receipt, most: int | None, worst: int | None) -> list[str]:
    """Return a table of changes that were not applied: at most `worst` failed or unknown, `most` skipped."""
    others = [entry for entry in receipt.entries if entry.outcome != "applied"]
    failed = [entry for entry in others if entry.outcome != "skipped"]
    skipped = [entry for entry in others if entry.outcome == "skipped"]
    rows = [_cells(entry) for entry in [*failed[:worst], *skipped[:most]]]
    rows += [["⚠️", code(each.id), "not persisted", code(each.message)] for each in receipt.unsettled[:worst]]
    stopped = [f"Stopped early: {code(receipt.problem)}"] if receipt.problem else []
    more = [
        *_more(len(failed), worst, "failed or unknown"),
        *_more(len(receipt.unsettled), worst, "not persisted"),
        *_more(len(skipped), most, "skipped"),
    ]
    listed = [*table(["", "Change", "Outcome", "Reason"], rows), *more] if rows else more
    return [*stopped, *([""] if stopped and listed else []), *listed]


def _more(number: int, most: int | None, which: str) -> list[str]:
    return [f"\n… and {number - most:,} more {which}"] if most is not None and number > most else []


def _applied(receipt: Receipt, most: int | None) -> list[str]:
    """Return the applied changes as a collapsed list."""
    signs = {"create": "+", "delete": "-"}
    lines = [
        printable(f"{signs.get(entry.action, '!')} {entry.id}")
        for entry in receipt.entries
        if entry.outcome == "applied"
    ]
    if not lines:
        return []
    more = [f"  … and {len(lines) - most:,} more"] if most is not None and len(lines) > most else []
    return folded(counted(len(lines), "change") + " applied", fenced([*lines[:most], *more], "diff"))


def _cells(entry: Entry) -> list[str]:
    what = f"{entry.action} {code(entry.id)}"
    return [_SIGNS[entry.outcome], what, entry.outcome, code(entry.message) if entry.message else ""]


def _next_steps(receipt: Receipt) -> list[str]:
    if not _is_incomplete(receipt):
        return []
    advice = _UNKNOWN if receipt.summary.unknown and not receipt.summary.failed else _FIX
    return [_NEXT_STEPS.format(first=advice)]


def _people(plan: Plan, most: int | None, *, names: bool) -> list[str]:
    people = People(plan, names=names)
    gained = people.gaining("Who gained access", most, of_all=True)
    lost = people.losing("Who lost access", most)
    body = [*gained, *([""] if lost and gained else []), *lost]
    return folded("Access changes", body) if body else []
