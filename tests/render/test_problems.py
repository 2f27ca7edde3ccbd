"""The list of what is wrong with a request: read by those who asked, and safe whatever they wrote."""

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.model.partner_request import Field, Problem
from reconciler.render.markdown.request_problems import problems

LABELS: dict[Field, str] = {"name": "Short name", "admins": "Team admins"}
TEXTS = st.text(st.sampled_from([*"ab @#`<>[]()!*_~|\\&:/.\n\r\t\u202e\x1b-1"]), max_size=20)


def test_each_problem_has_its_label_and_a_hint() -> None:
    found = [
        Problem("name", '"A" is none', "use a"),
        Problem(None, "text is in the way"),
        Problem("admins", "x"),
    ]

    assert problems(found, LABELS) == (
        '- **Short name:** `"A" is none`  \n  `use a`\n- `text is in the way`\n- **Team admins:** `x`\n'
    )


def test_many_problems_are_limited_to_the_first() -> None:
    lines = problems([Problem("name", "x")] * 1052, LABELS).splitlines()

    assert (len(lines), lines[-1]) == (51, "- and 1,002 more")


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_whatever_was_written_stays_in_code(texts: list[tuple[str, str]]) -> None:
    found = [Problem("name", message, hint) for message, hint in texts]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(problems(found, LABELS))

    inside = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inside} <= {
        *("strong_open", "strong_close", "text", "code_inline", "hardbreak", "softbreak")
    }
    assert {child.content.strip() for child in inside if child.type == "text"} <= {"", "Short name:"}
    assert sum(token.type == "list_item_open" for token in tokens) == len(texts)
