"""Check ends of access: missing ends, ends in the near future, and ends in the past."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner
from reconciler.model.source_map import Path
from reconciler.model.timestamps import days_after
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import PartnerView


def until_missing(index: Index) -> Iterator[Violation]:
    """Report access of contractors and of single developers that has no end."""
    for holder in index.current_partners:
        if holder.type == "contractor":
            for given in index.current_access(holder):
                if not given.until:
                    message = f'contractor "{holder.name}" has access group "{given.group}" without an end'
                    hint = "add until to the access or to the partner"
                    yield Violation(given.document, given.path, message, hint)
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if grant.developer and not grant.until:
                message = f'{grant.developer} has access group "{name}" without an end'
                yield Violation(document, ("spec", "grants", number), message, "add until to the grant")


def ending_soon(index: Index) -> Iterator[Violation]:
    """Report partner access, grants, memberships and exceptions that end within `endingSoonDays` (30)."""
    soon = _Days(index.today, days_after(index.today, index.settings.ending_soon_days))
    for end in (*_ends(index, soon), *_ends_of_exceptions(index, soon)):
        yield end.violation("ends", "extend it, or let it end")


def already_ended(index: Index) -> Iterator[Violation]:
    """Report partner access, grants and memberships with an end in the past.

    Such an entry has no effect: a new one is a mistake, and an old one can be removed. An exception that has
    ended is an error of its rule.
    """
    for end in _ends(index, _Days("", days_after(index.today, -1))):
        yield end.violation("ended", "remove it, or set a later end")


class _Days(msgspec.Struct, frozen=True):
    """The days from a first to a last one."""

    first: str
    last: str

    def holds(self, day: str | None) -> bool:
        return day is not None and self.first <= day <= self.last


class _End(NamedTuple):
    """An `until` with its place, and what ends on that day."""

    document: Document
    path: Path
    what: str
    until: str | None

    def violation(self, verb: str, hint: str) -> Violation:
        return Violation(self.document, self.path, f"{self.what} {verb} on {self.until}", hint)


def _ends(index: Index, days: _Days) -> Iterator[_End]:
    """Yield the ends of access and memberships on these days."""
    ends = {end for end in set().union(*[each.ends for each in index.current_partners]) if days.holds(end)}
    for holder in index.current_partners if ends else ():
        if not ends.isdisjoint(holder.ends):
            yield from _of_partner(holder, days)
    for name, (document, group) in index.groups.items():
        for number, grant in enumerate(group.spec.grants):
            if days.holds(grant.until):
                to = grant.team or grant.partner or grant.developer
                path = ("spec", "grants", number, "until")
                yield _End(document, path, f'the grant of access group "{name}" to {to}', grant.until)


def _of_partner(holder: PartnerView, days: _Days) -> Iterator[_End]:
    spec, document = holder.body.spec, holder.document
    if days.holds(spec.until):
        yield _End(document, ("spec", "until"), f'all access of partner "{holder.name}"', spec.until)
    for given in holder.own_access:
        # Access that ends with the partner is reported once.
        if given.until != spec.until and days.holds(given.until):
            path = (*given.path, "until")
            yield _End(given.document, path, f'access to group "{given.group}"', given.until)
    for person in holder.people:
        if days.holds(person.until):
            what = f'membership of {person.email} in team "{holder.name}/{spec.teams[person.team].name}"'
            yield _End(person.document, (*person.path, "until"), what, person.until)


def _ends_of_exceptions(index: Index, days: _Days) -> Iterator[_End]:
    for document in index.special:
        body = document.body
        if isinstance(body, Partner | AccessGroup | ApiProduct):
            for number, exception in enumerate(body.metadata.exceptions):
                if days.holds(exception.until):
                    path = ("metadata", "exceptions", number, "until")
                    yield _End(document, path, f"the exception from {exception.rule}", exception.until)
