"""Findings in Markdown, for comments and job summaries: errors first, each with its location."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity, by_cause
from reconciler.render.locations import by_severity
from reconciler.render.markdown.escaping import MAX_LENGTH, code, row, table
from reconciler.render.text.severity_counts import tally

_SIGNS: Final = {Severity.ERROR: "⛔", Severity.WARNING: "⚠️", Severity.INFO: "(i)"}
HEAD: Final = ["", "Location", "Message", "Rule"]


def findings(
    found: Sequence[Finding], *, files: int, documents: int, link: str = "", largest: int = MAX_LENGTH
) -> str:
    """Return a heading with the totals, and a table with as many findings as fit into `largest` characters.

    `link` is the address of the files of the commit; without it, locations are plain text.
    """
    found = by_cause(found)
    totals = tally(found)
    checked = f"{counted(documents, 'document')} in {counted(files, 'file')} checked."
    heading = f"### {_sign(found)} {', '.join(totals) if totals else 'No findings'}\n\n{checked}\n"
    if not found:
        return heading
    ordered = by_severity(found)
    fitting = _fitting(ordered, link, largest - len(heading) - 200)
    return "\n".join([heading, *listed(ordered, link, fitting)]) + "\n"


def listed(found: Sequence[Finding], link: str, most: int | None = None) -> list[str]:
    """Return a table of findings; those beyond `most` are counted."""
    shown = found[:most]
    more = [f"\n… and {len(found) - len(shown):,} more"] if len(shown) < len(found) else []
    return [*(table(HEAD, [cells(each, link) for each in shown]) if shown else []), *more]


def _sign(found: Sequence[Finding]) -> str:
    severities = {finding.severity for finding in found}
    if Severity.ERROR in severities:
        return "🔴"
    return "🟡" if Severity.WARNING in severities else "🟢"


def cells(finding: Finding, link: str) -> list[str]:
    """Return the cells of a finding: its severity, location, message with hint, and rule."""
    hint = f" {code(finding.hint)}" if finding.hint else ""
    what = f"{code(finding.message)}{hint}"
    return [_SIGNS[finding.severity], _place(finding, link), what, code(finding.rule)]


def _place(finding: Finding, link: str) -> str:
    if finding.file is None:
        return ""
    shown = code(f"{finding.file}:{finding.line}" if finding.line else finding.file)
    if not link:
        return shown
    anchor = f"#L{finding.line}" if finding.line else ""
    return f"[{shown}]({link}/{quote(finding.file, errors='surrogateescape')}{anchor})"


def _fitting(found: Sequence[Finding], link: str, largest: int) -> int:
    """Return how many findings fit."""
    length = 0
    for number, finding in enumerate(found):
        length += len(row(cells(finding, link))) + 1
        if length > largest:
            return number
    return len(found)
