"""Builders of what tests are about: documents with their places, and repositories of them.

A test names only what it is about: everything else has a believable default, and None leaves it out.
What is given as values is written as YAML first, so every document has a file, lines and columns; `document`
takes the YAML itself where a test is about places.
"""

from array import array
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from reconciler.load.yaml_events import Raw
from reconciler.model.document import API_VERSION, DOCUMENTS, Document, KindName, Repository
from reconciler.model.source_map import Positions

FOLDERS = {"Partner": "partners", "AccessGroup": "access-groups", "ApiProduct": "access-groups"}
OWNERS = {
    "partnerships": {"email": "partnerships@our-company.example"},
    "logistics": {"email": "logistics@our-company.example"},
    "payments": {"email": "payments@our-company.example"},
}


def team(name: str = "integration", *admins: Any, **fields: Any) -> dict[str, Any]:
    """Return a team of a partner; without admins it has Ana."""
    return {"name": name, "admins": list(admins) or ["ana@acme.example"], **_camel(fields)}


def partner(
    name: str = "acme", *teams: dict[str, Any], metadata: dict[str, Any] | None = None, **spec: Any
) -> Document:
    """Return a reseller with these teams."""
    defaults = {
        "type": "reseller",
        "displayName": name.title(),
        "owner": "partnerships",
        "agreement": "MSA-1",
    }
    return _written("Partner", name, metadata, {**defaults, **_camel(spec), "teams": list(teams)})


def group(name: str = "tracking", *, metadata: dict[str, Any] | None = None, **spec: Any) -> Document:
    """Return an access group of the owner `logistics`; without offers, it is offered to resellers."""
    defaults = {"displayName": name.title(), "owner": "logistics", "offers": [{"type": "reseller"}]}
    return _written("AccessGroup", name, metadata, {**defaults, **_camel(spec)})


def product(name: str = "shipping", *, metadata: dict[str, Any] | None = None, **spec: Any) -> Document:
    """Return an API product of the owner `logistics`."""
    defaults = {"displayName": name.title(), "owner": "logistics"}
    return _written("ApiProduct", name, metadata, {**defaults, **_camel(spec)})


def catalog(*apis: str | dict[str, Any]) -> Document:
    """Return a catalogue of these APIs: a name, or all keys; the owner is `logistics` where none is named."""
    listed = [{"owner": "logistics", **({"name": api} if isinstance(api, str) else api)} for api in apis]
    return _written("Catalog", "catalog", None, {"apis": listed})


def people(teams: dict[str, Any]) -> Document:
    """Return people.lock with these teams; a row is an address, with itself as the id, or all keys."""
    rows = {
        team: {role: [_row(each) for each in rows] for role, rows in roles.items()}
        for team, roles in teams.items()
    }
    return _written("People", "people", None, {"teams": rows})


def _row(person: str | dict[str, Any]) -> dict[str, Any]:
    given = {"email": person} if isinstance(person, str) else person
    return {"source": "directory", "id": given["email"], **given}


def configuration(name: str = "our-company", **spec: Any) -> Document:
    """Return a configuration with the owners that the other builders name."""
    paths = {"partners": ["Partner"], "access-groups": ["AccessGroup", "ApiProduct"]}
    return _written("Configuration", name, None, {"paths": paths, "owners": OWNERS, **_camel(spec)})


def repository(
    *documents: Document, configured: Document | None = None, unreadable: frozenset[KindName] = frozenset()
) -> Repository:
    """Return a repository that holds these documents."""
    return Repository(
        configured or configuration(),
        documents,
        unreadable=unreadable,
        files=len({d.file for d in documents}),
    )


def document(text: str, file: str = "partners/acme.yaml") -> Document:
    """Return the document that a YAML text (it is dedented) holds; without a body where it fits no model."""
    node = yaml.compose(dedent(text), Loader=yaml.CSafeLoader)
    lines, columns, ends = array("I"), array("I"), array("I")
    data = _place(node, lines, columns, ends)
    kind = data.get("kind") if data.get("kind") in DOCUMENTS else None
    metadata = data.get("metadata")
    named = metadata.get("name") if isinstance(metadata, dict) else None
    name = named if isinstance(named, str) else None
    read = Document(file, kind, name, Raw(data, Positions(lines, columns, ends)))
    if kind is not None:
        try:
            read.body = DOCUMENTS[kind].model_validate(data)
        except ValidationError:
            read.body = None
    return read


def _written(kind: str, name: str, metadata: dict[str, Any] | None, spec: dict[str, Any]) -> Document:
    whole = {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {"name": name, **(metadata or {})},
        "spec": {key: value for key, value in spec.items() if value is not None},
    }
    folder = FOLDERS.get(kind)
    file = (
        f"{folder}/{name}.yaml"
        if folder
        else {"Catalog": "catalog.yaml", "People": "people.lock"}.get(kind, "reconciler.yaml")
    )
    text = yaml.dump(whole, Dumper=_NoAliases, sort_keys=False, allow_unicode=True)
    return document(text, file)


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, _: Any) -> bool:
        return True


def _camel(fields: dict[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in fields.items()}


def _place(node: Any, lines: "array[int]", columns: "array[int]", ends: "array[int]") -> Any:
    """Return the value of a node, and note where it and all below it stand."""
    index = len(lines)
    lines.append(node.start_mark.line)
    columns.append(node.start_mark.column)
    ends.append(0)
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = dict(_pairs(node, lines, columns, ends))
    elif isinstance(node, yaml.SequenceNode):
        value = [_place(item, lines, columns, ends) for item in node.value]
    else:
        value = _scalar(node)
    ends[index] = len(lines)
    return value


def _pairs(
    node: yaml.MappingNode, lines: "array[int]", columns: "array[int]", ends: "array[int]"
) -> Iterator[tuple[Any, Any]]:
    for key, value in node.value:
        yield _place(key, lines, columns, ends), _place(value, lines, columns, ends)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:
        return text
    plain = {"true": True, "false": False, "": None, "~": None, "null": None}
    return int(text) if text.isdecimal() and str(int(text)) == text else plain.get(text, text)
