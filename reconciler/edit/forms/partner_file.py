"""Write the file of a requested partner, and find the fields of the request in it."""

from collections.abc import Iterator
from typing import Any

from reconciler.edit.forms.validation import ONLY_VIEW
from reconciler.edit.yaml.document_writer import document_text
from reconciler.model.document import Document
from reconciler.model.field_types import API_VERSION
from reconciler.model.new_document import NewDocument
from reconciler.model.partner_request import Field, PartnerRequest
from reconciler.model.source_map import Path


def partner_file(request: PartnerRequest, folder: str) -> str:
    """Return the content of a partner file for `folder`; empty fields of the request are left out."""
    whole = _given(
        apiVersion=API_VERSION,
        kind="Partner",
        metadata=_given(name=request.name),
        spec=_given(
            type=request.type,
            displayName=request.display_name,
            owner=request.owner,
            domains=list(request.domains),
            agreement=request.agreement,
            until=request.until,
            access=[access_entry(group) for group in request.access],
            teams=[_given(name=team.name, admins=list(team.admins)) for team in request.teams],
        ),
    )
    return document_text(NewDocument(data=whole), folder)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def access_entry(group: str) -> Any:
    """Return the entry of access for a group, whose name ends with `:view` for that level."""
    name = group.removesuffix(ONLY_VIEW)
    return group if name == group else {"group": name, "level": ONLY_VIEW[1:]}


def field_at(
    document: Document, request: PartnerRequest, place: tuple[int | None, int | None]
) -> tuple[Field | None, str]:
    """Return the field of the request at this line and column of its document, and the team of admins."""
    for field, path in _paths(request):
        source = document.where(*path)
        if (source.line, source.column) == place:
            return field, request.teams[int(path[2])].name if field == "admins" else ""
    return None, ""


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
