"""Findings as a page, read as a browser reads it."""

from html.parser import HTMLParser

from hypothesis import given

from reconciler.model.finding import Finding
from reconciler.model.printable import printable
from reconciler.render import table_html
from tests.render.forges import FINDINGS, FOUND, WRONG, untimed


class Page(HTMLParser):
    """The tags of a page in their order, the addresses that it leads to, and the texts of its cells."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str | None] = []
        self.cells: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name not in ALLOWED or name == "href"]
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


ALLOWED = {"lang", "charset", "http-equiv", "content", "name", "scope", "class", "href"}


def page(*found: Finding, link: str = "") -> Page:
    return Page(table_html.findings(found, files=2, documents=3, link=link))


def test_a_finding_is_a_row_the_worst_first() -> None:
    cells = [cell.rstrip("\n") for cell in page(*FOUND).cells]

    assert [tuple(cells[start : start + 4]) for start in range(0, 16, 4)] == [
        ("error", "partners/acme.yaml:4", '"typ" is no keyis it "type"?', "schema"),
        ("error", "partners/acme.yaml:9", "no domain of theirs", "admin-domain"),
        ("warning", "partners/b.yaml", "the file is empty", "yaml"),
        ("note", "", "nobody takes it up", "unused-offer"),
    ]


def test_without_findings_there_is_no_table() -> None:
    written = table_html.findings((), files=2, documents=3)

    assert ("<h1>No findings</h1>" in written, "<table" in written) == (True, False)


def test_places_lead_to_the_lines_of_the_commit() -> None:
    assert page(WRONG, link="https://git.example/o/r/blob/9f3").addresses == [
        "https://git.example/o/r/blob/9f3/partners/acme.yaml#L4"
    ]


@untimed
@given(FINDINGS)
def test_nothing_that_files_say_becomes_markup(found: list[Finding]) -> None:
    shown, plain = page(*found), page(*(WRONG for _ in found))
    hints = [tag for tag in shown.tags if tag == "small"]

    assert [tag for tag in shown.tags if tag != "small"] == [tag for tag in plain.tags if tag != "small"]
    assert (len(hints), shown.addresses) == (sum(bool(finding.hint) for finding in found), [])


@untimed
@given(FINDINGS)
def test_no_finding_is_omitted(found: list[Finding]) -> None:
    shown = {cell.rstrip("\n") for cell in page(*found).cells}

    assert {printable(finding.message) + printable(finding.hint) for finding in found} - shown == set()
