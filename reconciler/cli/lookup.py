"""What files and portal know by name: a misspelled name, or a partner at rest, is not just "nobody"."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.errors import InputError
from reconciler.model.access import AccessFilter
from reconciler.model.access_group import AccessGroup, GroupGrant
from reconciler.model.catalog import ApiProduct, Catalog
from reconciler.model.document import Repository
from reconciler.model.identity import canonical_domain, canonical_email, domain_of
from reconciler.model.kinds import person_of
from reconciler.model.partner import Partner
from reconciler.model.resource import Live

_MOST_COMPARED: Final = 10
_ALIKE: Final = 0.75
_SORTS: Final = {"partner": "partner", "team": "team", "access-group": "group"}


def require_named(keep: AccessFilter, repository: Repository | None, live: Live | None = None) -> None:
    """Raise InputError for what is asked for and neither files nor, if it was read, the portal knows.

    It names all that is unknown at once.
    """
    named = _named(repository, live)
    asked = {
        "partner": keep.partner,
        "team": keep.team,
        "group": keep.group,
        "api": keep.api,
        "person": keep.person,
    }
    unknown = {sort: name for sort, name in asked.items() if name and name not in named[sort]}
    if not unknown:
        return
    who = "no file names" if live is None else "neither files nor portal know"
    wrong = [f'--{sort}: {who} "{name}"{_near(sort, name, named[sort])}' for sort, name in unknown.items()]
    more = ", which knows members of delegated teams too" if "person" in unknown else ", which may know more"
    raise InputError("\n".join(wrong), f"with --live the portal is asked{more}" if live is None else "")


def resting(keep: AccessFilter, repository: Repository) -> list[str]:
    """Return a sentence for each partner that is asked for, or whose person is, and that is not active."""
    said = []
    for document in repository.documents:
        body = document.body
        if isinstance(body, Partner) and body.spec.status != "active" and _is_asked(keep, body):
            where = document.where("spec", "status")
            said.append(f'{where}: partner "{document.name}" is {body.spec.status}: it reaches nothing')
    return said


def may_hold(person: str, repository: Repository) -> set[str]:
    """Return the partners to whose domains a person belongs, or that name none."""
    domain = domain_of(person)
    partners = (each.body for each in repository.documents if isinstance(each.body, Partner))
    return {
        partner.metadata.name
        for partner in partners
        if not partner.spec.domains or domain in map(canonical_domain, partner.spec.domains)
    }


def _is_asked(keep: AccessFilter, partner: Partner) -> bool:
    name = partner.metadata.name
    return (
        keep.partner == name
        or (keep.team or "").partition("/")[0] == name
        or any(each == ("person", keep.person) for each in _of_partner(partner))
    )


def _near(sort: str, name: str, known: set[str]) -> str:
    """Return a question after the nearest name, if one is near."""
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
    """Whether two addresses are alike on both sides of the @: colleagues are not each other's slips."""
    sides = zip(email.rpartition("@")[::2], other.rpartition("@")[::2], strict=True)
    return all(get_close_matches(one, [two], 1, _ALIKE) for one, two in sides)


def _named(repository: Repository | None, live: Live | None) -> dict[str, set[str]]:
    """Return the names of each sort that are anywhere in the files or in the portal."""
    named: dict[str, set[str]] = {sort: set() for sort in ("partner", "team", "group", "api", "person")}
    for document in repository.documents if repository else ():
        for sort, name in _names(document.body):
            named[sort].add(name)
    for sort, name in _live_names(live) if live else ():
        named[sort].add(name)
    return named


def _live_names(live: Live) -> Iterator[tuple[str, str]]:
    yield from (("api", api) for api in live.apis)
    for resource_id in live.resources:
        kind, _, name = resource_id.partition("/")
        if kind in _SORTS:
            yield _SORTS[kind], name
        elif kind == "membership" or (kind == "grant" and name.split("/")[1] == "developer"):
            yield "person", person_of(resource_id)


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


def _of_grant(grant: GroupGrant) -> Iterator[tuple[str, str]]:
    """Yield who has a grant; a team may be one of an external partner, which no other file names."""
    if grant.developer:
        yield "person", canonical_email(grant.developer)
    if grant.team:
        yield "team", grant.team
        yield "partner", grant.team.partition("/")[0]


def _of_partner(partner: Partner) -> Iterator[tuple[str, str]]:
    """Yield its name, its teams, and its people, those too who may not be in it."""
    name = partner.metadata.name
    yield "partner", name
    yield from (("person", canonical_email(each)) for each in partner.spec.blocked)
    for team in partner.spec.teams:
        yield "team", f"{name}/{team.name}"
        listed = () if team.members == "delegated" else team.members
        for each in (*team.admins, *listed):
            yield "person", canonical_email(each if isinstance(each, str) else each.email)
