"""Where the values of a text begin and end."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from reconciler.load.outline import outline
from reconciler.load.yaml_parser import parse
from reconciler.model.finding import Severity
from reconciler.model.outline import Node

CASES: Final = json.loads(Path(__file__).with_name("yaml-test-suite.json").read_text())["cases"]


def spans(node: Node, text: str) -> Any:
    """Return the text of every value, nested as they are; an alias as the text of what it repeats."""
    shown = text[node.start : node.end]
    return [shown, [spans(child, text) for child in node.children]] if node.children else shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [gold]\t# since\n", ["a: [gold]", ["a", ["[gold]", ["gold"]]]]),
        ("- é: x # c\n\n# d\n", ["- é: x", [["é: x", ["é", "x"]]]]),
        ("a:\n- b\n- |\n  c\n\n", ["a:\n- b\n- |\n  c", ["a", ["- b\n- |\n  c", ["b", "|\n  c"]]]]),
        ("- |+\n  c\n\n", ["- |+\n  c\n\n", ["|+\n  c\n\n"]]),
        ("\ufeff- a: &x b\r\n- *x\r\n", ["- a: &x b\r\n- *x", [["a: &x b", ["a", "&x b"]], "*x"]]),
        (
            '{"a": "\\ud83d\\ude00", "b": ["x"]}',
            [
                '{"a": "\\ud83d\\ude00", "b": ["x"]}',
                ['"a"', '"\\ud83d\\ude00"', '"b"', ['["x"]', ['"x"']]],
            ],
        ),
        ("\ufeff\ufeff[a: b]", ["[a: b]", [["a: b", ["a", "b"]]]]),
    ],
)
def test_a_span_is_what_is_written(text: str, expected: Any) -> None:
    [root] = outline(text)

    assert spans(root, text) == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_scalar_of_the_yaml_test_suite_is_read_from_its_span(ending: str) -> None:
    for case in CASES:
        text = case["yaml"].replace("\n", ending)
        _, findings, _ = parse("x.yaml", text.encode())
        if any(each.severity is Severity.ERROR for each in findings):
            continue
        nodes = [node for root in outline(text) for node in root.walk()]
        for node in nodes:
            if node.sort == "scalar" and node.style not in {"|", ">"}:
                assert value_of(text[node.start : node.end], node) == node.text, case["id"]


def value_of(written: str, node: Node) -> str:
    """Return the value of a scalar that is written like this."""
    if node.style:
        return str(yaml.load(written, Loader=yaml.CBaseLoader))  # noqa: S506  it makes only text
    plain = written.removeprefix(f"&{node.anchor}").strip()
    lines = [line.strip() for line in plain.splitlines()]
    return re.sub("\n+", lambda found: "\n" * (len(found[0]) - 1) or " ", "\n".join(lines))
