"""The rule about access that adds nothing to what a team has anyway."""

from collections.abc import Iterator, Sequence

from reconciler.model.access import LEVELS
from reconciler.policy.index import Given, Index
from reconciler.policy.world import Violation

_NO_END = "9999-12-31"


def redundant_grant(index: Index) -> Iterator[Violation]:
    """Access to a group adds an API, a level or a longer time to each other group that the team has."""
    partners: dict[str, list[Given]] = {}
    for given in (*index.taken, *index.granted):
        if not (given.until and given.until < index.today):
            partners.setdefault(given.partner, []).append(given)
    for of_partner in partners.values():
        if len(of_partner) > 1:
            yield from _of_partner(index, of_partner)


def _of_partner(index: Index, all_given: Sequence[Given]) -> Iterator[Violation]:
    everywhere = [given for given in all_given if given.team is None]
    yield from _covered(index, everywhere, 0)
    teams: dict[str, list[Given]] = {}
    for given in all_given:
        if given.team is not None:
            teams.setdefault(given.team, []).append(given)
    for own in teams.values():
        yield from _covered(index, [*everywhere, *own], len(everywhere))


def _covered(index: Index, given: Sequence[Given], start: int) -> Iterator[Violation]:
    """Yield what adds nothing from `start` on; of two that are worth the same, the later one."""
    for number, one in enumerate(given[start:], start):
        for place, other in enumerate(given):
            if _covers(index, other, one) and (place < number or not _covers(index, one, other)):
                who = f'team "{one.partner}/{one.team}"' if one.team else f'partner "{one.partner}"'
                message = f'access group "{one.group}" adds nothing for {who}, which has "{other.group}"'
                yield Violation(one.document, one.path, message, "take it out, if that is not by chance")
                break


def _covers(index: Index, wide: Given, narrow: Given) -> bool:
    apis = index.apis_of(narrow.group)
    return (
        wide.group != narrow.group
        and LEVELS[wide.level] >= LEVELS[narrow.level]
        and (wide.until or _NO_END) >= (narrow.until or _NO_END)
        and bool(apis)
        and apis <= index.apis_of(wide.group)
    )
