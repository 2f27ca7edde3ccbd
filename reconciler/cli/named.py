"""What the files name, so that a misspelled name is not answered with "nobody"."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.errors import InputError
from reconciler.model.access import AccessFilter
from reconciler.model.access_group import AccessGroup
from reconciler.model.catalog import ApiProduct, Catalog
from reconciler.model.document import Repository
from reconciler.model.identity import canonical_email
from reconciler.model.partner import Partner

_MOST_ALIKE: Final = 1


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
        raise InputError(
            "\n".join(wrong), "with --live the portal is asked, which knows members of delegated teams too"
        )


def _sentence(sort: str, name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), _MOST_ALIKE)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'--{sort}: no file names "{name}"{hint}'


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
