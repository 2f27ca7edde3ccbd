import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.edit import Operation, changed, spliced
from reconciler.edit.operations import Append, Put, Remove, Replace
from reconciler.errors import InputError
from tests.edit.forms import ROOT

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


def data(text: str, line: int = 1) -> Any:
    """Return the document that begins in or after a line, dates as text."""
    return next(
        yaml.load(yaml.serialize(node), Loader=yaml.BaseLoader)  # noqa: S506  the loader that makes only text
        for node in yaml.compose_all(text, Loader=yaml.BaseLoader)
        if node.start_mark.line >= line - 1
    )


def difference(operation: Operation, text: str = TEXT, line: int = 2) -> list[str]:
    """Return the lines that go and come; the result says just what the operation means."""
    after = spliced(text, line, operation)
    assert data(after) == changed(data(text), operation)
    before, new = text.splitlines(), after.splitlines()
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
        (Append((*TEAM, "access"), "a, b"), ["+        - 'a, b'"]),
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
        (Put((*TEAM, "access", 2), "reason", "no: 1"), ["+          reason: 'no: 1'"]),
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


def test_a_new_key_stands_where_it_belongs_and_leaves_comments_with_what_they_are_about() -> None:
    after = spliced(TEXT, 2, Put(("spec",), "until", "2028-01-01", before="teams"))

    assert after.splitlines()[3:6] == [
        "  access: [tracking, rates]   # for all",
        "  until: 2028-01-01",
        "  # its teams",
    ]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("a: [x, # why\n  y]\n", Remove(("a",), 1)),
        ("a: [x, # why\n  y]\n", Remove(("a",), 0)),
        ("a: [ # none\n  ]\n", Append(("a",), "x")),
        ("a: [ # none\n  ]\n", Put((), "a", ["x"])),
        ("a: [ # one\n  x]\n", Remove(("a",), 0)),
    ],
)
def test_where_a_comment_would_be_lost_nothing_is_written(text: str, operation: Operation) -> None:
    with pytest.raises(InputError) as refused:
        spliced(text, 1, operation)

    assert (refused.value.message, refused.value.hint) == (
        "a comment near line 1 would be lost",
        "edit the file by hand",
    )


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("a:   # why\n  # x\n  - x\n", Remove(("a",), 0)),
        ("a:\n  -\n    x\n  - y\n", Remove(("a",), 0)),
        ("a: &x [b]\nc: *x\n", Append(("c",), "d")),
    ],
)
def test_what_is_not_understood_is_seen_when_it_is_compared(text: str, operation: Operation) -> None:
    assert data(spliced(text, 1, operation)) != changed(data(text), operation)


@pytest.mark.parametrize(
    ("text", "operation", "after"),
    [
        ("a: []", Append(("a",), "x"), "a: [x]"),
        ("a:\n- x", Append(("a",), "y"), "a:\n- x\n- y"),
        ("a:\r\n  - x\r\nb: c\r\n", Append(("a",), "y"), "a:\r\n  - x\r\n  - y\r\nb: c\r\n"),
        ("a: {b: c}", Put(("a",), "d", "e"), "a: {b: c, d: e}"),
        (
            "a: |\n  long\n  text\n\nb: c\n",
            Put((), "a2", "x", before="b"),
            "a: |\n  long\n  text\na2: x\n\nb: c\n",
        ),
        ("'a': [ \"x\" , y , ]", Append(("a",), "z"), "'a': [ \"x\" , y, z , ]"),
        ("a: 'it''s #1'", Put((), "a", "x"), "a: x"),
    ],
)
def test_yaml_may_be_written_in_other_ways(text: str, operation: Operation, after: str) -> None:
    assert spliced(text, 1, operation) == after
    assert data(after) == changed(data(text), operation)


def test_other_documents_of_the_file_stay_as_they_are() -> None:
    text = "a: [x]\n---\n# second\na: [y]\n---\na: [z]\n"

    assert spliced(text, 4, Append(("a",), "n")) == "a: [x]\n---\n# second\na: [y, n]\n---\na: [z]\n"


FILES = sorted((ROOT / "partners").rglob("*.yaml"))
VALUES = st.sampled_from(["x", "a, b", "no: 1", "#", "2028-01-01", "", "[", "'", '"', "007", "{group: y}"])
ENTRIES = VALUES | st.fixed_dictionaries({"group": VALUES}, optional={"until": VALUES, "reason": VALUES})


def lists(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], int]]:
    """Return the path of every list, and its length."""
    found = [(path, len(data))] if isinstance(data, list) else []
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return found + [each for key, value in below for each in lists(value, (*path, key))]


@settings(deadline=None, max_examples=100)
@given(st.data(), st.sampled_from(FILES), ENTRIES)
def test_in_the_sample_everything_can_be_changed_and_no_comment_goes(
    drawn: st.DataObject, file: Any, entry: Any
) -> None:
    text = file.read_text("utf-8")
    line = 1 + text.splitlines().index("apiVersion: reconciler/v1")
    before = data(text, line)
    path, length = drawn.draw(st.sampled_from(lists(before)))
    operations: list[Operation] = [
        Append(path, entry),
        Put(path[:-1], "new", entry, before="teams"),
        *(Replace((*path, index), entry) for index in range(length)),
        *(Remove(path, index) for index in range(length)),
    ]
    operation = drawn.draw(st.sampled_from(operations))
    after = spliced(text, line, operation)

    assert data(after, line) == changed(before, operation)
    if not isinstance(operation, Remove | Replace):
        assert re.findall(r" # .*|^#.*", after, re.MULTILINE) == re.findall(r" # .*|^#.*", text, re.MULTILINE)
