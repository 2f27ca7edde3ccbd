"""Where a run can stop, and what people reach there: told from lists of paths, by no code that orders.

All stops are looked at in one go: what holds at some of them is an integer, with a bit a stop.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from reconciler.model.access import LEVELS
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from reconciler.order import Ordered
from tests.access.worlds import TODAY, State, made

Stop = int
Key = tuple[str, str]
Harm = tuple[str, str, str]

_HIGHEST = max(LEVELS.values())


def closed(changes: Sequence[Change]) -> list[Stop]:
    """Return each set of changes that holds all that its members need, as bits by place; sorted."""
    bits = {change.id: 1 << place for place, change in enumerate(changes)}
    needs = [(bits[each.id], sum(bits[need] for need in set(each.needs))) for each in changes]
    found, waiting = {0}, [0]
    while waiting:
        stop = waiting.pop()
        for bit, needed in needs:
            if not stop & bit and not needed & ~stop and stop | bit not in found:
                found.add(stop | bit)
                waiting.append(stop | bit)
    return sorted(found)


def some_closed(changes: Sequence[Change]) -> list[Stop]:
    """Return sets that a run may leave: all before a change, all but what needs it, it and its needs."""
    bits = {change.id: 1 << place for place, change in enumerate(changes)}
    needed: dict[str, int] = {}
    for each in changes:
        needed[each.id] = bits[each.id]
        for need in each.needs:
            needed[each.id] |= needed[need]
    found = {0, (1 << len(changes)) - 1}
    for name, bit in bits.items():
        found |= {bit - 1, sum(bits[other] for other in bits if not needed[other] & bit)}
        found.update(needed[name] | needed[other] for other in bits)
    return sorted(found)


class Between:
    """The levels of everybody at these stops of a run: the first is none of the changes, the last is all."""

    def __init__(self, before: State, changes: Sequence[Change], stops: Sequence[Stop]) -> None:
        self._then, self._after = made(before, changes)
        self._all = (1 << len(stops)) - 1
        self._applied = {
            change.id: sum(1 << at for at, stop in enumerate(stops) if stop >> place & 1)
            for place, change in enumerate(changes)
        }

    def at_least(self) -> dict[Key, list[int]]:
        """Return for each person and API at which stops they have each level or more, `none` first."""
        found: dict[Key, list[int]] = {}
        for person, api, edges in self._paths():
            levels = found.setdefault((person, api), [self._all] + [0] * _HIGHEST)
            for level in range(1, _HIGHEST + 1):
                levels[level] |= self._lets_through(edges, person, level)
        return found

    def harmed(self) -> set[Harm]:
        """Return who is below or above both of their levels for which API, at any stop."""
        found: set[Harm] = set()
        last = self._all.bit_length() - 1
        for key, levels in self.at_least().items():
            ends = [max(level for level, stops in enumerate(levels) if stops >> at & 1) for at in (0, last)]
            if any(self._all & ~stops for stops in levels[: min(ends) + 1]):
                found.add(("below", *key))
            if any(levels[max(ends) + 1 :]):
                found.add(("above", *key))
        return found

    def _lets_through(self, edges: Iterable[str], person: str, level: int) -> int:
        """Return the stops at which each of these edges lets this much through."""
        stops = self._all
        for edge in edges:
            was, will = (_level(edge, each.get(edge), person) >= level for each in (self._then, self._after))
            applied = self._applied.get(edge, self._all)
            stops &= (applied if will else 0) | (self._all & ~applied if was else 0)
        return stops

    def _paths(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield each way from a person to an API that the edges of both states make together."""
        either = {**self._then, **self._after}
        for grant in either:
            if grant.startswith(("grant/", "api-grant/")):
                kind, name, sort, holder = grant.split("/", 3)
                for person, first in _people(either, sort, holder):
                    for api, then in _apis(either, name) if kind == "grant" else [(name, [])]:
                        yield person, api, [*first, grant, *then]


def _people(either: Mapping[str, Resource], sort: str, holder: str) -> Iterator[tuple[str, list[str]]]:
    if sort == "developer":
        yield unquote(holder), []
        return
    prefix = f"membership/{holder}/"
    for each in either:
        if each.startswith(prefix):
            yield unquote(each.removeprefix(prefix)), [each, f"partner/{holder.partition('/')[0]}"]


def _apis(either: Mapping[str, Resource], group: str) -> Iterator[tuple[str, list[str]]]:
    for each in either:
        if each.startswith(f"access-item/{group}/"):
            sort, name = each.split("/")[2:]
            if sort == "api":
                yield name, [each]
            else:
                inside = [item for item in either if item.startswith(f"product-item/{name}/")]
                yield from ((item.split("/")[2], [each, item]) for item in inside)


def _level(edge: str, held: Resource | None, person: str) -> int:
    """Return what an edge lets a person through to; a partner that is not there stops nobody."""
    fields = held.fields if held else {}
    if edge.startswith("partner/"):
        stopped = fields.get("status") == "suspended" or person in fields.get("blocked", ())
        return 0 if stopped else _HIGHEST
    if held is None or held.state in {"expired", "declined"} or fields.get("until", TODAY) < TODAY:
        return 0
    return LEVELS[fields.get("level", "consume")]


def unwarned(before: State, ordered: Ordered, stops: Sequence[Stop]) -> set[Harm]:
    """Return who is harmed at a stop, and in none of the warnings."""
    warned = {
        (each.direction, person, api)
        for each in ordered.transient
        for person in each.people
        for api in each.apis
    }
    return Between(before, ordered.changes, stops).harmed() - warned
