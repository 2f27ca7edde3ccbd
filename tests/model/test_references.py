"""Every field that names another object is in the table of references."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from reconciler.model.document import DOCUMENTS, KindName
from reconciler.model.field_types import API, FORMER_TEAM, SLUG, TEAM
from reconciler.model.references import EACH, REFERENCES, references
from tests.builders import document, group, partner, team

_NAMES: Final = {SLUG, TEAM, FORMER_TEAM, API}
# Own and former names, and names of portals and of partners elsewhere.
_OTHERS: Final = {
    "metadata.name",
    "metadata.previously",
    "metadata.previously.*",
    "metadata.portals.*",
    "spec.apis.*.name",
    "spec.teams.*.name",
    "spec.teams.*.previously",
    "spec.teams.*.previously.*",
    "spec.defaultPortal",
    "spec.external.partners.*",
}


def named(schema: Any, definitions: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the path of each text in a schema that has the form of a name."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema.get("pattern") in _NAMES:
        yield ".".join(path)
    for key, below in schema.get("properties", {}).items():
        yield from named(below, definitions, (*path, key))
    if "items" in schema:
        yield from named(schema["items"], definitions, (*path, EACH))
    for branch in (
        schema.get("then"),
        schema.get("else"),
        *schema.get("anyOf", ()),
        *schema.get("oneOf", ()),
    ):
        if branch:
            yield from named(branch, definitions, path)


def in_table(kind: KindName) -> set[str]:
    fields = [field for field in REFERENCES if field.document == kind]
    texts = [field.path[:-1] for field in fields if field.or_text]
    return {".".join(path) for path in (*(field.path for field in fields), *texts)}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_name_in_a_document_is_in_the_table_or_refers_to_nothing(kind: KindName) -> None:
    schema = DOCUMENTS[kind].model_json_schema(by_alias=True)

    found = set(named(schema, schema.get("$defs", {})))

    assert found - _OTHERS == in_table(kind)


def test_references_have_their_kind_and_place() -> None:
    acme = partner("acme", team("web", access=["rates", {"group": "labels"}]), access=[{"group": "tracking"}])

    assert list(references(acme)) == [
        ("Owner", "partnerships", ("spec", "owner")),
        ("AccessGroup", "tracking", ("spec", "access", 0, "group")),
        ("AccessGroup", "rates", ("spec", "teams", 0, "access", 0)),
        ("AccessGroup", "labels", ("spec", "teams", 0, "access", 1, "group")),
    ]


def test_what_is_no_name_is_no_reference() -> None:
    broken = document(
        "{kind: AccessGroup, spec: {owner: 5, apis: x, offers: [a, 5, {partner: []}], grants: {}}}"
    )

    assert list(references(broken)) == []
    assert [each.kind for each in references(group(products=["p"]))] == ["Owner", "ApiProduct"]
