"""Laws of reading: what is written comes back, at the places that PyYAML itself tells, whatever is in it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.load.yaml_parser import parse
from reconciler.model.finding import Severity

# Characters that neither YAML nor JSON escapes.
TEXT = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="\ufeff"))
# A merge key is refused, also in quotes.
KEYS = TEXT.filter(lambda key: key != "<<")
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=5)
# YAML 1.1 has more line breaks than most editors.
LINES = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
PIECES = [
    "a",
    ": ",
    "- ",
    "\n",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!t ",
    "|\n",
    ">",
    "'",
    '"',
]
PIECES += [
    "<<",
    "? ",
    "#",
    "---\n",
    "...\n",
    "%",
    "@",
    "~",
    "-",
    "7",
    "\\",
    "\r",
    "\x00",
    "\x85",
    "é",
    "\ufeff",
]


def written(document: Any, *, flow: bool) -> str:
    return str(yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True, sort_keys=False))


@given(document=DOCUMENTS, flow=st.booleans())
def test_values_come_back_as_pyyaml_wrote_them(document: Any, *, flow: bool) -> None:
    raws, findings, _ = parse("x.yaml", written(document, flow=flow).encode())

    assert ([raw.data for raw in raws], findings) == ([document], [])


@given(DOCUMENTS)
def test_json_is_read_as_json(document: Any) -> None:
    raws, findings, _ = parse("x.json", json.dumps(document, ensure_ascii=False).encode())

    assert ([raw.data for raw in raws], findings) == ([document], [])


@given(document=DOCUMENTS, flow=st.booleans(), ending=st.sampled_from(["\n", "\r\n"]))
@example(document={"a": {"b": [[], {}, "c"]}, "d": "é"}, flow=True, ending="\r\n")
def test_every_value_and_key_has_the_position_from_pyyaml(document: Any, ending: str, *, flow: bool) -> None:
    text = written(document, flow=flow).replace("\n", ending)
    [raw], _, _ = parse("x.yaml", text.encode())

    def places(node: yaml.Node, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield path and place as the reference has them."""
        yield path, False, (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield (*path, key.value), True, (key.start_mark.line + 1, key.start_mark.column + 1)
                yield from places(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                yield from places(item, (*path, index))

    root = yaml.compose(text, yaml.CSafeLoader)
    assert root is not None
    expected = list(places(root, ()))
    found = [(path, key, raw.find(path, key=key)) for path, key, _ in expected]

    assert found == expected


@given(st.binary() | st.lists(st.sampled_from(PIECES)).map(lambda pieces: "".join(pieces).encode()))
@example(b"\xff\xfea\x00")
@example(b"a: \xff")
@example(b"&a [*a]")
@example(b"? [a]\n: b\n")
@example(b"{a: 1, a: 2, [b]: 3, : 4}")
def test_any_file_is_read_or_refused_at_a_place_in_it(content: bytes) -> None:
    _, findings, whole = parse("x.yaml", content)
    lines = len(LINES.split(content.decode(errors="replace")))
    errors = [each for each in findings if each.severity is Severity.ERROR]

    assert whole or errors
    assert all(each.line and each.column and each.line <= lines + 1 for each in errors)
    assert all(each.message.isprintable() for each in findings)
