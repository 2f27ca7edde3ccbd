"""A finding: what is wrong or noteworthy, where, and what to do about it."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

FORMAT: Final = "reconciler-findings/1.2"
# Messages may contain other places, whose line numbers change as well.
_PLACES: Final = re.compile(r"(?<=:)\d+:\d+\b|(?<=\bline )\d+\b")


class Severity(StrEnum):
    """The severity of a finding. The setting `off` turns a rule off and is not a severity."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Source(msgspec.Struct, frozen=True, gc=False):
    """A place in a file: its path relative to the configuration, and line and column from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Finding(msgspec.Struct, frozen=True, kw_only=True, order=False):
    """A finding of a rule. `id` is the resource that it is about, if any.

    `in_base` is true if the base of the branch has the finding as well; it is then information and denies
    nothing.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    id: str | None = None
    in_base: bool = msgspec.field(default=False, name="inBase")

    def subject(self) -> tuple[str, str | None, str]:
        """Return what identifies the finding although lines move: rule, object or file, and message."""
        return self.rule, self.id or self.file, _PLACES.sub("", self.message)

    @classmethod
    def at(
        cls,
        source: Source | None,
        rule: str,
        message: str,
        hint: str = "",
        *,
        severity: Severity = Severity.ERROR,
        id: str | None = None,  # noqa: A002  the published key
    ) -> "Finding":
        """Build a finding at `source`, or without a place if that is None."""
        where = source or Source("", None, None)
        return cls(
            rule=rule,
            severity=severity,
            message=message,
            hint=hint,
            file=where.file or None,
            line=where.line,
            column=where.column,
            id=id,
        )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file, line, column, rule and message, so that equal inputs give equal output."""
    return sorted(
        findings,
        key=lambda f: (f.file or "", f.line or 0, f.column or 0, f.rule, f.id or "", f.message),
    )


def by_cause(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with those of one cause as one: the first of them, with the number of the others.

    A portal that cannot store something has an error for each object that needs it. People who read the
    errors need the first one, and what to do about all of them.
    """
    groups: dict[object, list[Finding]] = {}
    for number, each in enumerate(findings):
        groups.setdefault(_cause(each) or number, []).append(each)
    return [_with_number(first, len(others)) for first, *others in groups.values()]


def _cause(finding: Finding) -> Finding | None:
    """Return a finding without what is different for each object, or None if it is not about a portal."""
    if finding.rule != "unsupported" or finding.id is None:
        return None
    message = finding.message.replace(f", which {finding.id} requires", "")
    return msgspec.structs.replace(finding, message=message, file=None, line=None, column=None, id=None)


def _with_number(finding: Finding, others: int) -> Finding:
    if not others:
        return finding
    message = finding.message.replace(f"{finding.id} requires", f"{finding.id} and {others:,} more require")
    return msgspec.structs.replace(finding, message=message)


class FindingsSummary(msgspec.Struct, frozen=True):
    """The numbers of files, documents and findings."""

    files: int
    documents: int
    errors: int
    warnings: int
    notes: int


class FindingsReport(msgspec.Struct, frozen=True):
    """All findings in files, with their numbers; notes are findings of severity info."""

    findings: tuple[Finding, ...]
    summary: FindingsSummary
    format: str = FORMAT
