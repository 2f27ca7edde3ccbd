"""What is refused although it may be YAML, and what is no YAML: each with its place, in exact words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load.schema_errors import MAX_FINDINGS
from reconciler.load.yaml_parser import parse
from tests.load.loading import messages

ENDLESS = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 10)) for name in b"bcdef"
)
TAG = "remove it"
TWICE = "remove one of them"


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (b"a: 1\nb: 2\na: 3\n", [f'3:1: duplicate key "a" ({TWICE})']),
        (b"{a: 1, a: 2, a: 3}", [f'1:{n}: duplicate key "a" ({TWICE})' for n in (8, 14)]),
        (b'"\\e": 1\n"\\e": 2\n', [f'2:1: duplicate key "\\x1b" ({TWICE})']),
        (b"a:\n  7: x\n", ["2:3: a key must be text (quote it)"]),
        (b"true: x\n", ["1:1: a key must be text (quote it)"]),
        (b"? [a, b]\n: c\n", ["1:3: a key must be text (use a name as the key)"]),
        (b"{? : c}\n", ["1:4: a key is missing (write the key before the colon)"]),
        (
            b"a: &a {b: 1}\nc:\n  <<: *a\n",
            ["3:3: merge keys are not allowed (write the merged keys themselves)"],
        ),
        (b"a: !!str 7\n", [f'1:4: the tag "!!str" is not allowed ({TAG})']),
        (b"a: !secret [7]\n", [f'1:4: the tag "!secret" is not allowed ({TAG})']),
        (b"a: !<tag:x.example,2026:y> b\n", [f'1:4: the tag "tag:x.example,2026:y" is not allowed ({TAG})']),
        (b"a: *b\n", ['1:4: the alias "*b" has no anchor (replace it by the value itself)']),
        (b"a: &b [*b]\n", ['1:8: the alias "*b" refers to itself (replace it by the value itself)']),
        (
            ENDLESS,
            [
                (
                    "4:36: aliases expand to more than 10,000 values (replace aliases by values, or "
                    "split the file)"
                )
            ],
        ),
        (b"a: " + b"[" * 64, ["1:67: values are nested more than 64 levels deep (flatten them)"]),
        (b"a: " + b"[" * 1_000_000, ["1:67: values are nested more than 64 levels deep (flatten them)"]),
        (b"a: 1\na: 2\nb: [\n", [f'2:1: duplicate key "a" ({TWICE})']),
    ],
)
def test_what_the_language_leaves_out_of_yaml_is_refused(content: bytes, sentences: list[str]) -> None:
    assert messages(parse("x", content)[1])[: len(sentences)] == [f"x:{each}" for each in sentences]


@pytest.mark.parametrize(
    ("content", "sentence", "hint"),
    [
        (b"a:\n\tb: c\n", "2:1: this line is indented with a tab", "indent with spaces"),
        (b"a:\n  - b\n  \t- c: d\n", "3:3: this line is indented with a tab", "indent with spaces"),
        (
            b"a: b: c\n",
            "1:5: invalid YAML: mapping values are not allowed in this context",
            "quote text that contains a colon and a space",
        ),
        (
            b"a: @b\n",
            (
                "1:4: invalid YAML: found character that cannot start any token"
                " while scanning for the next token"
            ),
            "quote text that begins with this character",
        ),
        (
            b'a: 1\nb: "x\n\nc: 2\n',
            (
                "4:5: invalid YAML: found unexpected end of stream"
                " while scanning a quoted scalar that begins on line 2"
            ),
            "close the quotes",
        ),
        (
            b"a:\n  b: [x, \xc3\xa9\n",
            "2:11: invalid YAML: did not find expected ',' or ']' while parsing a flow sequence",
            "close the list with ]",
        ),
        (
            b"a: {b: [x]",
            "1:11: invalid YAML: did not find expected ',' or '}' while parsing a flow mapping",
            "close the mapping with }",
        ),
        (
            b"a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> topic\n",
            "2:1: unresolved merge conflict",
            "keep the correct lines, and remove the conflict markers (<<<<<<<, =======, >>>>>>>)",
        ),
        (
            b"a: {b: c,\r\n<<<<<<< HEAD\r\nd: e}\r\n>>>>>>> x\r\n<<<<<<< HEAD\r\n>>>>>>> x\r\n",
            "2:1: unresolved merge conflict, the first of 2",
            "keep the correct lines, and remove the conflict markers (<<<<<<<, =======, >>>>>>>)",
        ),
        (
            b'{"a":\n  "\\ud83d"}\n',
            ("2:6: invalid YAML: found invalid Unicode character escape code while parsing a quoted scalar"),
            "use the character itself",
        ),
        (
            b"- a\nb: c\n",
            (
                "2:1: this line begins without a dash, but the lines at its level above it are entries of a"
                " list"
            ),
            "add a dash, or indent it like the key that it belongs beside",
        ),
    ],
)
def test_invalid_yaml_is_reported_at_its_place(content: bytes, sentence: str, hint: str) -> None:
    _, findings, whole = parse("x", content)

    assert (messages(findings), whole) == ([f"x:{sentence} ({hint})"], False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: b\nc: \xe9t\xe9\n", "2:4: the byte 0xe9 is not valid UTF-8 (save the file as UTF-8)"),
        (b"a: b\r\nc: \xc3\xa9\xff\r\n", "2:5: the byte 0xff is not valid UTF-8 (save the file as UTF-8)"),
        (b"a: \xed\xa0\x80\n", "1:4: the byte 0xed is not valid UTF-8 (save the file as UTF-8)"),
        ("a: b".encode("utf-16"), "1:1: the file is UTF-16 or UTF-32 (save it as UTF-8)"),
        ("a: b".encode("utf-32"), "1:1: the file is UTF-16 or UTF-32 (save it as UTF-8)"),
        (
            "a: é\nb: ü\x07\n".encode(),
            "2:5: the character U+0007 is not allowed in YAML (remove it, or escape it in double quotes)",
        ),
        (
            b"a: \x00",
            "1:4: the character U+0000 is not allowed in YAML (remove it, or escape it in double quotes)",
        ),
    ],
)
def test_invalid_utf8_is_reported_at_its_character(content: bytes, sentence: str) -> None:
    assert messages(parse("x", content)[1]) == [f"x:{sentence}"]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"# nothing yet\n", b"---\n", b"---\n...\n", b"~\n", b"\xef\xbb\xbf"]
)
def test_a_file_without_documents_is_a_warning(content: bytes) -> None:
    assert messages(parse("x", content)[1]) == [
        "x: warning: the file contains no document (add one, or delete the file)"
    ]


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    [document], findings, _ = parse("x", b"\xef\xbb\xbfa: b\n")

    assert (document.data, document.find(["a"]), findings) == (
        {"a": "b"},
        (1, 4),
        [],
    )


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_any_of_three_ways(ending: bytes) -> None:
    content = b"a: |\n  one\n  two\nb:\n  - c\n".replace(b"\n", ending)
    [document], findings, _ = parse("x", content)

    assert (document.data, document.find(["b", 0]), findings) == (
        {"a": "one\ntwo\n", "b": ["c"]},
        (5, 5),
        [],
    )


def test_columns_count_characters_not_bytes() -> None:
    [document], _, _ = parse("x", "{é: 1, 😀: 2, x: 3}\n".encode())

    assert document.find(["x"]) == (1, 17)


def test_a_file_can_contain_several_documents_with_their_positions() -> None:
    documents, findings, _ = parse("x", b"a: 1\n---\n# second\nb: 2\n--- c\n...\n")
    places = [each.find(["b"]) for each in documents]

    assert ([each.data for each in documents], places, findings) == (
        [{"a": 1}, {"b": 2}, "c"],
        [(1, 1), (4, 4), (5, 5)],
        [],
    )


def test_an_alias_repeats_what_its_anchor_names_within_a_bound() -> None:
    [document], findings, _ = parse("x", b"a: &admins [ana, bo]\nb: *admins\nc: &c x\n*c : d\n")

    assert (document.data, findings) == ({"a": ["ana", "bo"], "b": ["ana", "bo"], "c": "x", "x": "d"}, [])


def test_an_alias_of_a_refused_value_is_refused_too() -> None:
    [document], _, _ = parse("x", b"a: &x !!int 5\nb: *x\n")

    assert document.refused == {(1, 4), (2, 4)}


def test_an_anchor_can_be_redefined_and_ends_with_its_document() -> None:
    documents, findings, _ = parse("x", b"[&a 1, *a, &a 2, *a]\n---\n*a\n")

    assert (documents[0].data, messages(findings)) == (
        [1, 1, 2, 2],
        ['x:3:1: the alias "*a" has no anchor (replace it by the value itself)'],
    )


def test_documents_that_were_read_before_the_file_breaks_are_lost_and_the_file_is_not_whole() -> None:
    documents, findings, whole = parse("x", b"a: 1\n---\nb: [\n")

    assert (documents, len(findings), whole) == ([], 1, False)


def test_less_than_signs_without_an_end_are_text() -> None:
    [document], findings, _ = parse("x", b"a: |\n  <<<<<<< HEAD\n  >>>>>>> x\nb: '\n\n<<<<<<< c'\n")

    assert (document.data, findings) == ({"a": "<<<<<<< HEAD\n>>>>>>> x\n", "b": "\n<<<<<<< c"}, [])


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"a\uD83D\uDE00\ud83d\ude01b"', "a😀😁b"),
        (rb'"\\\ud83d\ude00"', "\\😀"),
        (rb'"\\ud83d"', "\\ud83d"),
        (rb"\ud83d\ude00", r"\ud83d\ude00"),
        (rb"'\uD83d\ude00'", r"\uD83d\ude00"),
        (rb"\\\ud83d\ude00", r"\\\ud83d\ude00"),
        (rb'"\ud83d\ude00 \ue000"', "😀 \ue000"),
        ('"\\ud83d\\ude00 \ue000\ue001000000"'.encode(), "😀 \ue000\ue001000000"),
    ],
)
def test_halves_of_a_character_are_joined_where_they_are_escapes(content: bytes, value: str) -> None:
    [document], findings, _ = parse("x", b"{a: " + content + b", c: [b]}\n")
    place = document.find(["c", 0])

    assert (document.data, findings, place) == ({"a": value, "c": ["b"]}, [], (1, 11 + len(content.decode())))


@given(st.dictionaries(st.text(), st.text()))
def test_whatever_json_dumps_writes_is_read(data: dict[str, str]) -> None:
    # YAML allows keys of at most 1,024 characters, with their quotes and escapes.
    if data and not {"", "<<"} & data.keys() and all(len(json.dumps(key)) <= 1024 for key in data):
        [document], findings, _ = parse("x", json.dumps(data).encode())

        assert (document.data, findings) == (data, [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"%TAG ! x\n" * 101 + b"--- a\n",
            "101:1: the file has more than 100 directives (remove the lines that begin with %)",
        ),
        pytest.param(
            b"--- a\n" * 10_001,
            "10001:5: the file has more than 10,000 documents (split it into several files)",
            marks=pytest.mark.no_cover,
        ),
        pytest.param(
            b"---\n- " + b"\n- " * 300_000 + b"\n---\n- " + b"\n- " * 300_000,
            "500001:2: the file has more than 500,000 values (split it into several files)",
            marks=pytest.mark.no_cover,
        ),
        (
            b"--- [&a [x, x, x, x], *a, *a]\n" * 1001,
            (
                "1001:23: aliases expand to more than 10,000 values"
                " (replace aliases by values, or split the file)"
            ),
        ),
    ],
)
def test_a_file_past_a_bound_is_not_read(content: bytes, sentence: str) -> None:
    raws, findings, whole = parse("x", content)

    assert (raws, messages(findings), whole) == ([], [f"x:{sentence}"], False)


def test_a_file_in_which_very_many_things_are_refused_is_not_read_on() -> None:
    found, findings, whole = parse("big.yaml", b"a: 1\n" * 2000)

    assert (found, whole, len(findings)) == ([], False, MAX_FINDINGS + 1)
    assert messages(findings[-1:]) == [
        (
            "big.yaml:501:1: the file has 500 errors up to here, and the rest of it was not read (fix "
            "the listed errors first)"
        )
    ]
