"""Lines on a terminal that is narrower than they are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.text.line_wrap import wrapped

WORDS = st.lists(st.text(alphabet="ab-→", min_size=1, max_size=12), min_size=1, max_size=20)


def test_what_does_not_fit_goes_on_further_in() -> None:
    assert wrapped("short\n  + grant  consume until 2027-12-31, via tracking-events\n", 30) == (
        "short\n  + grant  consume until\n      2027-12-31, via\n      tracking-events\n"
    )


def test_a_word_that_is_wider_than_the_terminal_stays_whole() -> None:
    assert wrapped(f"see {'a' * 40} there", 20) == f"see\n    {'a' * 40}\n    there"


def test_colours_take_no_place() -> None:
    assert wrapped("\x1b[31m-\x1b[0m four five", 11) == "\x1b[31m-\x1b[0m four five"


@given(words=WORDS, width=st.integers(30, 60))
def test_nothing_is_lost_and_no_line_is_too_wide(words: list[str], width: int) -> None:
    line = "  " + " ".join(words)

    lines = wrapped(line, width).split("\n")

    assert re.sub(r"\s+", " ", " ".join(lines)).strip() == " ".join(words)
    assert max(map(len, lines)) <= width


def test_a_line_number_comes_closer_before_anything_wraps() -> None:
    line = "  + member  ana@acme.example  admin          \x1b[2m:17\x1b[0m"

    assert wrapped(line, 40) == "  + member  ana@acme.example  admin  \x1b[2m:17\x1b[0m"


def test_a_line_number_stays_beside_the_word_before_it() -> None:
    assert wrapped("  + member  ana@acme.example  admin, until 2027-12-31   :17", 46) == (
        "  + member  ana@acme.example  admin, until\n      2027-12-31  :17"
    )
