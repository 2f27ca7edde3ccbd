"""The rules about people: their domains, how many look after a team, and grants to single ones."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from reconciler.errors import InputError
from reconciler.model.document import Document, GroupGrant, Partner
from reconciler.model.identity import canonical_domain, domain_of
from reconciler.model.positions import Path
from reconciler.policy.index import Index
from reconciler.policy.raw import spelled
from reconciler.policy.world import Violation

_Role: TypeAlias = Literal["admins", "members"]

_MANY: Final = 3
_TITLES: Final[dict[_Role, str]] = {"admins": "an admin", "members": "a member"}


def admin_domain(index: Index) -> Iterator[Violation]:
    """An admin's address is of one of the partner's domains, where the partner names any."""
    return _outside(index, "admins")


def member_domain(index: Index) -> Iterator[Violation]:
    """A listed member's address is of one of the partner's domains, where the partner names any."""
    return _outside(index, "members")


def _outside(index: Index, role: _Role) -> Iterator[Violation]:
    for document, body in index.present:
        if body.spec.domains:
            domains = {_domain(domain) for domain in body.spec.domains}
            for team, email, path in _people(body, role, index.today):
                if domain_of(email) not in domains:
                    name = body.metadata.name
                    yield Violation(
                        document,
                        path,
                        f'{email} is {_TITLES[role]} of team "{name}/{team}", but {domain_of(email)}'
                        f' is no domain of partner "{name}"',
                        f"its domains are {', '.join(sorted(domains))}",
                        id=f"membership/{name}/{team}/{email}",
                    )


def _people(body: Partner, role: _Role, today: str) -> Iterator[tuple[str, str, Path]]:
    """Yield team, address and place of everybody who is named and has not ended."""
    for number, team in enumerate(body.spec.teams):
        people = team.admins if role == "admins" else team.members
        for place, person in enumerate(people if not isinstance(people, str) else ()):
            if isinstance(person, str):
                yield team.name, spelled(person), ("spec", "teams", number, role, place)
            elif not (person.until and person.until < today):
                yield team.name, spelled(person.email), ("spec", "teams", number, role, place, "email")


def _domain(text: str) -> str:
    try:
        return canonical_domain(text)
    except InputError:
        return text.lower()


def admin_count(index: Index) -> Iterator[Violation]:
    """A team has at most three admins."""
    for document, body in index.present:
        if any(len(team.admins) > _MANY for team in body.spec.teams):
            counts = Counter(team for team, _, _ in _people(body, "admins", index.today))
            for number, team in enumerate(body.spec.teams):
                if counts[team.name] > _MANY:
                    name = f"{body.metadata.name}/{team.name}"
                    message = f'team "{name}" has {counts[team.name]} admins, which is more than {_MANY}'
                    path = ("spec", "teams", number, "admins")
                    yield Violation(
                        document,
                        path,
                        message,
                        "one or two are meant to look after a team",
                        id=f"team/{name}",
                    )


def agreement_missing(index: Index) -> Iterator[Violation]:
    """A partner names its agreement; internal ones need none."""
    for document, body in index.present:
        if body.spec.type != "internal" and not body.spec.agreement:
            name = body.metadata.name
            message = f'partner "{name}" ({body.spec.type}) names no agreement'
            hint = "add agreement: with the contract's reference"
            yield Violation(document, ("spec", "agreement"), message, hint, id=f"partner/{name}")


def grant_to_person(index: Index) -> Iterator[Violation]:
    """Access is given to teams rather than to single people."""
    for document, path, group, grant in _developers(index):
        message = f'access group "{group}" is granted to a single person, {grant.developer}'
        yield Violation(document, path, message, "a team outlives the people in it", id=_id(group, grant))


def suspended_person(index: Index) -> Iterator[Violation]:
    """Nobody of a suspended partner's domains keeps access through a grant to the person."""
    suspended = {
        _domain(domain): name
        for name, (_, body) in index.partners.items()
        if body.spec.status == "suspended"
        for domain in body.spec.domains
    }
    for document, path, group, grant in _developers(index) if suspended else ():
        partner = suspended.get(domain_of(spelled(grant.developer or "")))
        if partner is not None:
            message = (
                f'{grant.developer} keeps access group "{group}", though partner "{partner}" is suspended'
            )
            hint = "grants to single people stay: remove it, if that is not meant"
            yield Violation(document, path, message, hint, id=_id(group, grant))


def _developers(index: Index) -> Iterator[tuple[Document, Path, str, GroupGrant]]:
    """Yield the grants to single people that have not ended."""
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.developer and not (grant.until and grant.until < index.today):
                yield document, ("spec", "grants", number, "developer"), name, grant


def _id(group: str, grant: GroupGrant) -> str:
    return f"grant/{group}/developer/{spelled(grant.developer or '')}"
