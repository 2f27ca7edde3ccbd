"""Teams of one: in a portal without grants to people, each of them gets a team with one member."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from reconciler.model.finding import Finding
from reconciler.model.graph.edges import ends, grant_id
from reconciler.model.ids import encoded, kind_of
from reconciler.model.kinds import kind_row, name_in, person_of
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, Resource, ResourceId

_HASHED: Final = 12
_LONGEST_SLUG: Final = 63
Value = TypeVar("Value")


def is_for_person(resource_id: ResourceId) -> bool:
    """Return whether an id is that of a grant to a single person."""
    return kind_row(kind_of(resource_id)).is_grant and name_in(resource_id, "person") is not None


def with_teams_of_one(desired: Desired, can: Capabilities, live: Live | None) -> Desired:
    """Return the desired state with a grant to a team of one in place of each grant to a person.

    These teams are not delegated, and have the owner label. They all belong to one partner of a reserved
    name. The ones in the portal that nobody needs any more have ended.
    """
    names = _Names(desired.scope, can)
    resources: dict[ResourceId, Resource] = {}
    for each in desired.resources.values():
        for made in _of_one(each, names) if is_for_person(each.id) else (each,):
            # Grants of groups may be expanded into grants of APIs afterwards.
            if made.kind in can.kinds or made.kind == "grant" or made is each:
                resources.setdefault(made.id, made)
    replaced = msgspec.structs.replace(
        desired,
        resources=resources,
        because=names.grants(desired.because),
        withheld=names.grants(desired.withheld),
    )
    return ended_teams_of_one(replaced, can, live)


def ended_teams_of_one(desired: Desired, can: Capabilities, live: Live | None) -> Desired:
    """Return the desired state with the end of each live team of one that nobody needs any more.

    Other teams, of a partner that happens to have the reserved name, are none of them and do not end.
    """
    partner = _partner(desired.scope)
    if live is None or ("partner" in can.kinds and f"partner/{partner}" not in live.resources):
        return desired
    start = f"team/{partner}/"
    teams = {each for each in live.resources if each.startswith(start)}
    if not teams:
        return desired
    people = _people(live.resources, partner)
    of_one = {each for each in teams if _is_of_one(each, people.get(each, []))}
    is_needed = any(each.startswith(start) for each in desired.resources)
    return msgspec.structs.replace(
        desired,
        ended=desired.ended | {partner} if of_one == teams and not is_needed else desired.ended,
        ended_teams=desired.ended_teams | (of_one - desired.resources.keys()),
    )


def reserved_name(desired: Desired) -> Iterator[Finding]:
    """Yield an error if the files define a partner with the name that the teams of one need."""
    name = _partner(desired.scope)
    defined = desired.resources.get(f"partner/{name}")
    if defined is not None and defined.origin is not None:
        message = f'the name "{name}" is used for teams of single people in this portal'
        hint = "choose another name, or remove the fallback for developerGrants"
        yield Finding.at(defined.origin.source, "unsupported", message, hint, id=defined.id)


def without_teams_of_one(resources: Mapping[ResourceId, Resource], scope: str) -> dict[ResourceId, Resource]:
    """Return live resources with a grant to a person in place of each grant to a team of one.

    A team with other members than its one person stays as it is.
    """
    partner = _partner(scope)
    people = _people(resources, partner)
    alone = {team: found[0] for team, found in people.items() if _is_of_one(team, found)}
    return {made.id: made for each in resources.values() for made in _folded(each, partner, alone)}


def _people(resources: Iterable[ResourceId], partner: str) -> dict[ResourceId, list[str]]:
    """Return the members of each team of a partner."""
    people: dict[ResourceId, list[str]] = {}
    for each in resources:
        if each.startswith(f"membership/{partner}/"):
            people.setdefault(f"team/{partner}/{name_in(each, 'team')}", []).append(person_of(each))
    return people


def _is_of_one(team: ResourceId, people: Sequence[str]) -> bool:
    """Return whether a team has the name that belongs to its only member, who may still wait."""
    if not people:
        return re.search(f"-[0-9a-f]{{{_HASHED}}}$", team) is not None
    return len(people) == 1 and team.endswith(_ending(people[0]))


class _Names:
    """The names of teams of one in a portal."""

    def __init__(self, scope: str, can: Capabilities) -> None:
        limit = can.limits.get("team.name")
        self.scope = scope
        self.partner = _partner(scope)
        self._longest = min(limit.longest, _LONGEST_SLUG) if limit else _LONGEST_SLUG

    def team(self, person: str) -> ResourceId:
        """Return the id of the team of a person: a slug of the address, and a hash that makes it unique."""
        ending = _ending(person)
        letters = re.sub("[^a-z0-9]+", "-", person).strip("-")[: self._longest - len(ending)]
        return f"team/{self.partner}/{letters.strip('-') or 'p'}{ending}"

    def grant(self, resource_id: ResourceId) -> ResourceId:
        """Return the id of the grant to the team of one, from that of the grant to the person."""
        return f"grant/{name_in(resource_id, 'group')}/{self.team(person_of(resource_id))}"

    def grants(self, by_id: Mapping[ResourceId, Value]) -> dict[ResourceId, Value]:
        """Return values by id, with the ids of grants to teams of one."""
        return {self.grant(each) if is_for_person(each) else each: value for each, value in by_id.items()}


def _of_one(grant: Resource, names: _Names) -> Iterator[Resource]:
    """Yield the grant to a team of one, after the team that it needs."""
    person, scope = person_of(grant.id), names.scope
    described = {"type": "external", "status": "active", "displayName": "Developers"}
    team = names.team(person)
    yield Resource(f"partner/{names.partner}", described, scope, origin=grant.origin)
    yield Resource(team, {"displayName": person, "delegated": False}, scope, origin=grant.origin)
    member = f"membership/{team.removeprefix('team/')}/{encoded(person)}"
    yield Resource(member, {"role": "member"}, origin=grant.origin)
    yield msgspec.structs.replace(grant, id=names.grant(grant.id))


def _folded(resource: Resource, partner: str, alone: Mapping[ResourceId, str]) -> Iterator[Resource]:
    """Yield the resource without its team of one, which a grant to the person replaces."""
    name = name_in(resource.id, "team")
    person = alone.get(f"team/{partner}/{name}") if name_in(resource.id, "partner") == partner else None
    if person is None:
        yield resource
    elif kind_row(resource.kind).is_grant:
        _, group = ends(resource.id)
        yield msgspec.structs.replace(resource, id=grant_id(group, f"developer/{person}"))


def _partner(scope: str) -> str:
    """Return the name of the partner of all teams of one: the owner label, and `developers`."""
    ending = "-developers"
    if len(scope) + len(ending) > _LONGEST_SLUG:
        ending = f"{_ending(scope)}{ending}"
    return f"{scope[: _LONGEST_SLUG - len(ending)].rstrip('-')}{ending}"


def _ending(text: str) -> str:
    return f"-{hashlib.sha256(text.encode()).hexdigest()[:_HASHED]}"
