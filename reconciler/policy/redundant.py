"""Check for access that adds nothing to the other access of a team."""

from collections.abc import Iterator, Sequence

from reconciler.model.access import LEVELS
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import GrantRef

_NO_END = "9999-12-31"


def redundant_grant(index: Index) -> Iterator[Violation]:
    """Report access that is redundant because another group of the team covers it.

    The other group covers it if it has the same APIs, at least the same level, and no earlier end.
    """
    if not index.is_whole("AccessGroup", "ApiProduct"):
        return
    for holder in index.current_partners:
        if holder.name in index.granted or _overlap(index, holder.groups):
            yield from _of_partner(index, index.current_access(holder))


def _overlap(index: Index, groups: set[str]) -> bool:
    """Return whether an API is in more than one of these groups, which is rare."""
    apis = [index.apis_of(group) for group in groups]
    return len(frozenset().union(*apis)) < sum(map(len, apis))


def _of_partner(index: Index, given: Sequence[GrantRef]) -> Iterator[Violation]:
    everywhere = [each for each in given if each.team is None]
    yield from _covered(index, [], everywhere)
    teams: dict[str, list[GrantRef]] = {}
    for each in given:
        if each.team is not None:
            teams.setdefault(each.team, []).append(each)
    for own in teams.values():
        yield from _covered(index, everywhere, own)


def _covered(index: Index, everywhere: Sequence[GrantRef], own: Sequence[GrantRef]) -> Iterator[Violation]:
    """Yield the redundant entries of `own`; of two equivalent ones, the later one.

    A duplicate group counts once; another rule reports it.
    """
    first: dict[str, GrantRef] = {}
    for each in (*everywhere, *own):
        first.setdefault(each.group, each)
    given = list(first.values())
    holding: dict[str, list[int]] = {}
    for place, each in enumerate(given):
        for api in index.apis_of(each.group):
            holding.setdefault(api, []).append(place)
    mine = set(map(id, own))
    for number, one in enumerate(given):
        apis = index.apis_of(one.group)
        if apis and id(one) in mine:
            # A group that covers all of its APIs also has its rarest API.
            rivals = min((holding[api] for api in apis), key=len)
            other = next((given[each] for each in rivals if _outdoes(index, given, each, number)), None)
            if other is not None:
                yield _redundant(one, other)


def _outdoes(index: Index, given: Sequence[GrantRef], place: int, number: int) -> bool:
    """Return whether the entry at `place` makes the one at `number` redundant."""
    other, one = given[place], given[number]
    return (
        place != number and _covers(index, other, one) and (place < number or not _covers(index, one, other))
    )


def _covers(index: Index, wide: GrantRef, narrow: GrantRef) -> bool:
    return (
        LEVELS[wide.level] >= LEVELS[narrow.level]
        and (wide.until or _NO_END) >= (narrow.until or _NO_END)
        and index.apis_of(narrow.group) <= index.apis_of(wide.group)
    )


def _redundant(one: GrantRef, other: GrantRef) -> Violation:
    who = f'team "{one.partner}/{one.team}"' if one.team else f'partner "{one.partner}"'
    message = f'access group "{one.group}" is redundant for {who}: "{other.group}" already covers it'
    return Violation(one.document, one.path, message, "remove it if it is not needed")
