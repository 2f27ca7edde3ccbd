"""Names in files and portal: a misspelled one is an error, an inactive partner or team gets a note."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.errors import InputError
from reconciler.model.access import AccessFilter
from reconciler.model.access_group import AccessGroup, GroupGrant
from reconciler.model.catalog import ApiProduct, Catalog
from reconciler.model.document import Document, Repository
from reconciler.model.identity import canonical_domain, canonical_email, domain_of
from reconciler.model.kinds import person_of, title_of
from reconciler.model.partner import Partner
from reconciler.model.people import LockedPerson, People
from reconciler.model.people_lock import ROLES, PeopleLock
from reconciler.model.portal_scope import for_all_portals
from reconciler.model.resource import Live

_MOST_COMPARED: Final = 10
_ALIKE: Final = 0.75
_SORTS: Final = {"partner": "partner", "team": "team", "access-group": "group"}


def require_known_names(keep: AccessFilter, repository: Repository | None, live: Live | None = None) -> None:
    """Raise InputError for every name in a filter that appears neither in the files nor in the portal."""
    names = _names_by_sort(repository, live)
    wanted = {
        "partner": keep.partner,
        "team": keep.team,
        "group": keep.group,
        "api": keep.api,
        "person": keep.person,
    }
    unknown = {sort: name for sort, name in wanted.items() if name and name not in names[sort]}
    if not unknown:
        return
    where = "not in any file" if live is None else "neither in the files nor in the portal"
    wrong = [
        f'--{sort}: "{name}" is {where}{_near(sort, name, names[sort])}' for sort, name in unknown.items()
    ]
    more = ", which also has the members of delegated teams" if "person" in unknown else ""
    raise InputError("\n".join(wrong), f"--live also reads the portal{more}" if live is None else "")


def other_address(person: str, repository: Repository | None, live: Live | None = None) -> str | None:
    """Return the address under which the files, or a portal, have a person with another address there."""
    people = {person_of(each) for each in live.resources} if live else set()
    if person in people:
        return None
    documents = for_all_portals(repository).documents if repository else ()
    for row in (row for each in documents if isinstance(each.body, People) for row in _rows(each.body)):
        addresses = [canonical_email(each) for each in (row.email, *row.previously)]
        known = people if live else {addresses[0]}
        if person in addresses:
            return next((each for each in addresses if each in known and each != person), None)
    return None


def require_known_owner(owner: str, known: set[str]) -> None:
    """Raise InputError for an owner that neither the configuration nor an object has."""
    if owner not in known:
        message = f'--owner: "{owner}" is not an owner in the configuration{_near("owner", owner, known)}'
        raise InputError(message, f"the owners: {', '.join(sorted(known)) or 'none'}")


def inactive_holders(keep: AccessFilter, repository: Repository) -> list[str]:
    """Return a sentence for each inactive partner and ended team of the filter, or of its person.

    Also for a partner that is limited to other portals.
    """
    lock = PeopleLock(for_all_portals(repository).documents)
    inactive = [
        sentence
        for document in repository.documents
        if isinstance(document.body, Partner)
        for sentence in _inactive(keep, document, document.body, lock)
    ]
    return inactive + [
        f'{document.where("metadata", "portals")}: partner "{document.name}" does not exist in this portal'
        for document in repository.elsewhere
        if isinstance(document.body, Partner) and _is_selected(keep, document, document.body, lock)
    ]


def _inactive(keep: AccessFilter, document: Document, partner: Partner, lock: PeopleLock) -> Iterator[str]:
    if partner.spec.status != "active":
        if _is_selected(keep, document, partner, lock):
            where = document.where("spec", "status")
            yield f'{where}: partner "{document.name}" is {partner.spec.status} and has no access'
        return
    for number, team in enumerate(partner.spec.teams):
        name = f"{partner.metadata.name}/{team.name}"
        if team.status == "ended" and (keep.team == name or keep.person in _people(lock, document, number)):
            where = document.where("spec", "teams", number, "status")
            yield f'{where}: team "{name}" has ended and has no access'


def partners_for(person: str, repository: Repository) -> set[str]:
    """Return the partners whose domains allow an address, and those without domains."""
    domain = domain_of(person)
    partners = (each.body for each in repository.documents if isinstance(each.body, Partner))
    return {
        partner.metadata.name
        for partner in partners
        if not partner.spec.domains or domain in map(canonical_domain, partner.spec.domains)
    }


def _is_selected(keep: AccessFilter, document: Document, partner: Partner, lock: PeopleLock) -> bool:
    name = partner.metadata.name
    return (
        keep.partner == name
        or (keep.team or "").partition("/")[0] == name
        or any(each == ("person", keep.person) for each in _of_partner(partner))
        or any(keep.person in _people(lock, document, number) for number in range(len(partner.spec.teams)))
    )


def _near(sort: str, name: str, known: set[str]) -> str:
    """Return a question for the nearest name, if one is near."""
    near = get_close_matches(name, sorted(known), _MOST_COMPARED, _ALIKE)
    if sort == "person":
        near = [each for each in near if _is_near(each, name)]
    elif sort == "team" and not near:
        near = _teams_called(name, known)
    return f'; did you mean "{near[0]}"?' if near else ""


def _teams_called(name: str, known: set[str]) -> list[str]:
    """Return the teams whose own name is near this one, whatever their partner."""
    own = name.rpartition("/")[2]
    names = {each.rpartition("/")[2] for each in known}
    [*nearest] = get_close_matches(own, sorted(names), 1, _ALIKE)
    return [each for each in sorted(known) if each.rpartition("/")[2] in nearest]


def _is_near(email: str, other: str) -> bool:
    """Whether two addresses are alike on both sides of the @; colleagues share only one of them."""
    sides = zip(email.rpartition("@")[::2], other.rpartition("@")[::2], strict=True)
    return all(get_close_matches(one, [two], 1, _ALIKE) for one, two in sides)


def _names_by_sort(repository: Repository | None, live: Live | None) -> dict[str, set[str]]:
    """Return the names of each sort in the files and in the portal."""
    names: dict[str, set[str]] = {sort: set() for sort in ("partner", "team", "group", "api", "person")}
    for document in for_all_portals(repository).documents if repository else ():
        for sort, name in _names(document.body):
            names[sort].add(name)
    for sort, name in _live_names(live) if live else ():
        names[sort].add(name)
    return names


def _live_names(live: Live) -> Iterator[tuple[str, str]]:
    yield from (("api", api) for api in live.apis)
    for resource in live.resources.values():
        if resource.kind in _SORTS:
            yield _SORTS[resource.kind], title_of(resource.id)
        elif person := person_of(resource.id):
            yield "person", person


def _names(body: object) -> Iterator[tuple[str, str]]:
    if isinstance(body, Partner):
        yield from _of_partner(body)
    elif isinstance(body, AccessGroup):
        yield "group", body.metadata.name
        yield from (("api", api) for api in body.spec.apis)
        yield from (name for grant in body.spec.grants for name in _of_grant(grant))
    elif isinstance(body, ApiProduct):
        yield from (("api", api) for api in body.spec.apis)
    elif isinstance(body, Catalog):
        yield from (("api", api.name) for api in body.spec.apis)
    elif isinstance(body, People):
        yield from (
            ("person", canonical_email(each)) for row in _rows(body) for each in (row.email, *row.previously)
        )


def _rows(people: People) -> Iterator[LockedPerson]:
    for team in people.spec.teams.values():
        yield from team.admins or ()
        yield from team.members or ()


def _of_grant(grant: GroupGrant) -> Iterator[tuple[str, str]]:
    """Yield the holders of a grant; a team may be one of an external partner, without a file."""
    if grant.developer:
        yield "person", canonical_email(grant.developer)
    if grant.team:
        yield "team", grant.team
        yield "partner", grant.team.partition("/")[0]


def _of_partner(partner: Partner) -> Iterator[tuple[str, str]]:
    """Yield the names of a partner, its teams and its people, blocked ones included."""
    name = partner.metadata.name
    yield "partner", name
    yield from (("person", canonical_email(each)) for each in partner.spec.blocked)
    for team in partner.spec.teams:
        yield "team", f"{name}/{team.name}"
        listed = (*team.listed_admins, *team.listed_members)
        yield from (
            ("person", canonical_email(each if isinstance(each, str) else each.email)) for each in listed
        )


def _people(lock: PeopleLock, document: Document, number: int) -> set[str]:
    """Return the people whom the files list for a team."""
    people = (each for role in ROLES for each in lock.people(document, number, role) or ())
    return {canonical_email(each.email) for each in people}
