"""Who approved a plan, and who is still missing, as a table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from reconciler.model.approval import GivenApproval, OwnerApproval
from reconciler.model.approved_plans import PlanApproval
from reconciler.model.counting import counted
from reconciler.render.approvals import short
from reconciler.render.markdown.escaping import MAX_LENGTH, code, sentence, table

_HEAD: Final = ["Owner", "For what", "Who can approve", "Approved by", "Missing"]
# The numbers of owners that are tried, until the table fits.
_LIMITS: Final = (None, 100, 40, 15, 5, 1, 0)
_REASONS: Final = 6
_PEOPLE: Final = 6
_MOST: Final = 40
Item = TypeVar("Item")


def approvals(found: Sequence[OwnerApproval], most: int | None = None) -> list[str]:
    """Return a table of owners, those whose approval is missing first; those beyond `most` are counted."""
    ordered = sorted(
        found,
        key=lambda each: (not each.is_missing, bool(each.approved_by or each.standing_approval), each.owner),
    )
    shown = ordered[:most]
    left = len(ordered) - len(shown)
    more = [f"\n… and {counted(left, 'more owner')}"] if left else []
    return [*(table(_HEAD, list(map(_cells, shown))) if shown else []), *more]


def not_approved(found: PlanApproval) -> list[str]:
    """Return why a merged plan was not approved, as paragraphs; nothing if it was."""
    if found.is_approved:
        return []
    problem = [sentence(f"The plan was not approved: {found.problem}.")] if found.problem else []
    missing = [_heading(found.approvals)] if found.missing else []
    asked = ["\n".join(approvals(found.approvals, _MOST))] if found.approvals else []
    return [*problem, *missing, *asked, sentence(f"What to do: {found.hint}.")]


def approvals_summary(found: Sequence[OwnerApproval], largest: int = MAX_LENGTH) -> str:
    """Return the number of missing approvals and the table, in at most `largest` characters if possible."""
    text = ""
    for most in _LIMITS:
        text = "\n".join([_heading(found), "", *approvals(found, most)])
        if len(text) <= largest:
            break
    return f"{text.rstrip()}\n"


def _heading(found: Sequence[OwnerApproval]) -> str:
    missing = sum(each.is_missing for each in found)
    if not found:
        return "No approval is needed."
    if not missing:
        return "No required approval is missing."
    return f"⏳ {counted(missing, 'approval is', 'approvals are')} missing (`approval-missing`)."


def _cells(each: OwnerApproval) -> list[str]:
    return [
        code(each.owner),
        _listed(list(map(short, each.reasons)), code, _REASONS),
        _listed(each.approvers, code, _PEOPLE),
        _listed(each.approved_by, giver, _PEOPLE) or sentence(each.standing_approval),
        "<br>".join(_missing(each)),
    ]


def giver(given: GivenApproval) -> str:
    """Return a link to an approval; forges check that web addresses contain nothing that ends a link."""
    return f"[{code(given.login)}]({given.link})" if given.link else code(given.login)


def _missing(each: OwnerApproval) -> Iterable[str]:
    """Yield whether an approval is missing, and why."""
    if each.approved_by or each.standing_approval:
        return
    if each.enforced:
        yield "⏳ **missing**"
    else:
        yield "not enforced" if each.approvers else "cannot be checked"
    for given in each.uncounted[:_PEOPLE]:
        yield f"{code(given.login)}: {sentence(given.reason)}"
    if each.problem:
        yield sentence(each.problem)


def _listed(items: Sequence[Item], shown: Callable[[Item], str], most: int) -> str:
    """Return items separated by commas; those beyond `most` are counted."""
    left = len(items) - most
    return ", ".join(map(shown, items[:most])) + (f" and {left:,} more" if left > 0 else "")
