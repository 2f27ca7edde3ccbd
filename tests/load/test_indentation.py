"""Lines whose indentation does not fit are reported in words, at the place where they begin."""

import pytest

from reconciler.load.yaml_parser import parse

BELONGS = "indent it like the lines that it belongs to"
MORE = "indent it like the keys beside it, or quote the text if it continues the line above"
COLON = "quote text that contains a colon and a space"
NO_KEY = "this text is neither a key with a colon nor an entry of a list"


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (
            "spec:\n  a: x\n    b: y\n",
            "3:5: this line is indented more than line 2, which already has a value",
            MORE,
        ),
        (
            "spec:\n  a: x\n\n      b: y\n",
            "4:7: this line is indented more than line 2, which already has a value",
            MORE,
        ),
        (
            "spec:\n  type: r\ndisplayName: K\n  owner: p\n",
            "4:3: this line is indented more than line 3, which already has a value",
            MORE,
        ),
        (
            "spec:\n    a: x\n  b: y\n",
            "3:3: this line is indented by 2 spaces, unlike any line above it",
            BELONGS,
        ),
        (
            "l:\n  - name: a\n   admins: b\n",
            "3:4: this line is indented by 3 spaces, unlike any line above it",
            BELONGS,
        ),
        ("  a: 1\nb: 2\n", "2:1: this line is not indented, unlike any line above it", BELONGS),
        (
            "l:\n  - a\n  b: c\n",
            "3:3: this line begins without a dash, but the lines at its level above it are entries of a list",
            "add a dash, or indent it like the key that it belongs beside",
        ),
        (
            "spec:\n  a: 1\n  - b\n",
            "3:3: this line begins with a dash, but the lines at its level above it are keys",
            "indent it below the key of its list, or remove the dash",
        ),
        ("spec:\n  a: x\n  b\n  c: y\n", f"3:3: {NO_KEY}", "write KEY: VALUE, or begin it with a dash"),
        # Other errors keep the words of the parser.
        (
            "spec:\n  a: b: c\n",
            "2:7: invalid YAML: mapping values are not allowed in this context",
            COLON,
        ),
        (
            'spec:\n  a: "x" y\n',
            "2:10: invalid YAML: did not find expected key while parsing a block mapping",
            "check the indentation, and quote text with special characters",
        ),
    ],
)
def test_a_line_that_does_not_fit_is_told_with_what_to_do(content: str, message: str, hint: str) -> None:
    [found] = parse("x", content.encode())[1]

    assert (f"{found.line}:{found.column}: {found.message}", found.hint) == (message, hint)
