"""The rule about access that adds nothing to what a team has anyway."""

from collections.abc import Iterator, Sequence

from reconciler.model.access import LEVELS
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import GrantRef

_NO_END = "9999-12-31"


def redundant_grant(index: Index) -> Iterator[Violation]:
    """Access to a group adds an API, a level or a longer time to each other group that the team has."""
    if not index.is_whole("AccessGroup", "ApiProduct"):
        return
    for holder in index.present:
        if holder.name in index.granted or _overlap(index, holder.groups):
            yield from _of_partner(index, index.given(holder))


def _overlap(index: Index, groups: set[str]) -> bool:
    """Whether an API is in more than one of these groups, as it rarely is."""
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
    """Yield what of `own` adds nothing; of two that are worth the same, the later one.

    A group that is there twice, which is an error of its own, counts once.
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
            # Whatever holds all of its APIs holds the one that the fewest hold.
            rivals = min((holding[api] for api in apis), key=len)
            other = next((given[each] for each in rivals if _outdoes(index, given, each, number)), None)
            if other is not None:
                yield _redundant(one, other)


def _outdoes(index: Index, given: Sequence[GrantRef], place: int, number: int) -> bool:
    """Whether what is at `place` makes what is at `number` redundant."""
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
    message = f'access group "{one.group}" adds nothing for {who}, which has "{other.group}"'
    return Violation(one.document, one.path, message, "take it out, if that is not by chance")
