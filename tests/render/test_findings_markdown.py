"""Findings as Markdown, read as GitHub reads it."""

from collections.abc import Iterator

from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.finding import Finding
from reconciler.render import markdown
from reconciler.render.markdown.escaping import MAX_LENGTH
from tests.render.forges import EMPTY, FINDINGS, FOUND, UNPLACED, WRONG, untimed
from tests.render.plans import lines

GFM = MarkdownIt("gfm-like", {"linkify": False})


def test_findings_are_a_table_the_worst_first() -> None:
    assert markdown.findings(FOUND, files=2, documents=3) == lines(
        """
        ### 🔴 2 errors, 1 warning, 1 note

        3 documents in 2 files checked.

        |  | Location | Message | Rule |
        | --- | --- | --- | --- |
        | ⛔ | `partners/acme.yaml:4` | `"typ" is no key` `is it "type"?` | `schema` |
        | ⛔ | `partners/acme.yaml:9` | `no domain of theirs` | `admin-domain` |
        | ⚠️ | `partners/b.yaml` | `the file is empty` | `yaml` |
        | (i) |  | `nobody takes it up` | `unused-offer` |
        """
    )


def test_the_heading_shows_how_bad_it_is() -> None:
    said = [markdown.findings(found, files=1, documents=1) for found in ((EMPTY,), (UNPLACED,), ())]

    assert [each.splitlines()[0] for each in said] == [
        "### 🟡 1 warning",
        "### 🟢 1 note",
        "### 🟢 No findings",
    ]


def test_places_lead_to_the_lines_of_the_commit() -> None:
    said = markdown.findings((WRONG,), files=1, documents=1, link="https://git.example/o/r/blob/9f3/eu")

    assert "| [`partners/acme.yaml:4`](https://git.example/o/r/blob/9f3/eu/partners/acme.yaml#L4) |" in said


def test_more_than_fits_is_counted() -> None:
    said = markdown.findings((WRONG,) * 2_000, files=1, documents=1)
    shown = said.count("⛔")

    assert (MAX_LENGTH - 500 < len(said) <= MAX_LENGTH, f"\n… and {2_000 - shown:,} more\n" in said) == (
        True,
        True,
    )


@untimed
@given(FINDINGS)
def test_nothing_that_files_say_becomes_markup(found: list[Finding]) -> None:
    tokens = list(flat(GFM.parse(markdown.findings(found, files=1, documents=1))))
    kinds = {token.type for token in tokens} - KINDS

    rows = sum(token.type == "tr_open" for token in tokens)
    assert (kinds, rows) == (set(), len(found) + 1 if found else 0)


KINDS = {
    "heading_open",
    "heading_close",
    "paragraph_open",
    "paragraph_close",
    "inline",
    "text",
    "code_inline",
    *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
}


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])
