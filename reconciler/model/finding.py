"""A finding: what is wrong or worth knowing, where it stands, and what to do about it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

FORMAT: Final = "reconciler-findings/1.2"


class Severity(StrEnum):
    """How much a finding weighs; `off` silences a rule and is no severity of a finding."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Source(msgspec.Struct, frozen=True, gc=False):
    """A place in a file: its path relative to the configuration, line and column from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Finding(msgspec.Struct, frozen=True, kw_only=True, order=False):
    """One thing found: `rule` is its stable name, `id` the resource it is about, if it is about one.

    `in_base`: the base that a branch is compared with has it too, so it is information and denies nothing.
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
        """Build a finding that stands at `source`, or nowhere in a file when it is None."""
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
    """Sort by file, line, column, rule, message: equal inputs give equal output."""
    return sorted(
        findings,
        key=lambda f: (f.file or "", f.line or 0, f.column or 0, f.rule, f.id or "", f.message),
    )


class FindingsSummary(msgspec.Struct, frozen=True):
    """How much was read, and how much was found in it."""

    files: int
    documents: int
    errors: int
    warnings: int
    notes: int


class FindingsReport(msgspec.Struct, frozen=True):
    """All that was found in files, and how many of it are errors, warnings, and notes: of severity info."""

    findings: tuple[Finding, ...]
    summary: FindingsSummary
    format: str = FORMAT
