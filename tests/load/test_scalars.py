"""What a plain scalar means."""

import pytest

from reconciler.load.yaml_parser import parse

WORDS = "True TRUE nULL yes no on off y n .inf .nan -- -a"
NUMBERS = "010 00 -01 0x1F 0o17 1e3 1_000 1,000 +1 1. .5 -.5 1.5.0 1:30 2027-12-31 ٣ ٣.٤"


def read(text: str) -> object:
    [raw], _, _ = parse("x", f"- {text}\n".encode())
    value: object = raw.data[0]
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("0", 0),
        ("-0", 0),
        ("-37", -37),
        ("1.50", 1.5),
        ("-0.25", -0.25),
        ("1" * 32, int("1" * 32)),
    ],
)
def test_few_words_and_decimal_numbers_are_values(text: str, value: object) -> None:
    assert (read(text), type(read(text))) == (value, type(value))


@pytest.mark.parametrize("text", [*WORDS.split(), *NUMBERS.split(), "1" * 33])
def test_everything_else_is_text(text: str) -> None:
    assert read(text) == text


@pytest.mark.parametrize("text", ["true", "null", "~", "7", "-1.5", ""])
def test_quoted_and_block_scalars_are_text(text: str) -> None:
    assert [read(f'"{text}"'), read(f"'{text}'"), read(f"|-\n  {text}")] == [text] * 3
