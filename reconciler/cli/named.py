"""What the files name and know, so that a misspelled name, or a partner at rest, is not just "nobody"."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.errors import InputError
from reconciler.model.access import AccessFilter
from reconciler.model.access_group import AccessGroup
from reconciler.model.catalog import ApiProduct, Catalog
from reconciler.model.document import Repository
from reconciler.model.identity import canonical_domain, canonical_email, domain_of
from reconciler.model.partner import Partner

_MOST_COMPARED: Final = 10
_ALIKE: Final = 0.75


def require_named(keep: AccessFilter, repository: Repository) -> None:
    """Raise InputError for what is asked for and no file names; all of it at once."""
    named = _named(repository)
    asked = {
        "partner": keep.partner,
        "team": keep.team,
        "group": keep.group,
        "api": keep.api,
        "person": keep.person,
    }
    wrong = [
        _sentence(sort, name, named[sort]) for sort, name in asked.items() if name and name not in named[sort]
    ]
    if wrong:
        is_person = keep.person is not None and keep.person not in named["person"]
        more = ", which knows members of delegated teams too" if is_person else ", which may know more"
        raise InputError("\n".join(wrong), f"with --live the portal is asked{more}")


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


def _sentence(sort: str, name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), _MOST_COMPARED, _ALIKE)
    if sort == "person":
        near = [each for each in near if _is_near(each, name)]
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'--{sort}: no file names "{name}"{hint}'


def _is_near(email: str, other: str) -> bool:
    """Whether two addresses are alike on both sides of the @: colleagues are not each other's slips."""
    sides = zip(email.rpartition("@")[::2], other.rpartition("@")[::2], strict=True)
    return all(get_close_matches(one, [two], 1, _ALIKE) for one, two in sides)


def _named(repository: Repository) -> dict[str, set[str]]:
    """Return the names of each sort that stand anywhere in the files."""
    named: dict[str, set[str]] = {sort: set() for sort in ("partner", "team", "group", "api", "person")}
    for document in repository.documents:
        for sort, name in _names(document.body):
            named[sort].add(name)
    return named


def _names(body: object) -> Iterator[tuple[str, str]]:
    if isinstance(body, Partner):
        yield from _of_partner(body)
    elif isinstance(body, AccessGroup):
        yield "group", body.metadata.name
        yield from (("api", api) for api in body.spec.apis)
        yield from (
            ("person", canonical_email(each.developer)) for each in body.spec.grants if each.developer
        )
    elif isinstance(body, ApiProduct):
        yield from (("api", api) for api in body.spec.apis)
    elif isinstance(body, Catalog):
        yield from (("api", api.name) for api in body.spec.apis)


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
