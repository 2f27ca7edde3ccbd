import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Acme Logistics", "Acme Logistics"),
        ("Société Générale 日本 → …", "Société Générale 日本 → …"),
        ("e\u0301", "e\u0301"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("one\ntwo\rthree\tfour", "one\\ntwo\\rthree\\tfour"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("moc.\u202elive", "moc.\\u202elive"),
        ("\u2066left\u2069 \u200fmark", "\\u2066left\\u2069 \\u200fmark"),
        ("ana\u200b@acme.example", "ana\\u200b@acme.example"),
        ("\ufeffbom", "\\ufeffbom"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("\ud800", "\\ud800"),
        ("filler\u3164\u115f", "filler\\u3164\\u115f"),
        ("selected\ufe0f", "selected\\ufe0f"),
        ("tag\U000e0041", "tag\\U000e0041"),
    ],
)
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_what_is_kept_stays() -> None:
    assert printable("one\ntwo\x1b", keep="\n") == "one\ntwo\\x1b"


@given(st.text())
def test_the_result_is_seen_and_seen_twice_it_is_the_same(text: str) -> None:
    shown = printable(text)

    assert [each for each in shown if unicodedata.category(each)[0] == "C"] == []
    assert printable(shown) == shown
