"""Formatting changes the order of keys and the style, never a value, a comment or the order of a list."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.edit import document_text
from reconciler.edit.yaml.canonical import ordered, shape_at
from reconciler.load.files import File
from reconciler.load.yaml_parser import parse
from reconciler.model.new_document import NewDocument
from reconciler.workflow.format import formatted_file
from tests.edit.styles import MARK, Writer
from tests.edit.test_laws import partners, read
from tests.laws import examples

HEAD = "apiVersion: reconciler/v1\nkind: Partner\nmetadata: {name: acme}\n"
SAMPLES = Path(__file__).with_name("formatting.txt").read_text("utf-8").split("===== ")[1:]
REFUSED = "it has directives, indentation indicators, or a text that keeps its last lines"


def formatted(text: str) -> str:
    """Return a formatted text, or why it is left as it is."""
    result = formatted_file(File("partners/acme.yaml", text.encode(), ("Partner",)))
    assert (result.after is None) == bool(result.problem)
    return result.problem if result.after is None else result.after.decode()


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.partition("\n")[0] for sample in SAMPLES])
def test_a_document_has_one_style(sample: str) -> None:
    before, after = sample.partition("\n")[2].split("-----\n")

    assert formatted(HEAD + before) == HEAD + after
    assert formatted(HEAD + after) == HEAD + after


def test_comments_above_a_document_stay_above_it() -> None:
    text = "\n# schema\n\n# about\n\nkind: Partner\napiVersion: reconciler/v1 # v\n"

    assert formatted(f"{text}--- # next\n\n{text}...\n") == (
        "# schema\n\n# about\n\napiVersion: reconciler/v1               # v\nkind: Partner\n"
        "---\n# next\n\n# schema\n\n# about\n\napiVersion: reconciler/v1               # v\nkind: Partner\n"
    )


def test_line_breaks_stay_and_a_byte_order_mark_goes() -> None:
    assert formatted("\ufeffkind:  Partner\r\n") == "kind: Partner\r\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x [b]\nc: *x\n", "it has anchors or aliases"),
        ("%YAML 1.1\n---\na: b\n", REFUSED),
        ("a: |2\n   b\n", REFUSED),
        ("a: |+\n  b\n\n", REFUSED),
        ("- a\n", "a document is not a mapping"),
        ("{}\n", "a document is not a mapping"),
        ("a: [\n", "it has errors; `reconciler validate` shows them"),
        ("a: b\na: c\n", "it has errors; `reconciler validate` shows them"),
    ],
)
def test_a_file_that_cannot_be_formatted_safely_is_left_as_it_is(text: str, problem: str) -> None:
    assert formatted(text) == problem


@st.composite
def shuffled(draw: Any, data: Any) -> Any:
    """Return the same values with their keys in another order."""
    if isinstance(data, list):
        return [draw(shuffled(each)) for each in data]
    if not isinstance(data, dict):
        return data
    return {key: draw(shuffled(data[key])) for key in draw(st.permutations(list(data)))}


@st.composite
def written(draw: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the text of a file in any style, with comments anywhere, and the values in it."""
    data = [draw(shuffled(draw(partners(f"acme{number}")))) for number in range(draw(st.integers(1, 2)))]
    writer = Writer(draw, aliases=False)
    text = draw(st.sampled_from(["", "# top\n---\n", "\n\n"])) + "---\n".join(map(writer.document, data))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), data


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(120)
@given(written())
def test_whatever_the_style_only_the_style_and_the_order_of_keys_change(
    file: tuple[str, list[dict[str, Any]]],
) -> None:
    text, data = file
    new = formatted(text)
    documents = [each.data for each in read(new).documents]
    lines = new.replace("\r\n", "\n").split("\n")

    assert json.dumps(documents) == json.dumps([ordered(each, shape_at("Partner", ())) for each in data])
    assert Counter(MARK.findall(new)) == Counter(MARK.findall(text))
    assert formatted(new) == new
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\n\n\n" not in "\n".join(lines)
    assert new.endswith("\n")
    assert lines[-2:] != ["", ""]


@pytest.mark.no_cover
@examples(60)
@given(partners("acme"), st.data())
def test_a_new_document_is_formatted_already(data: dict[str, Any], drawn: st.DataObject) -> None:
    places = [("spec",), ("spec", "teams"), ("spec", "teams", 0), ("spec", "teams", 0, "admins")]
    notes = {place: "a note" for place in places if drawn.draw(st.booleans())}
    text = document_text(
        NewDocument(data=data, above={place: ["above"] for place in notes}, beside=notes), "partners"
    )

    assert parse("x.yaml", text.encode())[1:] == ([], True)
    assert formatted(text) == text
