"""Findings as lines that editors and terminals can jump to: file:line:column: severity: message."""

from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.printable import printable
from reconciler.render.text.severity_counts import NOUNS, tally
from reconciler.render.text.style import Style, counted

_COLORS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def findings(found: Sequence[Finding], *, color: bool, files: int = 0, documents: int = 0) -> str:
    """Return the findings, and a last line that counts them and what was read."""
    style = Style(color=color)
    told = tally(found)
    read = f"{counted(documents, 'document')} in {counted(files, 'file')}"
    verdict = ", ".join(told) if told else style.paint("nothing to say", "green")
    return "\n".join([*lines(found, style), f"{read}: {verdict}."]) + "\n"


def lines(found: Iterable[Finding], style: Style) -> list[str]:
    """Return one line a finding."""
    return [_line(finding, style) for finding in found]


def _line(finding: Finding, style: Style) -> str:
    where = f"{printable(str(Source(finding.file, finding.line, finding.column)))}: " if finding.file else ""
    hint = f"; {printable(finding.hint)}" if finding.hint else ""
    severity = style.paint(NOUNS[finding.severity], _COLORS[finding.severity])
    rule = style.paint(f"[{printable(finding.rule)}]", "dim")
    return f"{where}{severity}: {printable(finding.message)}{hint} {rule}"
