import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError
from reconciler.render.codeowners_block import BEGIN, END, replaced

NOTE = "# Written by `reconciler codeowners` from the owners in the files; other lines are yours."
TEXTS = st.lists(st.sampled_from(["\r\n", *"ab #@*/[\n\t\x0b\u2028"]), max_size=20).map("".join)


def block(*lines: str) -> str:
    return "".join(f"{line}\n" for line in (BEGIN, NOTE, *lines, END))


def test_an_empty_file_holds_the_block_alone() -> None:
    assert replaced("", ["/a @x"], "CODEOWNERS") == block("/a @x")


@pytest.mark.parametrize("by_hand", ["* @us\n", "* @us", "* @us\n\n"])
def test_the_block_is_added_at_the_end_since_the_last_match_wins(by_hand: str) -> None:
    assert replaced(by_hand, ["/a @x"], "CODEOWNERS") == f"* @us\n\n{block('/a @x')}"


def test_no_section_of_gitlab_takes_the_block_in() -> None:
    text = "* @us\n^[Docs][2] @writers\ndocs/\n"

    assert (
        replaced(text, ["/a @x"], "CODEOWNERS") == f"* @us\n\n{block('/a @x')}\n^[Docs][2] @writers\ndocs/\n"
    )


def test_text_around_the_block_is_kept() -> None:
    text = f"# ours\r\n* @us\r\n  {BEGIN}  \r\n/old @y\r\n{END}\r\n/b @z"

    assert replaced(text, ["/a @x"], "CODEOWNERS") == (
        f"# ours\r\n* @us\r\n{BEGIN}\r\n{NOTE}\r\n/a @x\r\n{END}\r\n/b @z"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"* @us\n{BEGIN}\n", 2),
        (f"{END}\n", 1),
        (f"{END}\n{BEGIN}\n", 2),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", 4),
    ],
)
def test_a_block_that_is_none_is_refused(text: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        replaced(text, ["/a @x"], "CODEOWNERS")

    assert (refused.value.message, refused.value.hint) == (
        f"CODEOWNERS:{line}: the markers of the managed block are missing, repeated or reversed",
        f"keep one `{BEGIN}` line followed by one `{END}` line, or remove all of them",
    )


@settings(deadline=None)
@given(TEXTS, st.lists(st.sampled_from(["/a @x", "/b @y"])), st.lists(st.sampled_from(["/a @x", "/c @z"])))
def test_writing_twice_is_writing_once_and_other_text_is_kept(
    text: str, old: list[str], new: list[str]
) -> None:
    once = replaced(text, new, "CODEOWNERS")
    before, _, rest = once.partition(BEGIN)
    after = rest.partition(END)[2]

    assert replaced(replaced(text, old, "CODEOWNERS"), new, "CODEOWNERS") == once
    assert (before + after).replace("\n", "").replace("\r", "") == text.replace("\n", "").replace("\r", "")
