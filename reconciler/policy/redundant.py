"""The rule about access that adds nothing to what a team has anyway."""

from collections.abc import Iterator, Sequence

from reconciler.model.access import LEVELS
from reconciler.policy.holder import Given
from reconciler.policy.index import Index
from reconciler.policy.world import Violation

_NO_END = "9999-12-31"


def redundant_grant(index: Index) -> Iterator[Violation]:
    """Access to a group adds an API, a level or a longer time to each other group that the team has."""
    wider = _wider(index)
    for holder in index.present if wider else ():
        if holder.name in index.granted or _may_be_redundant(holder.groups, wider):
            yield from _of_partner(index.given(holder), wider)


def _may_be_redundant(groups: set[str], wider: dict[str, set[str]]) -> bool:
    return any(name in wider and not wider[name].isdisjoint(groups) for name in groups)


def _wider(index: Index) -> dict[str, set[str]]:
    """Return which other groups hold all APIs of a group, for those groups that have such others."""
    apis = {name: index.apis_of(name) for name in index.groups}
    holding: dict[str, set[str]] = {}
    for name, held in apis.items():
        for api in held:
            holding.setdefault(api, set()).add(name)
    wider = {
        name: set.intersection(*(holding[api] for api in held)) - {name}
        for name, held in apis.items()
        if held
    }
    return {name: others for name, others in wider.items() if others}


def _of_partner(given: Sequence[Given], wider: dict[str, set[str]]) -> Iterator[Violation]:
    everywhere = [each for each in given if each.team is None]
    yield from _covered(everywhere, 0, wider)
    teams: dict[str, list[Given]] = {}
    for each in given:
        if each.team is not None:
            teams.setdefault(each.team, []).append(each)
    for own in teams.values():
        yield from _covered([*everywhere, *own], len(everywhere), wider)


def _covered(given: Sequence[Given], start: int, wider: dict[str, set[str]]) -> Iterator[Violation]:
    """Yield what adds nothing from `start` on; of two that are worth the same, the later one."""
    for number, one in enumerate(given[start:], start):
        for place, other in enumerate(given):
            if _covers(other, one, wider) and (place < number or not _covers(one, other, wider)):
                who = f'team "{one.partner}/{one.team}"' if one.team else f'partner "{one.partner}"'
                message = f'access group "{one.group}" adds nothing for {who}, which has "{other.group}"'
                yield Violation(one.document, one.path, message, "take it out, if that is not by chance")
                break


def _covers(wide: Given, narrow: Given, wider: dict[str, set[str]]) -> bool:
    return (
        wide.group in wider.get(narrow.group, ())
        and LEVELS[wide.level] >= LEVELS[narrow.level]
        and (wide.until or _NO_END) >= (narrow.until or _NO_END)
    )
