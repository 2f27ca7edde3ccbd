"""Every field that names another object is in the table of references."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.field_types import API, FORMER_TEAM, SLUG, TEAM
from reconciler.model.references import EACH, REFERENCES, Reference, references
from tests.builders import catalog, document, group, partner, product, team

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


def test_references_of_a_valid_document_are_those_of_what_is_written() -> None:
    written = (
        partner(
            "acme",
            team("web", admins={"from": "ldap", "group": "a"}, members={"from": "scim", "group": "b"}),
            team("ops", access=["rates", {"group": "labels"}]),
            access=["tracking", {"group": "maps"}],
        ),
        group(
            "maps",
            apis=["map-v1"],
            products=["suite"],
            offers=[{"partner": "acme"}, {"type": "external"}],
            grants=[{"partner": "acme"}, {"team": "acme/web"}, {"developer": "ana@acme.example"}],
        ),
        product("suite", apis=["map-v1", "map-v2"]),
        catalog(
            {"name": "map-v1", "owner": "maps", "visibility": "restricted", "bundledBy": ["fleet", "post"]}
        ),
    )
    found: list[Reference] = []
    for valid in written:
        assert valid.body is not None
        own = list(references(valid))
        assert own == list(references(Document(valid.file, valid.kind, valid.name, valid.written)))
        found += own

    texts = {(each.kind, tuple(EACH if isinstance(key, int) else key for key in each.path)) for each in found}
    fields = {(field.kind, field.path) for field in REFERENCES}
    assert texts == fields | {(field.kind, field.path[:-1]) for field in REFERENCES if field.or_text}
