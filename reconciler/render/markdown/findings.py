"""Findings as Markdown, for a comment or a job's summary: the worst first, each with its place."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from reconciler.model.finding import Finding, Severity
from reconciler.render.markdown.escaping import code, row, table
from reconciler.render.markdown.plan import LARGEST
from reconciler.render.text.style import counted

_SIGNS: Final = {Severity.ERROR: "⛔", Severity.WARNING: "⚠️", Severity.INFO: "(i)"}
_NOUNS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_HEAD: Final = ["", "Where", "What", "Rule"]


def findings(
    found: Sequence[Finding], *, files: int, documents: int, link: str = "", largest: int = LARGEST
) -> str:
    """Return a heading that counts the findings, and a table of as many as fit into `largest` characters.

    `link` leads to the files of the commit that was read; without it, places are no links.
    """
    numbers = Counter(finding.severity for finding in found)
    told = [counted(numbers[each], _NOUNS[each]) for each in Severity if numbers[each]]
    read = f"{counted(documents, 'document')} in {counted(files, 'file')} read."
    heading = f"### {_sign(numbers)} {', '.join(told) if told else 'Nothing to say'}\n\n{read}\n"
    if not found:
        return heading
    worst_first = sorted(found, key=lambda finding: list(Severity).index(finding.severity))
    body = [[_SIGNS[each.severity], _place(each, link), _what(each), code(each.rule)] for each in worst_first]
    shown = _fitting(body, largest - len(heading) - 200)
    more = [f"\n… and {len(body) - len(shown):,} more"] if len(shown) < len(body) else []
    return "\n".join([heading, *(table(_HEAD, shown) if shown else []), *more]) + "\n"


def _sign(numbers: Counter[Severity]) -> str:
    if numbers[Severity.ERROR]:
        return "🔴"
    return "🟡" if numbers[Severity.WARNING] else "🟢"


def _place(finding: Finding, link: str) -> str:
    if finding.file is None:
        return ""
    shown = code(f"{finding.file}:{finding.line}" if finding.line else finding.file)
    if not link:
        return shown
    anchor = f"#L{finding.line}" if finding.line else ""
    return f"[{shown}]({link}/{quote(finding.file, errors='surrogateescape')}{anchor})"


def _what(finding: Finding) -> str:
    return f"{code(finding.message)} {code(finding.hint)}" if finding.hint else code(finding.message)


def _fitting(body: list[list[str]], largest: int) -> list[list[str]]:
    """Return the first rows that fit together."""
    length = 0
    for number, cells in enumerate(body):
        length += len(row(cells)) + 1
        if length > largest:
            return body[:number]
    return body
