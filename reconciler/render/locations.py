"""Findings as forges take them: the worst first, each at a line of a file, and known again when it moves."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from reconciler.model.finding import Finding, Severity

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
# Messages name other places, which move as well.
_PLACES: Final = re.compile(r"(?<=:)\d+:\d+\b|(?<=\bline )\d+\b")


class Placed(msgspec.Struct, frozen=True):
    """A finding, and where a forge shows it: a file from the repository's root, and a line.

    `fingerprint` tells it from all others, and stays the same when lines move.
    """

    finding: Finding
    file: str
    line: int
    fingerprint: str


def placed(found: Iterable[Finding], configuration: str) -> list[Placed]:
    """Return the findings, errors first; one without a place stands in the first line of the configuration.

    `configuration` is its path from the repository's root; the files of findings are relative to its folder.
    """
    folder = configuration[: configuration.rfind("/") + 1]
    seen: Counter[str] = Counter()
    every: list[Placed] = []
    for finding in found:
        file = f"{folder}{finding.file}" if finding.file else configuration
        subject = _subject(finding, folder)
        every.append(Placed(finding, file, finding.line or 1, _digest(f"{subject}{seen[subject]}")))
        seen[subject] += 1
    return sorted(every, key=lambda each: _RANKS[each.finding.severity])


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings, errors first; those of one severity keep their order, which is by their places."""
    return sorted(found, key=lambda finding: _RANKS[finding.severity])


def _subject(finding: Finding, folder: str) -> str:
    """Return what makes it the same finding, wherever it stands."""
    message = _PLACES.sub("", finding.message)
    return json.dumps([folder, finding.rule, finding.id or finding.file, message])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
