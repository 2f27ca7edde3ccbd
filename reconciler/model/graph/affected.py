"""Determine which holders and people changes can affect, so that others are not examined."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from reconciler.model.graph.edges import PARTNERS, Edges, ends
from reconciler.model.ids import split_id, split_team
from reconciler.model.kinds import kind_row
from reconciler.model.plan import Change


class Affected(msgspec.Struct, frozen=True):
    """Holders whose grants, groups or partner status change, and people whose memberships change."""

    holders: frozenset[str]
    people: frozenset[str]


def find_affected(before: Edges, after: Edges, changes: Sequence[Change]) -> Affected:
    """Return the holders and people that the changes from `before` to `after` can affect.

    The ids of the changes have the new names.
    """
    edges = [(change.kind, *ends(change.id)) for change in changes]
    people = {end for kind, _, end in edges if kind == "membership"}
    holders = {start for kind, start, _ in edges if kind_row(kind).is_grant}
    groups = {start for kind, start, _ in edges if kind == "access-item"}
    products = {start for kind, start, _ in edges if kind == "product-item"}
    partners = {end for kind, _, end in edges if kind == "partner"}
    for state in (before, after):
        for product in products:
            groups.update(state.items.to(f"product/{product}"))
    for state in (before, after):
        for group in groups:
            holders.update(state.grants.to(group))
    holders.update(_teams_by_status(before, after, partners))
    people.update(_blocked(before, after, partners))
    return Affected(frozenset(holders), frozenset(people))


def _teams_by_status(before: Edges, after: Edges, partners: Iterable[str]) -> Iterator[str]:
    """Yield the teams with grants whose partner's status changes."""
    changed = {name for name in partners if _suspended(before, name) != _suspended(after, name)}
    if changed:
        for state in (before, after):
            for holder in state.grants.starts():
                sort, name = split_id(holder)
                if sort == "team" and split_team(name)[0] in changed:
                    yield holder


def _blocked(before: Edges, after: Edges, partners: Iterable[str]) -> Iterator[str]:
    """Yield the people who become blocked or unblocked."""
    for name in partners:
        blocked = (_field(state, name, "blocked") or () for state in (before, after))
        yield from set(next(blocked)).symmetric_difference(next(blocked))


def _suspended(state: Edges, partner: str) -> bool:
    return bool(_field(state, partner, "status") == "suspended")


def _field(state: Edges, partner: str, field: str) -> Any:
    found = state.partners.of(PARTNERS).get(partner)
    return found.fields.get(field) if found else None
