"""The rules about time: access without an end, and what ends soon."""

from collections.abc import Iterator

import msgspec

from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner
from reconciler.model.moment import days_after
from reconciler.model.positions import Path
from reconciler.policy.holder import Holder
from reconciler.policy.index import Index
from reconciler.policy.world import Violation


def until_missing(index: Index) -> Iterator[Violation]:
    """Access of contractors and of single developers has an end."""
    for holder in index.present:
        if holder.type == "contractor":
            for given in index.given(holder):
                if not given.until:
                    message = f'contractor "{holder.name}" has access group "{given.group}" without an end'
                    hint = "give the access or the partner an until"
                    yield Violation(given.document, given.path, message, hint)
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.developer and not grant.until:
                message = f'{grant.developer} has access group "{name}" without an end'
                yield Violation(document, ("spec", "grants", number), message, "give the grant an until")


def ending_soon(index: Index) -> Iterator[Violation]:
    """Nothing ends within `endingSoonDays` (30): no partner's access, grant, membership or exception."""
    soon = _Soon(index.today, days_after(index.today, index.settings.ending_soon_days))
    ends = {end for end in set().union(*[each.ends for each in index.present]) if soon.holds(end)}
    for holder in index.present if ends else ():
        if not ends.isdisjoint(holder.ends):
            yield from _of_partner(holder, soon)
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.until and soon.holds(grant.until):
                what = (
                    f'the grant of access group "{name}" to {grant.team or grant.partner or grant.developer}'
                )
                yield _ends(document, ("spec", "grants", number, "until"), what, grant.until)
    for document in index.documents:
        body = document.body
        if isinstance(body, Partner | AccessGroup | ApiProduct):
            for number, exception in enumerate(body.metadata.exceptions):
                if soon.holds(exception.until):
                    path = ("metadata", "exceptions", number, "until")
                    yield _ends(document, path, f"the exception from {exception.rule}", exception.until)


class _Soon(msgspec.Struct, frozen=True):
    """The days from today to a last one."""

    today: str
    last: str

    def holds(self, day: str | None) -> bool:
        return day is not None and self.today <= day <= self.last


def _of_partner(holder: Holder, soon: _Soon) -> Iterator[Violation]:
    spec = holder.body.spec
    if soon.holds(spec.until):
        what = f'all access of partner "{holder.name}"'
        yield _ends(holder.document, ("spec", "until"), what, spec.until)
    for given in holder.taken:
        # What ends with the partner is said once.
        if given.until != spec.until and soon.holds(given.until):
            yield _ends(
                given.document, (*given.path, "until"), f'access to group "{given.group}"', given.until
            )
    for person in holder.people:
        if person.until and soon.holds(person.until):
            what = f'membership of {person.email} in team "{holder.name}/{spec.teams[person.team].name}"'
            yield _ends(holder.document, (*person.path, "until"), what, person.until)


def _ends(document: Document, path: Path, what: str, until: str | None) -> Violation:
    return Violation(document, path, f"{what} ends on {until}", "renew it, or let it end")
