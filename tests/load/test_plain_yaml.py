"""Plain YAML is read without libyaml, to the same values; anything else is left to it."""

import tracemalloc
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.load import plain_document, plain_yaml
from reconciler.load.plain_yaml import plain_documents
from reconciler.load.yaml_events import documents
from reconciler.load.yaml_parser import parse
from tests.load.test_yaml_suite import CASES, written

PLAIN: Final[dict[str, list[Any]]] = {
    "a: b": [{"a": "b"}],
    "# A comment\na: b # another\n\n  # and another\nc:  d  \n": [{"a": "b", "c": "d"}],
    "a:\n  b:\n    c: d\n  e: f\ng: h\n": [{"a": {"b": {"c": "d"}, "e": "f"}, "g": "h"}],
    "a:\n- b\n- c\nd:\n  - e\n": [{"a": ["b", "c"], "d": ["e"]}],
    "- a: b\n  c:\n  - d\n-   e: f\n    g: h\n": [[{"a": "b", "c": ["d"]}, {"e": "f", "g": "h"}]],
    "a:\nb:\n  c:\n  d: # nothing\n": [{"a": None, "b": {"c": None, "d": None}}],
    "a: true\nb: null\nc: 7\nd: 0.5\ne: 007\nf: 2031-12-31\ng: yes\n": [
        {"a": True, "b": None, "c": 7, "d": 0.5, "e": "007", "f": "2031-12-31", "g": "yes"}
    ],
    'a: "true"\nb: \'7\'\nc: ""\nd: \'a # "b"\'\n': [{"a": "true", "b": "7", "c": "", "d": 'a # "b"'}],
    "a: https://a.example/b?c\nb: it's [odd], {really}\n": [
        {"a": "https://a.example/b?c", "b": "it's [odd], {really}"}
    ],
    "a: []\nb: {}\nc: [ d, 1 ]\ne: {f: [g, {h: 'i, j'}], k: null}\n": [
        {"a": [], "b": {}, "c": ["d", 1], "e": {"f": ["g", {"h": "i, j"}], "k": None}}
    ],
    "- [a, b]\n- {c: d}\n- e\n": [[["a", "b"], {"c": "d"}, "e"]],
    "a: [true, 7, c d]\nb: {c: null, d: 2031-12-31, e: f:g}\n": [
        {"a": [True, 7, "c d"], "b": {"c": None, "d": "2031-12-31", "e": "f:g"}}
    ],
    "a: [{b: c, d: 'e'}, {b: f, d: g}, [h, i]]\n": [
        {"a": [{"b": "c", "d": "e"}, {"b": "f", "d": "g"}, ["h", "i"]]}
    ],
    "displayName: Müller & Söhne\n": [{"displayName": "Müller & Söhne"}],
    "---\na: b\n---\n- c\n--- # the last\nd:\n": [{"a": "b"}, ["c"], {"d": None}],
    "a: b\r\nc:\r\n- d\r\n": [{"a": "b", "c": ["d"]}],
    "  a: b\n  c: d\n": [{"a": "b", "c": "d"}],
    "a: ['# b'] # c\n": [{"a": ["# b"]}],
}
# Several lines of text, other indentation, properties, escapes, other keys, two values, and what is no YAML.
OTHER: Final = """
a
- a|- - a
-
a: b|  c
a: b|  c: d
a:|    b: c|  d: e
- a|b: c
a: b|- c
  a: b|c: d
a: &b c
a: *b
a: !b c
a: |||  b
a: "b\\n"
a: 'b''c'
"a": b
7: a
true: a
a b: c
<<: a
a: b: c
a: b:
a: b#c
a: -b
a: -1
a: @b
a: [b
a: [b]]
a: [b}
a: [b] [c]
a: [b], [c]
a: [b, ]
a: [, b]
a: [b: c]
a: {b}
a: {b: }
a: {b: , c: d}
a: {b: c d: e}
a: {b: c, b: d}
a: [{b: c, b: d}]
a: {b: 'c', b: d}
a: {b: {c: d} e: f}
a: {b:c}
a: {b: c, true: d}
a: {b: c}}
a: [b] # [c]
a: [b:]
a: [b|  c]
a: b|a: c
- a: b|  a: c
a: b|---
---|---|a: b
%YAML 1.1|---|a: b
a: b|...
a:	b
a: 😀
? a
""".strip("\n").splitlines()


