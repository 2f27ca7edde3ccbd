"""Operations on the text of a file: what changes in it, and that nothing else does."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.edit import Operation, changed, patched
from reconciler.edit.operations import Append, Drop, Extend, Put, Remove, RemoveEach, Replace
from reconciler.errors import InputError
from reconciler.load.outline import outline
from reconciler.load.yaml_parser import parse
from tests.edit.filled_forms import ROOT
from tests.laws import examples

TEAM = ("spec", "teams", 0)
TEXT = """\
# the partner
spec:
  type: reseller   # sells
  access: [tracking, rates]   # for all
  # its teams
  teams:
    - name: web   # the shop
      admins: [a@b.example]
      # what it takes up
      access:
        - tracking   # first
        # why
        - {group: rates, level: view}   # second
        - group: shipping   # third
          until: 2028-01-01   # until then
      members:
      - x@b.example
    - {name: ops, admins: [c@b.example, d@b.example]}   # nights
"""


def data(text: str, document: int = 0) -> Any:
    """Return the values of a document, as the loader reads them."""
    raws, findings, whole = parse("x.yaml", text.encode())
    assert (whole, findings) == (True, [])
    return raws[document].data


def after(text: str, operation: Operation, document: int = 0) -> str:
    """Return the text after an operation; the result says just what the operation means."""
    new = patched(text, outline(text)[document], data(text, document), operation)
    assert data(new, document) == changed(data(text, document), operation)
    return new


def difference(operation: Operation) -> list[str]:
    """Return the lines that go and come."""
    before, new = TEXT.splitlines(), after(TEXT, operation).splitlines()
    gone = [f"-{row}" for row in before if row not in new]
    return gone + [f"+{row}" for row in new if row not in before]


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        (
            Append(("spec", "access"), {"group": "x", "until": "2028-01-01"}),
            [
                "-  access: [tracking, rates]   # for all",
                "+  access: [tracking, rates, {group: x, until: 2028-01-01}]   # for all",
            ],
        ),
        (Append((*TEAM, "access"), "a, b"), ['+        - "a, b"']),
        (Append((*TEAM, "members"), "y@b.example"), ["+      - y@b.example"]),
        (
            Remove(("spec", "access"), 0),
            ["-  access: [tracking, rates]   # for all", "+  access: [rates]   # for all"],
        ),
        (
            Remove(("spec", "access"), 1),
            ["-  access: [tracking, rates]   # for all", "+  access: [tracking]   # for all"],
        ),
        (Remove((*TEAM, "access"), 0), ["-        - tracking   # first"]),
        (
            Remove((*TEAM, "access"), 2),
            ["-        - group: shipping   # third", "-          until: 2028-01-01   # until then"],
        ),
        (Remove((*TEAM, "members"), 0), ["-      members:", "-      - x@b.example", "+      members: []"]),
        (
            Remove((*TEAM, "admins"), 0),
            ["-      admins: [a@b.example]", "+      admins: []"],
        ),
        (
            Replace((*TEAM, "access", 0), {"group": "tracking", "level": "view"}),
            [
                "-        - tracking   # first",
                "+        - {group: tracking, level: view}   # first",
            ],
        ),
        (
            Put((*TEAM, "access", 1), "until", "2028-01-01"),
            [
                "-        - {group: rates, level: view}   # second",
                "+        - {group: rates, level: view, until: 2028-01-01}   # second",
            ],
        ),
        (
            Put((*TEAM, "access", 2), "until", "2029-01-01"),
            ["-          until: 2028-01-01   # until then", "+          until: 2029-01-01   # until then"],
        ),
        (Put((*TEAM, "access", 2), "reason", "no: 1"), ['+          reason: "no: 1"']),
        (Drop((*TEAM, "access", 2), "until"), ["-          until: 2028-01-01   # until then"]),
        (
            Drop((*TEAM, "access", 1), "level"),
            [
                "-        - {group: rates, level: view}   # second",
                "+        - {group: rates}   # second",
            ],
        ),
        (
            Drop((*TEAM, "access", 2), "group"),
            [
                "-        - group: shipping   # third",
                "-          until: 2028-01-01   # until then",
                "+        - until: 2028-01-01   # until then",
            ],
        ),
        (Put(("spec",), "until", "2028-01-01", before="teams"), ["+  until: 2028-01-01"]),
        (
            Put(("spec", "teams", 1), "access", ["x", {"group": "y"}]),
            [
                "-    - {name: ops, admins: [c@b.example, d@b.example]}   # nights",
                "+    - {name: ops, admins: [c@b.example, d@b.example], access: [x, {group: y}]}   # nights",
            ],
        ),
    ],
)
def test_only_what_has_to_change_does(operation: Operation, lines: list[str]) -> None:
    assert difference(operation) == lines


def test_a_new_key_comes_where_it_belongs_and_leaves_comments_with_what_they_are_about() -> None:
    new = after(TEXT, Put(("spec",), "until", "2028-01-01", before="teams"))

    assert new.splitlines()[3:6] == [
        "  access: [tracking, rates]   # for all",
        "  until: 2028-01-01",
        "  # its teams",
    ]


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        # In a list of one: above it, at its own line, above its key.
        ("a:\n  # why\n  - x\n", Remove(("a",), 0), "a: []\n  # why\n"),
        ("a:   # why\n  # x\n  - x   # since May\n", Remove(("a",), 0), "a: []   # why\n  # x\n"),
        ("a:\n- x # c\n# end\nb: c\n", Remove(("a",), 0), "a: []\n# end\nb: c\n"),
        ("a: &one\n  # why\n  - x\n", Remove(("a",), 0), "a: &one []\n  # why\n"),
        ("# top\n- x\n# end\n", Remove((), 0), "# top\n[]\n# end\n"),
        ("- - x # c\n", Remove((0,), 0), "- [] # c\n"),
        # In brackets.
        ("a: [x, # why\n  y]\n", Remove(("a",), 1), "a: [x # why\n  ]\n"),
        ("a: [x, # why\n  y]\n", Remove(("a",), 0), "a: [ # why\n  y]\n"),
        ("a: [ # none\n  ]\n", Append(("a",), "x"), "a: [x # none\n  ]\n"),
        ("a: [# none\n  ]\n", Append(("a",), "x"), "a: [x # none\n  ]\n"),
        ("a: [ # one\n  x]\n", Remove(("a",), 0), "a: [ # one\n  ]\n"),
        ("a: [ x, # one\n  ]\n", Remove(("a",), 0), "a: [  # one\n  ]\n"),
        ("a: [\n  x,  # one\n  y,  # two\n]\n", Remove(("a",), 0), "a: [\n  y,  # two\n]\n"),
        ("a: [\n  x,  # one\n  y   # two\n]\n", Remove(("a",), 1), "a: [\n  x  # one\n]\n"),
        ("a: [\n  # one\n  x   # two\n]\n", Remove(("a",), 0), "a: [\n  # one\n]\n"),
        ("a: [\n  x   # two\n]\n", Remove(("a",), 0), "a: []\n"),
        ("a: [x, y # c\n, ]\n", Remove(("a",), 1), "a: [x,  # c\n ]\n"),
        ("a: [\n x,\n y,\n z\n]\n", RemoveEach(("a",), frozenset({1, 2})), "a: [\n x\n]\n"),
        ("a: [x,\n y # c\n, ]\n", RemoveEach(("a",), frozenset({0, 1})), "a: [\n  # c\n ]\n"),
        ("a: [x,\n y,\n z\n , ]\n", RemoveEach(("a",), frozenset({1, 2})), "a: [x,\n ]\n"),
        ("a:\n- x\n# why\n- y\n- z\n", RemoveEach(("a",), frozenset({0, 2})), "a:\n# why\n- y\n"),
        (
            "a: [\n  x,  # one\n  y   # two\n]\n",
            Append(("a",), "z"),
            "a: [\n  x,  # one\n  y,   # two\n  z\n]\n",
        ),
        (
            "a: [\n  x,  # one\n  y,  # two\n]\n",
            Append(("a",), "z"),
            "a: [\n  x,  # one\n  y,  # two\n  z,\n]\n",
        ),
        # Behind dashes.
        ("- - x # c\n  # why\n  - y\n", Remove((0,), 0), "- \n  # why\n  - y\n"),
        ("- - x # c\n  - y\n", Remove((0,), 0), "- - y\n"),
        ("-   # c\n  a: b\n  c: d\n", Drop((0,), "a"), "-   # c\n  c: d\n"),
        # Text that looks like a comment is none.
        ("a: ['ticket #12']\n", Replace(("a",), ["x"]), "a: ['x']\n"),
        ("a: ['#1', \"x #2\"]\n", Remove(("a",), 0), 'a: ["x #2"]\n'),
        ("a: |\n  # text\nb: c\n", Put((), "a", "x"), "a: x\nb: c\n"),
    ],
)
def test_comments_stay_wherever_they_are(text: str, operation: Operation, expected: str) -> None:
    assert after(text, operation) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [ # none\n  ]\n", 1),
        ("a:\n  - x\n  # why\n  - y\n", 3),
        ("a:\n  b: [x] # no\n", None),
        ("a:\n  b: {c: d,\n   # e\n    f: g}\n", 3),
        ("a: | # text\n  long\n", 1),
        ("a: [[], # one\n []]\n", 1),
    ],
)
def test_a_comment_in_what_is_replaced_is_kept_by_replacing_nothing(text: str, line: int | None) -> None:
    operation = Put((), "a", ["x"])
    if line is None:
        assert after(text, operation)
        return
    with pytest.raises(InputError) as refused:
        after(text, operation)

    assert (refused.value.message, refused.value.hint) == (
        f"the comment on line {line} would be lost",
        "edit the file by hand",
    )


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ("a: []", Append(("a",), "x"), "a: [x]"),
        ("a: [x,]", Remove(("a",), 0), "a: []"),
        ("a:\n- x", Append(("a",), "y"), "a:\n- x\n- y"),
        ("a:\n- x\n- y", Remove(("a",), 1), "a:\n- x"),
        ("a:\n  -\n    x\n  - y\n", Remove(("a",), 0), "a:\n  - y\n"),
        ("a:\r\n  - x\r\nb: c\r\n", Append(("a",), "y"), "a:\r\n  - x\r\n  - y\r\nb: c\r\n"),
        ("a:\r  - x\rb: c\r", Append(("a",), "y"), "a:\r  - x\r  - y\rb: c\r"),
        ("\ufeff- a\n- b\n", Remove((), 0), "\ufeff- b\n"),
        ("\ufeff\ufeffa: b\n", Put((), "c", "d"), "\ufeff\ufeffa: b\nc: d\n"),
        ("a: {b: c}", Put(("a",), "d", "e"), "a: {b: c, d: e}"),
        ("a: [b: c]", Put(("a", 0), "d", "e"), "a: [{b: c, d: e}]"),
        ("a: [b: c]", Drop(("a", 0), "b"), "a: [{}]"),
        ("a: {b: c}", Drop(("a",), "b"), "a: {}"),
        ("a:\n  b: c\nd: e\n", Drop(("a",), "b"), "a: {}\nd: e\n"),
        ("a:\n  b: c\n", Put((), "a", "x"), "a: x\n"),
        ("a: # why\n  - b\n", Put((), "a", "x"), "a: x # why\n"),
        (
            "a: |\n  long\n  text\n\nb: c\n",
            Put((), "a2", "x", before="b"),
            "a: |\n  long\n  text\na2: x\n\nb: c\n",
        ),
        ("a: |+\n  x\n\nb: c\n", Put((), "a2", "x", before="b"), "a: |+\n  x\n\na2: x\nb: c\n"),
        ("- |+\n  x\n\n", Append((), "y"), "- |+\n  x\n\n- y\n"),
        ("? a\n: - b\n", Append(("a",), "c"), "? a\n: - b\n  - c\n"),
        ("a: [b]\t# since 2020\n", Append(("a",), "c"), "a: [b, c]\t# since 2020\n"),
        ("a:\tb\n", Put((), "a", "c"), "a:\tc\n"),
        ("a: [b,\n\tc]\n", Append(("a",), "d"), "a: [b,\n\tc, d]\n"),
        ("a: [\n\tb,\n\tc]\n", Append(("a",), "d"), "a: [\n\tb,\n\tc,\n\td]\n"),
        ("a: [b,c]\n", Append(("a",), "d"), "a: [b,c,d]\n"),
        ("--- {a: [b]} # x\n...\n", Append(("a",), "c"), "--- {a: [b, c]} # x\n...\n"),
        ("a:\n- x\n...\n", Append(("a",), "y"), "a:\n- x\n- y\n...\n"),
    ],
)
def test_yaml_may_be_written_in_other_ways(text: str, operation: Operation, expected: str) -> None:
    assert after(text, operation) == expected


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ("'a': [ \"x\" , y , ]", Append(("a",), "z"), "'a': [ \"x\" , y, z , ]"),
        ('a: ["x", "y"]', Append(("a",), "z"), 'a: ["x", "y", "z"]'),
        ("a: ['x']", Append(("a",), {"b": "z"}), "a: ['x', {b: 'z'}]"),
        ("a:\n  - 'x'\n", Append(("a",), "it's"), "a:\n  - 'x'\n  - 'it''s'\n"),
        ("a: 'it''s #1'", Put((), "a", "x"), "a: 'x'"),
        ('a: "2027-01-01"', Put((), "a", "2028-01-01"), 'a: "2028-01-01"'),
        ('"a": "b"\n', Put((), "c", "d"), '"a": "b"\n"c": "d"\n'),
        ("a:\n-   x\n", Append(("a",), "y"), "a:\n-   x\n-   y\n"),
        ("a:\n    - x\n", Put((), "b", ["y", "z"]), "a:\n    - x\nb:\n    - y\n    - z\n"),
        ("a:\n- x\n", Put((), "b", ["y"]), "a:\n- x\nb:\n- y\n"),
        (
            "a:\n- b: c\n  d: e\n",
            Append(("a",), {"b": "x", "d": "y"}),
            "a:\n- b: c\n  d: e\n- b: x\n  d: y\n",
        ),
        (
            "a:\n- b: c\n  d: e\n- f  # g\n",
            Replace(("a", 1), {"b": "f", "d": "y"}),
            "a:\n- b: c\n  d: e\n- b: f  # g\n  d: y\n",
        ),
        (
            "a:\n- b: c\n  d: e\nf:\n- g\n",
            Put((), "h", [{"b": "x", "d": "y"}]),
            "a:\n- b: c\n  d: e\nf:\n- g\nh:\n- b: x\n  d: y\n",
        ),
        (
            "a:\n  - {b: c}\n",
            Append(("a",), {"b": "x"}),
            "a:\n  - {b: c}\n  - {b: x}\n",
        ),
    ],
)
def test_what_is_new_looks_like_what_is_there(text: str, operation: Operation, expected: str) -> None:
    assert after(text, operation) == expected


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ('{"a": ["x"]}', Append(("a",), "y"), '{"a": ["x", "y"]}'),
        ('{"a":["x"]}', Append(("a",), {"b": "c", "d": "e"}), '{"a":["x",{"b":"c","d":"e"}]}'),
        ('{"a":"b"}', Put((), "c", "d"), '{"a":"b","c":"d"}'),
        ('{"a": "b"}', Put((), "c", 'q"ü\x85'), '{"a": "b", "c": "q\\"\\u00fc\\u0085"}'),
        (
            '{\n\t"a": [\n\t\t"x"\n\t]\n}\n',
            Append(("a",), {"b": "c"}),
            '{\n\t"a": [\n\t\t"x",\n\t\t{"b": "c"}\n\t]\n}\n',
        ),
        (
            '{\n\t"a": [\n\t\t"x"\n\t]\n}\n',
            Put((), "b", ["y"]),
            '{\n\t"a": [\n\t\t"x"\n\t],\n\t"b": ["y"]\n}\n',
        ),
        (
            '{\n\t"a": 1,\n\t"c": true\n}\n',
            Put((), "b", "y", "c"),
            '{\n\t"a": 1,\n\t"b": "y",\n\t"c": true\n}\n',
        ),
        ('{\n\t"a": [\n\t\t"x",\n\t\t"y"\n\t]\n}\n', Remove(("a",), 1), '{\n\t"a": [\n\t\t"x"\n\t]\n}\n'),
        ('{\n\t"a": [\n\t\t"x"\n\t]\n}\n', Remove(("a",), 0), '{\n\t"a": []\n}\n'),
        ('{\n\t"a": "x",\n\t"b": "y"\n}\n', Drop((), "b"), '{\n\t"a": "x"\n}\n'),
        ('{"a": "x", "b": "y"}', Drop((), "a"), '{"b": "y"}'),
        ('[{"a":"x"}]', Append((), {"b": "y"}), '[{"a":"x"},{"b":"y"}]'),
        ('["x"]', Append((), "y"), '["x", "y"]'),
        (
            '{"a": "\\ud83d\\ude00", "b": ["x"]}',
            Append(("b",), "y"),
            '{"a": "\\ud83d\\ude00", "b": ["x", "y"]}',
        ),
        ('{"a": "x"}', Put((), "b", "\x85😀"), '{"a": "x", "b": "\\u0085\\ud83d\\ude00"}'),
    ],
)
def test_json_stays_json(text: str, operation: Operation, expected: str) -> None:
    assert after(text, operation) == expected


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ("a: &x [b]\nc: *x\n", Append(("c",), "d"), "a: &x [b]\nc: [b, d]\n"),
        ("a: &x [b]\nc: *x\n", Remove(("c",), 0), "a: &x [b]\nc: []\n"),
        ("a: &x {b: [c]}\nd: *x\n", Append(("d", "b"), "e"), "a: &x {b: [c]}\nd: {b: [c, e]}\n"),
        ("a: &x b\nc:\n- *x\n", Append(("c",), "d"), "a: &x b\nc:\n- *x\n- d\n"),
        ("a: &x b\nc: [*x, d]\n", Remove(("c",), 0), "a: &x b\nc: [d]\n"),
        ("a: &x b\n*x : c\n", Put((), "b", "d"), "a: &x b\n*x : d\n"),
        ("a: &x [b]\nc: &x [d]\ne: *x\n", Append(("a",), "f"), "a: &x [b, f]\nc: &x [d]\ne: *x\n"),
        ("a: {b: &x c, d: *x}\ne: f\n", Drop((), "a"), "e: f\n"),
        (
            "a: &x [1, true, null, 2.5]\nb: *x\n",
            Append(("b",), "c"),
            "a: &x [1, true, null, 2.5]\nb: [1, true, null, 2.5, c]\n",
        ),
    ],
)
def test_what_an_alias_repeats_is_written_out_where_it_changes(
    text: str, operation: Operation, expected: str
) -> None:
    assert after(text, operation) == expected


@pytest.mark.parametrize(
    "operation",
    [
        Append(("a",), "c"),
        Append(("a", 1), "c"),
        Remove(("a",), 0),
        Replace(("a", 0), "c"),
        Put((), "a", "c"),
        Drop((), "a"),
    ],
)
def test_what_an_alias_repeats_does_not_change_behind_its_back(operation: Operation) -> None:
    with pytest.raises(InputError) as refused:
        after("d: e\na: &x [b, [c]]\nf:\n- *x\n", operation)

    assert (refused.value.message, refused.value.hint) == (
        "line 4 repeats line 2 (*x) and would change as well",
        "replace the alias on line 4 by the value itself first",
    )


def test_other_documents_of_the_file_stay_as_they_are() -> None:
    text = "a: [x]\n---\n# second\na: [y]\n---\na: [z]\n"

    assert after(text, Append(("a",), "n"), 1) == "a: [x]\n---\n# second\na: [y, n]\n---\na: [z]\n"


FILES = sorted((ROOT / "partners").rglob("*.yaml"))
VALUES = st.sampled_from(["x", "a, b", "no: 1", "#", "2028-01-01", "", "[", "'", '"', "007", "{group: y}"])
ENTRIES = VALUES | st.fixed_dictionaries({"group": VALUES}, optional={"until": VALUES, "reason": VALUES})


def lists(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], int]]:
    """Return the path of every list, and its length."""
    found = [(path, len(data))] if isinstance(data, list) else []
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return found + [each for key, value in below for each in lists(value, (*path, key))]


@examples(100)
@given(st.data(), st.sampled_from(FILES), ENTRIES)
def test_in_the_sample_everything_can_be_changed_and_no_comment_goes(
    drawn: st.DataObject, file: Any, entry: Any
) -> None:
    text = file.read_text("utf-8")
    path, length = drawn.draw(st.sampled_from(lists(data(text))))
    operations: list[Operation] = [
        Append(path, entry),
        Put(path[:-1], "new", entry, before="teams"),
        *(Replace((*path, index), entry) for index in range(length) if path[-1] != "teams"),
        *(Remove(path, index) for index in range(length)),
    ]
    operation = drawn.draw(st.sampled_from(operations))
    new = after(text, operation)

    if not isinstance(operation, Remove | Replace):
        assert re.findall(r" # .*|^#.*", new, re.MULTILINE) == re.findall(r" # .*|^#.*", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("spec:\n  apis: []\n", "spec:\n  apis:\n    - {name: a}\n    - {name: b}\n"),
        (
            "spec:\n  apis: [ ] # none\nx: 1\n",
            "spec:\n  apis: # none\n    - {name: a}\n    - {name: b}\nx: 1\n",
        ),
        ("spec:\r\n  apis: []", "spec:\r\n  apis:\r\n    - {name: a}\r\n    - {name: b}"),
        ("spec:\n  apis:\n    []\n", "spec:\n  apis:\n    [{name: a}, {name: b}]\n"),
        ("spec: {apis: []}\n", "spec: {apis: [{name: a}, {name: b}]}\n"),
        ("spec:\n  apis: [ # none\n  ]\n", "spec:\n  apis: [{name: a}, {name: b} # none\n  ]\n"),
        ('{"spec": {"apis": []}}', '{"spec": {"apis": [{"name": "a"}, {"name": "b"}]}}'),
    ],
)
def test_mappings_in_an_empty_list_get_lines_of_their_own_in_block_style(before: str, text: str) -> None:
    assert after(before, Extend(("spec", "apis"), [{"name": "a"}, {"name": "b"}])) == text
