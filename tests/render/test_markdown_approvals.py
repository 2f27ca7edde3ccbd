"""The table of approvals in a comment, read as GitHub reads it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.model.approval import GivenApproval, OwnerApproval, UncountedApproval
from reconciler.model.plan import Approval
from reconciler.render import markdown
from reconciler.render.markdown.escaping import MAX_LENGTH
from tests.render.plans import bare
from tests.render.samples import big

GFM = MarkdownIt("gfm-like", {"linkify": False})
NASTY = st.text(alphabet="ab|`<>&\n\r\t @#[]()!*_~-+\\:/0\u202e\u200b\x00\x1b", min_size=1, max_size=12)
LINK = "https://forge.example/review/1"


def owner(name: str = "logistics", **more: Any) -> OwnerApproval:
    return OwnerApproval(
        owner=name, **{"reasons": ("changes access-group/g",), "approvers": ("ana",), **more}
    )


def lines(*found: OwnerApproval) -> list[str]:
    """Return the rows of the table in the comment on a plan."""
    comment = markdown.comment(bare(), approvals=found).text
    return [line for line in comment.splitlines() if line.startswith("| `")]


GIVEN = GivenApproval("ana", "a" * 40, LINK)
UNCOUNTED = UncountedApproval("ana", "given for another commit; approve again", LINK)


@pytest.mark.parametrize(
    ("more", "cells"),
    [
        ({"enforced": True}, "`ana` |  | ⏳ **missing**"),
        ({}, "`ana` |  | not enforced"),
        ({"approvers": ()}, " |  | cannot be checked"),
        (
            {"enforced": True, "approvers": (), "problem": "add people to `owners.a`"},
            " |  | ⏳ **missing**<br>add people to `owners.a`",
        ),
        (
            {"enforced": True, "uncounted": (UNCOUNTED,)},
            "`ana` |  | ⏳ **missing**<br>`ana`: given for another commit; approve again",
        ),
        (
            {"enforced": True, "approved_by": (GIVEN,), "uncounted": (UNCOUNTED,)},
            f"`ana` | [`ana`]({LINK}) | ",
        ),
        ({"approved_by": (GivenApproval("ana", None, ""),)}, "`ana` | `ana` | "),
        (
            {"approvers": tuple(f"p{number}" for number in range(8))},
            "`p0`, `p1`, `p2`, `p3`, `p4`, `p5` and 2 more |  | not enforced",
        ),
    ],
)
def test_each_owner_has_a_row(more: dict[str, Any], cells: str) -> None:
    assert lines(owner(**more)) == [f"| `logistics` | `access-group/g` | {cells} |"]


def test_missing_approvals_come_first_and_given_ones_last() -> None:
    found = [
        owner("a", enforced=True, approved_by=(GIVEN,)),
        owner("b"),
        owner("c", enforced=True),
    ]

    assert [line.split("`")[1] for line in lines(*found)] == ["c", "b", "a"]


def test_where_nothing_was_read_the_owners_are_listed_and_none_where_approvals_are_off() -> None:
    asked = (Approval("logistics", "changes access-group/g", ()),)
    texts = [markdown.plan(bare(approvals=asked, approval_mode=mode)) for mode in (None, "report", "off")]
    listed = "**\n\n- `logistics`: `access-group/g`\n"

    assert f"**Required approvals{listed}" in texts[0]
    assert f"**Approvals, not enforced{listed}" in texts[1]
    assert "access-group/g" not in texts[2]


def test_many_owners_and_reasons_are_counted_where_they_do_not_fit() -> None:
    many = [
        owner(
            f"owner-{number:03}",
            reasons=tuple(f"changes access-group/{'g' * 60}-{each}" for each in range(9)),
            enforced=number == 129,
        )
        for number in range(130)
    ]
    comment = markdown.comment(bare(), approvals=many)
    brief = markdown.comment(big(1_900, "delete"), approvals=many)
    summary = markdown.approvals_summary(many)

    assert [len(text) <= MAX_LENGTH for text in (comment.text, brief.text, summary)] == [True] * 3
    assert (comment.whole, brief.whole) == (True, False)
    assert [text.count("| `owner-129` |") for text in (comment.text, brief.text, summary)] == [1, 1, 1]
    assert ["more owners\n" in text for text in (comment.text, brief.text, summary)] == [True] * 3
    assert " and 3 more | `ana` |" in summary


@pytest.mark.parametrize(
    ("found", "first"),
    [
        ([], "No approval is needed."),
        ([owner(approved_by=(GIVEN,))], "No required approval is missing."),
        ([owner(enforced=True)], "⏳ 1 approval is missing (`approval-missing`)."),
        ([owner(enforced=True)] * 2, "⏳ 2 approvals are missing (`approval-missing`)."),
    ],
)
def test_the_summary_of_the_check_counts_what_is_missing(found: list[OwnerApproval], first: str) -> None:
    assert markdown.approvals_summary(found).splitlines()[0] == first


@given(text=NASTY)
def test_law_no_text_leaves_its_cell(text: str) -> None:
    found = owner(
        text,
        reasons=(text,),
        approvers=(text,),
        uncounted=(UncountedApproval(text, text, LINK),),
        problem=text,
    )
    tokens = GFM.parse(markdown.approvals_summary([found]))
    cells = [token for token in tokens if token.type == "td_open"]
    inside = [child.type for token in tokens if token.type == "inline" for child in token.children or ()]

    assert len(cells) == 5
    assert set(inside) <= {"text", "code_inline", "html_inline", "softbreak"}