@pytest.mark.parametrize("text", PLAIN)
def test_plain_yaml_is_read(text: str) -> None:
    found = plain_documents(text.encode())

    assert found is not None
    assert written(found) == written(PLAIN[text]) == written([raw.data for raw in full(text)])


@pytest.mark.parametrize("line", OTHER)
def test_anything_else_is_left_to_libyaml(line: str) -> None:
    assert plain_documents(line.replace("|||", "\0").replace("|", "\n").replace("\0", "|\n").encode()) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"# nothing\n",
        b"---\n",
        b"a: b\rc: d",
        b"a: b\r\r\n",
        b"a: b\nc: d\r",
        b"a: \x7f\n",
        b"a: b # \x85\n",
        "a: b # \x85\n".encode(),
        "a: '\u2028'\n".encode(),
        "a: ['\uffff']\n".encode(),
    ],
)
def test_empty_files_and_unusual_bytes_are_left_to_libyaml(content: bytes) -> None:
    assert plain_documents(content) is None


def full(text: str) -> list[Any]:
    """Return the documents as libyaml reads them. Raises AssertionError at an error."""

    def refuse(*problem: Any) -> None:
        raise AssertionError(problem)

    return documents(text.encode(), refuse)


_VALUES: Final = (
    "a|b c|true|null|~|7|-7|0.5|007|2031-12-31|12:30|x@y.example|https://a/b|é|(a)|it's|a - b|yes|"
    "[]|{}|[a, b]|[ a ,b ]|{a: b}|{a: [b, {c: d}], e: 1}|[[a], {}]|{a}|[a: b]|{a: b c: d}|[a,]|[a]]|[b:c]|"
    "'a'|\"a # b\"|'a''b'|\"\\n\"|\"a\" b|&a b|*a|!a b|>|%|a: b|a:|:|-|a#b|? a|`|@|a\\ud83d\\ude00|\\t"
)
VALUES: Final = _VALUES.split("|")
KEYS: Final = ["a", "b", "c", "a/b", "c.d", "e-f", "true", "null", "<<"]
LINES: Final = st.one_of(
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["", "  ", "    ", " ", "      "]),
        st.sampled_from(["", "- ", "-   "]),
        st.sampled_from([f"{key}:" for key in KEYS]),
        st.sampled_from(["", *(f" {value}" for value in VALUES)]),
        st.sampled_from(["", "", " ", " # b", "#"]),
    ),
    st.builds("{}- {}".format, st.sampled_from(["", "  ", "    "]), st.sampled_from(VALUES)),
    st.sampled_from(["", "---", "# a", "  # a", "--- # a", "...", "   "]),
)


@given(st.lists(LINES, min_size=1, max_size=7), st.sampled_from(["\n", "\r\n"]))
@example(["---", "---", "a: b"], "\n")
@example(["a: b", "---"], "\n")
@example(["a:", "- b", " - c"], "\n")
@example(["- b", "- c:", "    d"], "\n")
def test_a_file_is_read_as_libyaml_reads_it_or_not_at_all(lines: list[str], ending: str) -> None:
    check(ending.join(lines))


