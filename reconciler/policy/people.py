"""Check people: their domains, the number of admins, and grants to single people."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from reconciler.model.document import Document, GroupGrant
from reconciler.model.graph.edges import grant_id, membership_id
from reconciler.model.identity import domain_of, normalized_email
from reconciler.model.people_lock import Role
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index
from reconciler.policy.partner_view import PartnerView, PersonRef

_MANY: Final = 3
_TITLES: Final[dict[Role, str]] = {"admins": "an admin", "members": "a member"}


def admin_domain(index: Index) -> Iterator[Violation]:
    """Report admins with an address outside the partner's domains, if the partner has any."""
    return _outside(index, "admins")


def member_domain(index: Index) -> Iterator[Violation]:
    """Report listed members with an address outside the partner's domains, if the partner has any."""
    return _outside(index, "members")


def _outside(index: Index, role: Role) -> Iterator[Violation]:
    for holder in index.current_partners:
        if holder.has_foreign_domains:
            for person in holder.people:
                domain = domain_of(person.email)
                if person.role == role and domain not in holder.domains and not _has_ended(person, index):
                    yield _foreign_address(holder, person, domain)


def _foreign_address(holder: PartnerView, person: PersonRef, domain: str) -> Violation:
    team = f"{holder.name}/{holder.body.spec.teams[person.team].name}"
    hint = f"correct the address or add the domain (domains: {named(holder.body.spec.domains)})"
    if person.document is not holder.document:
        hint = f"{hint}; the directory has the address, and `blocked` keeps the person out until then"
    return Violation(
        person.document,
        person.path,
        f'{person.email} is {_TITLES[person.role]} of team "{team}", but {domain} is not a domain'
        f' of partner "{holder.name}"',
        hint,
        id=membership_id(team, person.email),
        excused_by=holder.document,
    )


def _has_ended(person: PersonRef, index: Index) -> bool:
    return person.until is not None and person.until < index.today


def admin_count(index: Index) -> Iterator[Violation]:
    """Report teams with more than three admins."""
    for holder in index.current_partners:
        if holder.max_admins > _MANY:
            counts = Counter(
                each.team for each in holder.people if each.role == "admins" and not _has_ended(each, index)
            )
            for number, team in enumerate(holder.body.spec.teams):
                count = counts[number]
                if count > _MANY:
                    name = f"{holder.name}/{team.name}"
                    message = f'team "{name}" has {count} admins, more than the recommended {_MANY}'
                    path = ("spec", "teams", number, "admins")
                    hint = "keep one or two"
                    yield Violation(holder.document, path, message, hint, id=f"team/{name}")


def agreement_missing(index: Index) -> Iterator[Violation]:
    """Report partners without an agreement; internal partners do not need one."""
    for holder in index.current_partners:
        if not holder.agreement and holder.type != "internal":
            message = f'partner "{holder.name}" ({holder.type}) has no agreement'
            hint = "add agreement with the reference of the contract"
            yield Violation(holder.document, ("spec",), message, hint, id=f"partner/{holder.name}")


def grant_to_person(index: Index) -> Iterator[Violation]:
    """Report grants to single people; grants to teams are preferred."""
    for document, path, group, grant in _developers(index):
        message = f'access group "{group}" is granted to a single person, {grant.developer}'
        yield Violation(
            document,
            path,
            message,
            "grant it to a team, so that access does not depend on one person",
            id=_id(group, grant),
        )


def suspended_person(index: Index) -> Iterator[Violation]:
    """Report people in the domains of a suspended partner who keep access by a grant to the person."""
    suspended = {
        domain: holder.name
        for holder in index.current_partners
        if holder.status == "suspended"
        for domain in holder.domains
    }
    for document, path, group, grant in _developers(index) if suspended else ():
        partner = suspended.get(domain_of(normalized_email(grant.developer or "")))
        if partner is not None:
            message = (
                f'{grant.developer} keeps access group "{group}", although partner "{partner}" is suspended'
            )
            hint = (
                "suspending a partner does not affect grants to single people; remove the grant "
                "if it is not intended"
            )
            yield Violation(document, path, message, hint, id=_id(group, grant))


def _developers(index: Index) -> Iterator[tuple[Document, Path, str, GroupGrant]]:
    """Yield the grants to single people that have not ended."""
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.developer and not (grant.until and grant.until < index.today):
                yield document, ("spec", "grants", number, "developer"), name, grant


def _id(group: str, grant: GroupGrant) -> str:
    return grant_id(group, f"developer/{normalized_email(grant.developer or '')}")
