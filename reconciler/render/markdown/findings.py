"""Findings as Markdown, for a comment or a job's summary: the worst first, each with its place."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from reconciler.model.finding import Finding, Severity
from reconciler.render.locations import worst_first
from reconciler.render.markdown.escaping import LARGEST, code, row, table
from reconciler.render.text.severity_counts import tally
from reconciler.render.text.style import counted

_SIGNS: Final = {Severity.ERROR: "⛔", Severity.WARNING: "⚠️", Severity.INFO: "(i)"}
HEAD: Final = ["", "Where", "What", "Rule"]


def findings(
    found: Sequence[Finding], *, files: int, documents: int, link: str = "", largest: int = LARGEST
) -> str:
    """Return a heading that counts the findings, and a table of as many as fit into `largest` characters.

    `link` leads to the files of the commit that was read; without it, places are no links.
    """
    told = tally(found)
    read = f"{counted(documents, 'document')} in {counted(files, 'file')} read."
    heading = f"### {_sign(found)} {', '.join(told) if told else 'Nothing to say'}\n\n{read}\n"
    if not found:
        return heading
    ordered = worst_first(found)
    fitting = _fitting(ordered, link, largest - len(heading) - 200)
    return "\n".join([heading, *listed(ordered, link, fitting)]) + "\n"


def listed(found: Sequence[Finding], link: str, most: int | None = None) -> list[str]:
    """Return a table of findings, each with its place; beyond `most` only how many more there are."""
    shown = found[:most]
    more = [f"\n… and {len(found) - len(shown):,} more"] if len(shown) < len(found) else []
    return [*(table(HEAD, [cells(each, link) for each in shown]) if shown else []), *more]


def _sign(found: Sequence[Finding]) -> str:
    severities = {finding.severity for finding in found}
    if Severity.ERROR in severities:
        return "🔴"
    return "🟡" if Severity.WARNING in severities else "🟢"


def cells(finding: Finding, link: str) -> list[str]:
    """Return the cells of a finding: its severity, place, message with hint, and rule."""
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
    """Return how many of the first findings fit together."""
    length = 0
    for number, finding in enumerate(found):
        length += len(row(cells(finding, link))) + 1
        if length > largest:
            return number
    return len(found)
