"""Descriptions of partners, teams, groups and APIs, from files or a portal: name, owner, status, end."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from reconciler.model.document import AccessGroup, Document, Partner, Repository
from reconciler.model.inventory import Listed, Sort
from reconciler.model.kinds import name_in, partner_of, team_of, title_of
from reconciler.model.resource import Live, OfferedApi, Resource
from reconciler.workflow.catalog import catalogued

Descriptions: TypeAlias = Mapping[Sort, list[Listed]]

_EXTERNAL: Final = "external"


def in_files(repository: Repository, wanted: Iterable[Resource]) -> Descriptions:
    """Return the descriptions in files, with the external teams and APIs that they only refer to."""
    wanted, documents = list(wanted), repository.documents
    teams = [
        team
        for document in documents
        if isinstance(document.body, Partner)
        for team in _teams(document, document.body)
    ]
    return {
        "partners": [_partner(each, each.body) for each in documents if isinstance(each.body, Partner)],
        "teams": [*teams, *_external(wanted, {team.name for team in teams})],
        "groups": [_group(each, each.body) for each in documents if isinstance(each.body, AccessGroup)],
        "apis": _apis(catalogued(repository), wanted),
    }


def in_portal(live: Live, repository: Repository | None) -> Descriptions:
    """Return the descriptions in a portal, with the last days and places that only files have."""
    known = in_files(repository, ()) if repository else {}
    found: dict[Sort, list[Listed]] = {"partners": [], "teams": [], "groups": []}
    for each in live.resources.values():
        if each.kind == "partner":
            found["partners"].append(_live_partner(each))
        elif each.kind == "team":
            found["teams"].append(_live_team(each, live))
        elif each.kind == "access-group":
            found["groups"].append(_live(each))
    found["apis"] = _apis(live.apis, live.resources.values())
    return {sort: _with_files(rows, known.get(sort, [])) for sort, rows in found.items()}


def _partner(document: Document, body: Partner) -> Listed:
    spec = body.spec
    return Listed(
        name=body.metadata.name,
        display_name=spec.display_name,
        type=spec.type,
        owner=spec.owner,
        status=spec.status,
        until=spec.until,
        partners=(body.metadata.name,),
        place=document.where("metadata", "name"),
    )


def _teams(document: Document, body: Partner) -> Iterator[Listed]:
    spec, partner = body.spec, body.metadata.name
    for number, team in enumerate(spec.teams):
        yield Listed(
            name=f"{partner}/{team.name}",
            display_name=team.display_name or team.name,
            type="delegated" if team.members == "delegated" else "listed",
            owner=spec.owner,
            status="ended" if team.status == "ended" else spec.status,
            until=spec.until,
            partners=(partner,),
            place=document.where("spec", "teams", number, "name"),
        )


def _group(document: Document, body: AccessGroup) -> Listed:
    return Listed(
        name=body.metadata.name,
        display_name=body.spec.display_name,
        owner=body.spec.owner,
        place=document.where("metadata", "name"),
    )


def _external(wanted: Iterable[Resource], known: set[str]) -> Iterator[Listed]:
    """Yield the teams that are granted access and are not defined in any file."""
    granted = {team for each in wanted if each.kind == "grant" and (team := team_of(each.id))}
    for team in sorted(granted):
        if (name := title_of(team)) not in known:
            yield Listed(name=name, type=_EXTERNAL, partners=(partner_of(team) or "",))


def _apis(offered: Mapping[str, OfferedApi], resources: Iterable[Resource]) -> list[Listed]:
    """Return the APIs that are offered, and those that are only in a group or product."""
    named = {api for each in resources if (api := name_in(each.id, "api"))}
    found = [Listed(name=name) for name in sorted(named - offered.keys())]
    return found + [
        Listed(name=api.name, display_name=api.display_name, type=api.visibility, owner=api.owner)
        for api in offered.values()
    ]


def _live_partner(held: Resource) -> Listed:
    return msgspec.structs.replace(
        _live(held),
        type=held.fields.get("type"),
        status=held.fields.get("status", "active"),
        partners=(title_of(held.id),),
    )


def _live_team(held: Resource, live: Live) -> Listed:
    name = partner_of(held.id) or ""
    partner = live.resources.get(f"partner/{name}")
    fields = partner.fields if partner else {}
    return msgspec.structs.replace(
        _live(held),
        type="delegated" if held.fields.get("delegated") else "listed",
        owner=fields.get("owner"),
        status=fields.get("status", "active"),
        partners=(name,),
    )


def _live(held: Resource) -> Listed:
    return Listed(
        name=title_of(held.id),
        display_name=held.fields.get("displayName"),
        owner=held.fields.get("owner"),
    )


def _with_files(rows: list[Listed], known: list[Listed]) -> list[Listed]:
    """Return the rows with last day and place, where the files describe them too."""
    described = {each.name: each for each in known}
    return [
        msgspec.structs.replace(row, until=each.until, place=each.place)
        if (each := described.get(row.name))
        else row
        for row in rows
    ]
