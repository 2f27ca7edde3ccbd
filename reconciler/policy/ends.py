"""The rules about time: access without an end, and what ends soon."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner
from reconciler.model.positions import Path
from reconciler.policy.index import Index
from reconciler.policy.world import Violation

_SOON: Final = 30


def until_missing(index: Index) -> Iterator[Violation]:
    """Access of contractors and of single developers has an end."""
    for given in (*index.taken, *index.granted):
        if not given.until and index.partners[given.partner][1].spec.type == "contractor":
            message = f'contractor "{given.partner}" has access group "{given.group}" without an end'
            yield Violation(given.document, given.path, message, "give the access or the partner an until")
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.developer and not grant.until:
                message = f'{grant.developer} has access group "{name}" without an end'
                yield Violation(document, ("spec", "grants", number), message, "give the grant an until")


def ending_soon(index: Index) -> Iterator[Violation]:
    """Nothing ends within 30 days: no partner's access, grant, membership or exception."""
    last = date.fromordinal(min(date.fromisoformat(index.today).toordinal() + _SOON, date.max.toordinal()))
    for document in index.documents:
        for until, path, what in _ends(document):
            if index.today <= until <= last.isoformat():
                yield Violation(document, path, f"{what} ends on {until}", "renew it, or let it end")


def _ends(document: Document) -> Iterator[tuple[str, Path, str]]:
    """Yield each last day that a document names, its place, and what ends."""
    body = document.body
    if isinstance(body, Partner) and body.spec.status != "ended":
        yield from _of_partner(body)
    elif isinstance(body, AccessGroup):
        for number, grant in enumerate(body.spec.grants):
            if grant.until:
                to = grant.team or grant.partner or grant.developer
                yield grant.until, ("spec", "grants", number, "until"), f'the grant to "{to}"'
    if isinstance(body, Partner | AccessGroup | ApiProduct):
        for number, exception in enumerate(body.metadata.exceptions):
            path = ("metadata", "exceptions", number, "until")
            yield exception.until, path, f"the exception from {exception.rule}"


def _of_partner(body: Partner) -> Iterator[tuple[str, Path, str]]:
    name, spec = body.metadata.name, body.spec
    if spec.until:
        yield spec.until, ("spec", "until"), f'all access of partner "{name}"'
    for path, accesses in (
        (("spec", "access"), spec.access),
        *((("spec", "teams", number, "access"), team.access) for number, team in enumerate(spec.teams)),
    ):
        for number, access in enumerate(accesses):
            if not isinstance(access, str) and access.until:
                yield access.until, (*path, number, "until"), f'access to group "{access.group}"'
    for number, team in enumerate(spec.teams):
        for role, people in (("admins", team.admins), ("members", team.members)):
            for place, person in enumerate(() if isinstance(people, str) else people):
                if not isinstance(person, str) and person.until:
                    path = ("spec", "teams", number, role, place, "until")
                    yield person.until, path, f'membership of {person.email} in team "{name}/{team.name}"'
