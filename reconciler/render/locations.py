"""Locate findings for forges: the most severe first, each with a line and a stable fingerprint."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from reconciler.model.finding import Finding, Severity

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


class LocatedFinding(msgspec.Struct, frozen=True):
    """A finding with the file (from the root of the repository) and line where a forge shows it.

    `fingerprint` is unique and does not change when lines move.
    """

    finding: Finding
    file: str
    line: int
    fingerprint: str


def locate(found: Iterable[Finding], configuration: str) -> list[LocatedFinding]:
    """Locate the findings, errors first; those without a location go to line 1 of the configuration.

    `configuration` is its path from the root of the repository; files of findings are relative to its folder.
    """
    folder = configuration[: configuration.rfind("/") + 1]
    seen: Counter[str] = Counter()
    located: list[LocatedFinding] = []
    for finding in found:
        file = f"{folder}{finding.file}" if finding.file else configuration
        subject = _subject(finding, folder)
        located.append(LocatedFinding(finding, file, finding.line or 1, _digest(f"{subject}{seen[subject]}")))
        seen[subject] += 1
    return sorted(located, key=lambda each: _RANKS[each.finding.severity])


def by_severity(found: Iterable[Finding]) -> list[Finding]:
    """Sort findings by severity, errors first; equal severities keep their order, which is by location."""
    return sorted(found, key=lambda finding: _RANKS[finding.severity])


def _subject(finding: Finding, folder: str) -> str:
    """Return what identifies a finding independent of its line."""
    return json.dumps([folder, *finding.subject()])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
