"""Count findings by severity."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity

NOUNS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def tally(found: Iterable[Finding]) -> list[str]:
    """Return each number with its noun, errors first, without zeros."""
    numbers = Counter(finding.severity for finding in found)
    return [counted(numbers[each], NOUNS[each]) for each in Severity if numbers[each]]
