"""Findings as `file:line:column: severity: message`, which editors and terminals recognize."""

from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity, Source, by_cause
from reconciler.model.printable import printable
from reconciler.render.text.severity_counts import NOUNS, tally
from reconciler.render.text.style import Style

_COLORS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def findings(found: Sequence[Finding], *, color: bool, files: int = 0, documents: int = 0) -> str:
    """Return the findings and a last line with the totals."""
    style, found = Style(color=color), by_cause(found)
    totals = tally(found)
    checked = f"{counted(documents, 'document')} in {counted(files, 'file')}"
    verdict = ", ".join(totals) if totals else style.paint("no findings", "green")
    return "\n".join([*lines(found, style), f"{checked}: {verdict}."]) + "\n"


def lines(found: Iterable[Finding], style: Style) -> list[str]:
    """Return one line per finding."""
    return [_line(finding, style) for finding in found]


def _line(finding: Finding, style: Style) -> str:
    location = (
        f"{printable(str(Source(finding.file, finding.line, finding.column)))}: " if finding.file else ""
    )
    hint = f"; {printable(finding.hint)}" if finding.hint else ""
    severity = style.paint(NOUNS[finding.severity], _COLORS[finding.severity])
    rule = style.paint(f"[{printable(finding.rule)}]", "dim")
    return f"{location}{severity}: {printable(finding.message)}{hint} {rule}"
