"""Findings that existed before a change, and must not block it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from reconciler.model.document import Repository
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import CLASSES, Class

_GUARD: Final = "guard-"


def compared(findings: Iterable[Finding], before: Iterable[Finding]) -> Iterator[tuple[Finding, bool]]:
    """Yield each finding, and whether it existed before: the same rule, object and message, as often."""
    left = Counter(each.subject() for each in before)
    for finding in findings:
        subject = finding.subject()
        known = left[subject] > 0
        if known:
            left[subject] -= 1
        yield finding, known


def in_base(findings: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Return the findings; those that the base has too become information, and their message says so.

    Errors of the files and findings of the guard always count.
    """
    return [
        _excused(finding) if known and _can_be_excused(finding) else finding
        for finding, known in compared(findings, before)
    ]


def excusable_rules(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the rules of findings that `in_base` can excuse; of the base, it needs no others."""
    return frozenset(finding.rule for finding in findings if _can_be_excused(finding))


def judged_as(base: Repository, branch: Repository) -> Repository:
    """Return the files of a base, to be judged by the configuration of the branch."""
    return msgspec.structs.replace(
        base, configuration=branch.configuration, branch_configuration=branch.branch_configuration
    )


def _can_be_excused(finding: Finding) -> bool:
    return CLASSES.get(finding.rule) is not Class.FILES and not finding.rule.startswith(_GUARD)


def _excused(finding: Finding) -> Finding:
    message = f"{finding.message} (not new: the base has this finding too)"
    return msgspec.structs.replace(finding, severity=Severity.INFO, message=message, in_base=True)
