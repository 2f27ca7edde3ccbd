"""HTML: findings as a table, for errors in files, when there is no plan to show."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, by_cause
from reconciler.render.html.locations import Locations
from reconciler.render.html.markup import Markup, tag
from reconciler.render.locations import by_severity
from reconciler.render.text.severity_counts import NOUNS, tally

_HEAD: Final = ("Severity", "Location", "Message", "Rule")
# The page loads nothing and runs no script.
_METAS: Final = Markup("""\
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
""")
_STYLE: Final = Markup("""\
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8886; padding: .4rem .6rem; text-align: left; vertical-align: top }
th:nth-child(2) { width: 30% }
td { overflow-wrap: anywhere }
td:is(.error, .warning, .note) { overflow-wrap: normal }
td:last-child { overflow-wrap: normal; white-space: nowrap }
@media (max-width: 48rem) {
  thead { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; width: 1px }
  table, tbody, tr, td { display: block }
  td { border: 0; padding: 0 }
  td:nth-child(-n + 2) { display: inline; padding-right: .4rem }
  td:last-child { color: light-dark(#5a5a5a, #a8a8a8); white-space: normal }
  tr { border-bottom: 1px solid #8886; padding: .6rem 0 }
}
.error { color: light-dark(#b71c1c, #ff8a80); font-weight: 600 }
small { display: block }
</style>""")


def findings(found: Sequence[Finding], *, files: int, documents: int, link: str = "") -> str:
    """Return a self-contained page; `link` is the address of the files of the commit."""
    found = by_cause(found)
    totals = tally(found)
    title = f"Findings: {', '.join(totals)}" if totals else "No findings"
    read = f"{counted(documents, 'document')} in {counted(files, 'file')} checked."
    head = tag("head", _METAS, tag("title", title), _STYLE)
    body = tag("body", tag("h1", title), tag("p", read), _table(found, Locations(link)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _table(found: Sequence[Finding], locations: Locations) -> Markup:
    if not found:
        return Markup()
    head = tag("thead", tag("tr", *(tag("th", each, scope="col") for each in _HEAD)))
    return tag("table", head, tag("tbody", *(_row(each, locations) for each in by_severity(found))))


def _row(finding: Finding, locations: Locations) -> Markup:
    noun = NOUNS[finding.severity]
    hint = tag("small", finding.hint) if finding.hint else Markup()
    return tag(
        "tr",
        tag("td", noun, class_=noun),
        tag("td", locations.link(finding.file, finding.line)),
        tag("td", finding.message, hint),
        tag("td", finding.rule),
    )
