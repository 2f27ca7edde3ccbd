"""Write a request as YAML in the style of the sample; a YAML library prevents values from injecting YAML."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import yaml

from reconciler.edit.validation import ONLY_VIEW
from reconciler.model.document import Document
from reconciler.model.field_types import API_VERSION, DAY
from reconciler.model.partner_request import Field, PartnerRequest, TeamRequest
from reconciler.model.source_map import Path

# The schema that a file names for editors, from the folder of the configuration.
PARTNER_SCHEMA: Final = "schemas/partner.schema.json"
_TEXT: Final = "tag:yaml.org,2002:str"
_LIST: Final = "tag:yaml.org,2002:seq"
_MAPPING: Final = "tag:yaml.org,2002:map"
_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
# Do not fold lines.
_WIDTH: Final = 10**9
# Texts that some YAML readers parse as a number; PyYAML itself quotes fewer.
_NUMBER: Final = re.compile(r"[-+.0-9][-+.:_0-9a-fA-FxXoO]*")


def partner_file(request: PartnerRequest, folder: str) -> str:
    """Return the content of a partner file for `folder`; empty fields of the request are left out."""
    up = "../" * len([part for part in folder.split("/") if part not in {"", "."}])
    head = f"# yaml-language-server: $schema={up}{PARTNER_SCHEMA}\n"
    whole = _mapping(
        apiVersion=_text(API_VERSION),
        kind=_text("Partner"),
        metadata=_mapping(name=_optional_text(request.name)),
        spec=_mapping(
            type=_optional_text(request.type),
            displayName=_optional_text(request.display_name),
            owner=_optional_text(request.owner),
            domains=_row(request.domains),
            agreement=_optional_text(request.agreement),
            until=_day(request.until),
            access=_access(request.access),
            teams=_rows(map(_team, request.teams)),
        ),
    )
    return head + yaml.serialize(whole, Dumper=_Dumper, allow_unicode=True, width=_WIDTH)


def flow(value: Any, key: str = "", quote: str = "") -> str:
    """Return a value in flow style, on one line and without its key.

    Text gets the quotes `quote` where YAML allows it; if empty, text is quoted only where necessary.
    """
    row = yaml.SequenceNode(_LIST, [_flow(value, key, quote)], flow_style=True)
    return yaml.serialize(row, Dumper=_Dumper, allow_unicode=True, width=_WIDTH).strip()[1:-1]


def _flow(value: Any, key: str, quote: str = "") -> yaml.Node:
    if isinstance(value, dict):
        pairs = [(_text(name), _flow(below, name, quote)) for name, below in value.items()]
        return yaml.MappingNode(_MAPPING, pairs, flow_style=True)
    if isinstance(value, list):
        return yaml.SequenceNode(_LIST, [_flow(each, "", quote) for each in value], flow_style=True)
    if not isinstance(value, str):
        return yaml.ScalarNode(_plain_tag(value), json.dumps(value))
    if quote:
        return yaml.ScalarNode(_TEXT, value, style=quote)
    return (_day(value) if key == "until" else None) or _text(value)


def _plain_tag(value: float | None) -> str:
    names = {bool: "bool", int: "int", float: "float"}
    return f"tag:yaml.org,2002:{names.get(type(value), 'null')}"


def field_at(
    document: Document, request: PartnerRequest, place: tuple[int | None, int | None]
) -> Field | None:
    """Return the field of the request that is at this line and column of its document."""
    for field, path in _paths(request):
        source = document.where(*path)
        if (source.line, source.column) == place:
            return field
    return None


def _paths(request: PartnerRequest) -> Iterator[tuple[Field, Path]]:
    """Yield field and path of every value in the document."""
    single: dict[Field, str] = {
        "type": request.type,
        "displayName": request.display_name,
        "owner": request.owner,
        "agreement": request.agreement,
        "until": request.until,
    }
    if request.name:
        yield "name", ("metadata", "name")
    yield from ((field, ("spec", field)) for field, value in single.items() if value)
    yield from (("domains", ("spec", "domains", number)) for number in range(len(request.domains)))
    for number, group in enumerate(request.access):
        here: Path = ("spec", "access", number)
        yield "access", here
        if group.endswith(ONLY_VIEW):
            yield from (("access", (*here, key)) for key in ("group", "level"))
    for number, team in enumerate(request.teams):
        here = ("spec", "teams", number)
        if team.name:
            yield "team", (*here, "name")
        yield from (("admins", (*here, "admins", each)) for each in range(len(team.admins)))


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002  PyYAML's signature
        return super().increase_indent(flow, indentless=False)


def _team(team: TeamRequest) -> yaml.Node | None:
    return _mapping(name=_optional_text(team.name), admins=_row(team.admins))


def _mapping(**values: yaml.Node | None) -> yaml.Node | None:
    pairs = [(_text(key), value) for key, value in values.items() if value is not None]
    return yaml.MappingNode(_MAPPING, pairs, flow_style=False) if pairs else None


def _rows(values: Iterable[yaml.Node | None]) -> yaml.Node | None:
    rows = [value for value in values if value is not None]
    return yaml.SequenceNode(_LIST, rows, flow_style=False) if rows else None


def _row(values: Iterable[str]) -> yaml.Node | None:
    row = [_text(value) for value in values]
    return yaml.SequenceNode(_LIST, row, flow_style=True) if row else None


def _access(groups: Sequence[str]) -> yaml.Node | None:
    """Return the access groups, with a level for those that can only be viewed."""
    if not groups:
        return None
    return yaml.SequenceNode(_LIST, [_group(group) for group in groups], flow_style=True)


def _group(group: str) -> yaml.Node:
    name = group.removesuffix(ONLY_VIEW)
    return _text(group) if name == group else _flow({"group": name, "level": ONLY_VIEW[1:]}, "")


def _optional_text(value: str) -> yaml.Node | None:
    return _text(value) if value else None


def _text(value: str) -> yaml.Node:
    return yaml.ScalarNode(_TEXT, value, style="'" if _NUMBER.fullmatch(value) else None)


def _day(value: str) -> yaml.Node | None:
    if re.fullmatch(DAY, value):
        return yaml.ScalarNode(_TIMESTAMP, value)
    return _optional_text(value)