@pytest.mark.parametrize("text", ["a: {}", "a: b{}c", "a: 'b{}'", "a: ['{}', b]", "# {}\na: b"])
def test_each_character_is_read_as_libyaml_reads_it_or_not_at_all(text: str) -> None:
    # Those that libyaml knows, and the first and last of each range that it allows.
    for number in (
        *range(0x100),
        *range(0x2020, 0x2030),
        0xD7FF,
        0xE000,
        0xFEFF,
        *range(0xFFF0, 0x10010),
        0x10FFFF,
    ):
        check(text.replace("{}", chr(number)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_cases_of_the_public_suite_are_read_as_libyaml_reads_them_or_not_at_all(case: Any) -> None:
    check(case["yaml"])


def check(text: str) -> None:
    """Check that the text is not plain, or has the values that libyaml reads, without an error."""
    found = plain_documents(text.encode())
    if found is not None:
        assert written(found) == written([raw.data for raw in full(text)])


def test_deep_values_are_left_to_libyaml() -> None:
    lines = "".join(f"{' ' * depth}a:\n" for depth in range(100))
    brackets = f"a: {'[' * 100}{']' * 100}"

    assert plain_documents(lines.encode()) is None
    assert plain_documents(brackets.encode()) is None


@pytest.mark.parametrize("dash", ["", "- "])
@pytest.mark.parametrize("first", [[], ["a:"]])
def test_nearly_too_deep_values_are_read_as_libyaml_reads_them_or_not_at_all(
    first: list[str], dash: str
) -> None:
    for levels, brackets in product(range(13, 36), range(29, 33)):
        *lines, last = (f"{' ' * (level * (len(dash) + 1))}{dash}a:" for level in range(levels))
        check("\n".join([*first, *lines, f"{last} {'[' * brackets}b{']' * brackets}"]))


def test_files_with_too_many_values_or_documents_are_left_to_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_yaml, "max_values", lambda _: 20)
    # The mapping, its key and its sequence are values, too.
    few, many = (f"a: [{', '.join(['b'] * each)}]\n".encode() for each in (17, 18))
    both = (b"---\n- b\n" * each for each in (10_000, 10_001))

    assert [plain_documents(each) is None for each in (few, many)] == [False, True]
    monkeypatch.undo()
    assert [found and len(found) for found in map(plain_documents, both)] == [10_000, None]


@pytest.mark.parametrize(
    ("content", "is_plain"),
    [
        (b"a: [" + b"] # " * 50_000 + b"\x7f", False),
        (b"a: " + b"[" * 200_000 + b"]", False),
        (b"a: b" + b":b" * 100_000, False),
        (b"a: [b" + b":b" * 100_000 + b"]", False),
        (b"a: b" + b"\n" * 600_000, False),
        (b'a: "' + b"b " * 100_000 + b'"', True),
        (b"a: b" + b" b" * 100_000, True),
    ],
)
def test_unusual_content_takes_little_memory_and_never_quadratic_time(
    content: bytes,
    is_plain: bool,  # noqa: FBT001  an example
) -> None:
    tracemalloc.start()
    try:
        found = plain_documents(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (found is not None) == is_plain
    assert peak < 6 * len(content)


def test_positions_are_read_when_one_is_asked_for() -> None:
    [first, second], findings, whole = parse("x.yaml", b"\xef\xbb\xbfa: [b, c]\n---\n- d:\n    e: f\n")

    assert (findings, whole) == ([], True)
    assert first.find(["a", 1]) == (1, 8)
    assert second.find([0, "d", "e"]) == (4, 8)
    assert second.find([0, "d"], key=True) == (3, 3)


def test_values_are_read_again_after_they_were_forgotten() -> None:
    [first, second], _, _ = parse("x.yaml", b"a: [b, c]\n---\n- d\n")
    before = first.data, second.data
    first.forget()

    assert (first.data, second.data) == before == ({"a": ["b", "c"]}, ["d"])
    assert first.data is first.data
    assert first.data is not before[0]


def test_a_file_with_errors_that_was_read_as_plain_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_document, "plain_documents", lambda _: [{"a": "b"}])
    [raw], _, _ = parse("x.yaml", b"a: b\na: c\n")

    with pytest.raises(AssertionError, match=r'^2:1: duplicate key "a", in a file without errors$'):
        raw.find([])
