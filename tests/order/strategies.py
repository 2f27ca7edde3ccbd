"""A random small world and a few edits of it: few enough to look at every point where a run can stop."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from reconciler.diff.dependencies import with_needs
from reconciler.model.hierarchy import children
from reconciler.model.kinds import parents
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.toposort import in_order
from tests.access.strategies import RENAMES, days
from tests.access.worlds import State, create, delete, edge, granted, holds, made, member, state, update

MOST = 10

_PEOPLE, _APIS = ("ana@a.example", "bo@a.example"), ("rates", "track")
_TEAMS, _GROUPS = ("a/x", "a/y", "b/x"), ("gold", "pilot", "silver")


def _edges(teams: tuple[str, ...], groups: tuple[str, ...]) -> tuple[ResourceId, ...]:
    return (
        *(f"membership/{team}/{person}" for team in teams for person in _PEOPLE),
        *(f"grant/{group}/team/{team}" for group in groups for team in teams),
        *(f"grant/{group}/developer/{_PEOPLE[0]}" for group in groups),
        *(f"api-grant/{_APIS[0]}/team/{team}" for team in teams),
        f"api-grant/{_APIS[0]}/developer/{_PEOPLE[0]}",
        *(f"access-item/{group}/api/{api}" for group in groups for api in _APIS),
        *(f"access-item/{group}/product/suite" for group in groups),
        *(f"product-item/suite/{api}" for api in _APIS),
    )


_PARENTS = state(
    *(edge(f"partner/{partner}") for partner in ("a", "b")),
    *(edge(f"team/{team}") for team in _TEAMS),
    *(edge(f"access-group/{group}") for group in _GROUPS),
    edge("api-product/suite"),
)
_HELD = _edges(_TEAMS, _GROUPS)
# What brings parents or children along makes a plan long at once, and so comes last and seldom.
_EDITED = (*_HELD, "partner/a", "partner/b")
_RARELY = (*_edges((*_TEAMS, "b/new"), (*_GROUPS, "new")), *_PARENTS)
# Ana goes from one team to another, and track from one group to another: see the decision on order.
_CIRCLE = state(
    *holds("gold", "track", "rates"),
    *holds("silver", "rates"),
    *(
        granted(group, team)
        for group, team in (("silver", "a/x"), ("gold", "a/y"), ("gold", "b/x"), ("silver", "b/x"))
    ),
    member("a/x", _PEOPLE[0]),
    member("b/x", _PEOPLE[1]),
)
_CIRCULAR = (
    "access-item/gold/api/track",
    "access-item/silver/api/track",
    f"membership/a/x/{_PEOPLE[0]}",
    f"membership/a/y/{_PEOPLE[0]}",
)
_GRANTED = st.fixed_dictionaries({"level": st.sampled_from(("view", "consume")), "until": days})
_FIELDS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "partner": st.fixed_dictionaries(
        {
            "status": st.sampled_from(("active", "suspended")),
            "blocked": st.lists(st.sampled_from(_PEOPLE), unique=True, max_size=2),
        }
    ),
    "membership": st.fixed_dictionaries({"role": st.just("member"), "until": days}),
    "grant": _GRANTED,
    "api-grant": _GRANTED,
}
_LIMITED = tuple(each for each in (*_PARENTS, *_HELD) if each.partition("/")[0] in _FIELDS)
_MOSTLY = st.sampled_from((True, True, False))
_STATES = st.sampled_from(("active", "invited", "expired", "declined"))
_HALF = st.binary(min_size=len(_HELD) // 8 + 1, max_size=len(_HELD) // 8 + 1).map(int.from_bytes)
# Teams that swap their names would need each other; no difference holds that.
_RENAMES = ({}, *({} for _ in RENAMES), *(names for names in RENAMES if "team/a/y" not in names))


class Edited(NamedTuple):
    """What a portal holds, and a plan of at most MOST changes that need their parts alone."""

    before: State
    changes: tuple[Change, ...]


@st.composite
def edited_states(draw: st.DrawFn) -> Edited:
    """Draw a world and edits of it, with what they bring along: parents that are made, children that go."""
    before = draw(_worlds())
    names = draw(st.sampled_from(_RENAMES))
    renames = [update(Resource(new, before[old].fields), was=old) for old, new in names.items()]
    edits = _Edits(made(before, renames)[0], renames)
    ids = draw(st.lists(st.sampled_from(_EDITED), unique=True, min_size=4, max_size=MOST))
    for each in (*ids, *draw(st.lists(st.sampled_from(_RARELY), max_size=1))):
        edits.put(each, draw(_fields(each)), goes=draw(_MOSTLY))
    return Edited(before, edits.planned())


@st.composite
def circles(draw: st.DrawFn) -> Edited:
    """Draw a plan around four changes in a circle that nobody can avoid, and whatever else edits bring."""
    before = {**_PARENTS, **_CIRCLE}
    for each in draw(st.lists(st.sampled_from(_HELD), unique=True, max_size=6)):
        before.setdefault(each, Resource(each, draw(_fields(each))))
    edits = _Edits(before, [])
    for each in (*_CIRCULAR, *draw(st.lists(st.sampled_from(_EDITED), unique=True, max_size=MOST - 4))):
        edits.put(each, draw(_fields(each)), goes=True)
    return Edited(before, edits.planned())


@st.composite
def _worlds(draw: st.DrawFn) -> State:
    """Draw a world with any of its edges, some of which let nobody through, or not far."""
    chosen = draw(_HALF)
    found = {**_PARENTS, **state(*(edge(each) for at, each in enumerate(_HELD) if chosen >> at & 1))}
    for each in draw(st.lists(st.sampled_from(_LIMITED), max_size=5)):
        held_in = draw(_STATES) if each.startswith("membership/") else None
        found[each] = Resource(each, draw(_fields(each)), state=held_in)
    return found


def _fields(resource_id: ResourceId) -> st.SearchStrategy[dict[str, Any]]:
    drawn = _FIELDS.get(resource_id.partition("/")[0], st.just({}))
    return drawn.map(lambda fields: {key: value for key, value in fields.items() if value is not None})


class _Edits:
    """Changes of one state, each with all that it cannot be without."""

    def __init__(self, then: State, renames: list[Change]) -> None:
        self._then = then
        self._below = children(then)
        self._changes = {change.id: change for change in renames}

    def put(self, resource_id: ResourceId, fields: dict[str, Any], *, goes: bool) -> None:
        """Add an edit, unless it contradicts another, or makes too many."""
        change = self._change(resource_id, fields, goes=goes)
        merged = {**self._changes, **{each.id: each for each in (change, *self._brought(change))}}
        gone = {each.id for each in merged.values() if each.action == "delete"}
        if len(merged) <= MOST and not any(
            each.action == "create" and gone.intersection(_above(each.id)) for each in merged.values()
        ):
            self._changes = merged

    def planned(self) -> tuple[Change, ...]:
        """Return the changes as a difference gives them."""
        return tuple(in_order(with_needs(self._changes.values(), self._below)))

    def _change(self, resource_id: ResourceId, fields: dict[str, Any], *, goes: bool) -> Change:
        held, renamed = self._then.get(resource_id), self._changes.get(resource_id)
        if held is None or (held.state == "expired" and not goes):
            return create(Resource(resource_id, fields))
        if renamed or held.kind == "partner" or (fields and not goes):
            gone = dict.fromkeys(held.fields.keys() - fields.keys())
            return update(held, was=renamed.renamed_from if renamed else None, **{**gone, **fields})
        return delete(held)

    def _brought(self, change: Change) -> Iterator[Change]:
        """Yield the parents that are made with a creation, the children that go with a deletion."""
        if change.action == "create":
            for each in _above(change.id):
                if each not in self._then and each not in self._changes:
                    yield create(Resource(each, {}))
        elif change.action == "delete":
            for each in self._below.get(change.id, ()):
                gone = delete(self._then[each])
                yield from (gone, *self._brought(gone))


def _above(resource_id: ResourceId) -> list[ResourceId]:
    direct = parents(resource_id)
    return [*direct, *(above for each in direct for above in _above(each))]
