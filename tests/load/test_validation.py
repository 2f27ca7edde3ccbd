import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

from reconciler.load.schema_errors import KEYWORDS, MAX_FINDINGS
from reconciler.load.validation import Validator
from reconciler.load.yaml_parser import parse
from reconciler.model.document import DOCUMENTS, Document, Partner
from reconciler.model.field_types import KindName
from reconciler.model.finding import Finding
from reconciler.schema import schemas
from tests.builders import document
from tests.laws import examples
from tests.load.loading import messages
from tests.model.spoiling import spoiled_documents

ROOT = Path(__file__).parents[2]
VALIDATOR = Validator(schemas())
FAST = {
    kind: jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for kind, schema in schemas().items()
}
STRUCTURE = {
    "additionalProperties",
    "properties",
    "items",
    "propertyNames",
    "if",
    "then",
    "else",
    "$ref",
    "$defs",
}
REMARKS = {"$schema", "$id", "title", "description", "examples", "default"}


def bare(text: str) -> Document:
    """Return a document that nobody has checked yet."""
    made = document(text)
    made.body = None
    return made


def test_a_document_that_fits_gets_its_body() -> None:
    acme = bare(
        """
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {name: acme}
        spec: {type: reseller, displayName: Acme, owner: sales}
        """
    )

    assert VALIDATOR.check(acme) == []
    assert isinstance(acme.body, Partner)


def test_a_document_without_a_kind_is_left_alone() -> None:
    assert VALIDATOR.check(bare("kind: Nothing")) == []


def test_schemas_are_asked_for_only_when_their_kind_comes() -> None:
    asked = []

    class Asked(dict[KindName, dict[str, Any]]):
        def __getitem__(self, kind: KindName) -> dict[str, Any]:
            asked.append(kind)
            return schemas()[kind]

    Validator(Asked()).check(bare("kind: Catalog"))

    assert set(asked) == {"Catalog"}


def test_a_document_that_fits_needs_no_schema() -> None:
    acme = bare(
        """
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {name: acme}
        spec: {type: reseller, displayName: Acme, owner: sales}
        """
    )

    assert Validator({}).check(acme) == []


def test_errors_of_the_model_are_reported_at_their_place() -> None:
    everything_passes: dict[KindName, dict[str, Any]] = {kind: {} for kind in DOCUMENTS}
    acme = bare(
        """\
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {name: acme}
        spec:
          {type: reseller, displayName: Acme, owner: sales, teams: [{name: a}]}
        """
    )

    assert messages(Validator(everything_passes).check(acme)) == [
        "partners/acme.yaml:5:61: Field required",
    ]


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(150)
@given(spoiled_documents)
def test_a_document_has_a_body_or_findings_with_places(case: tuple[KindName, Any]) -> None:
    kind, data = case
    for raw in parse("x.yaml", json.dumps(data, ensure_ascii=False).encode())[0]:
        if not raw.refused and isinstance(raw.data, dict):
            read = Document("x.yaml", kind, None, raw)
            findings = VALIDATOR.check(read)

            assert (not findings, read.body is not None) == (FAST[kind].is_valid(raw.data),) * 2
            assert [found for found in findings if not is_whole(found)] == []


def is_whole(found: Finding) -> bool:
    return bool(found.rule == "schema" and found.message and found.line and found.column)


def test_only_the_first_of_very_many_errors_are_reported() -> None:
    acme = bare(
        f"""
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {{name: acme}}
        spec: {{type: reseller, displayName: Acme, owner: sales, domains: {[7] * 2000}}}
        """
    )

    found = VALIDATOR.check(acme)

    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].message == "the file has more than 500 errors, and the rest of it was not checked"


def test_only_the_first_of_very_many_unknown_keys_are_reported() -> None:
    odd = "".join(f", odd{number}: 7" for number in range(2000))
    acme = bare(
        f"""
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {{name: acme}}
        spec: {{type: reseller, displayName: Acme, owner: sales{odd}}}
        """
    )

    found = VALIDATOR.check(acme)

    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].message == "the file has more than 500 errors, and the rest of it was not checked"


def keywords(schema: Any) -> Iterator[str]:
    """Yield the keywords of a schema and of what is below it; the names of keys are none."""
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        yield keyword
        if keyword in {"properties", "$defs"}:
            for below in value.values():
                yield from keywords(below)
        elif keyword in STRUCTURE:
            yield from keywords(value)


def test_there_is_a_sentence_for_every_keyword() -> None:
    used = {keyword for schema in schemas().values() for keyword in keywords(schema)}

    assert used - STRUCTURE - REMARKS - set(KEYWORDS) == {"dependentRequired"}, "told as `required`"


SAMPLE = [
    path
    for place in ("[!.]*.yaml", "partners/**/*.yaml", "access-groups/**/*.yaml")
    for path in ROOT.glob(place)
]


@pytest.mark.parametrize("path", sorted(SAMPLE), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_document_of_the_sample_fits(path: Path) -> None:
    documents = [
        Document(path.name, raw.data["kind"], None, raw) for raw in parse(path.name, path.read_bytes())[0]
    ]

    assert documents
    assert [found for each in documents for found in VALIDATOR.check(each)] == []
