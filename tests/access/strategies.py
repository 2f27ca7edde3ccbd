"""Random small worlds, and changes between two of them."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from reconciler.model.ids import encoded
from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from tests.access.worlds import TODAY, YESTERDAY, State, create, delete, edge, state, update

TEAMS = ("a/x", "a/y", "b/x")
PEOPLE = ("ana@a.example", "bo@a.example", "o/r@b.example")
GROUPS = ("gold", "pilot", "silver")
PRODUCTS = ("suite", "trial")
APIS = ("pay", "rates", "track")

RENAMES: tuple[Mapping[str, str], ...] = (
    {},
    {"partner/a": "partner/c"},
    {"team/a/x": "team/a/z"},
    {"partner/a": "partner/c", "team/a/x": "team/c/y", "team/a/y": "team/c/x"},
    {"partner/a": "partner/b", "partner/b": "partner/c"},
    {"access-group/gold": "access-group/pilot", "access-group/pilot": "access-group/old"},
    {"api-product/suite": "api-product/parcels", "access-group/silver": "access-group/tin"},
)

_PARENTS = state(
    *(edge(f"team/{team}") for team in TEAMS),
    *(edge(f"access-group/{group}") for group in GROUPS),
    *(edge(f"api-product/{product}") for product in PRODUCTS),
)
_EDGES = (
    *(f"access-item/{group}/api/{api}" for group in GROUPS for api in APIS),
    *(f"access-item/{group}/product/{product}" for group in GROUPS for product in PRODUCTS),
    *(f"product-item/{product}/{api}" for product in PRODUCTS for api in APIS),
)

days = st.sampled_from((None, None, YESTERDAY, TODAY, "2026-11-26", "2026-12-31"))


def _fields(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    kept = st.fixed_dictionaries(values)
    return kept.map(lambda drawn: {key: value for key, value in drawn.items() if value is not None})


_partners = st.fixed_dictionaries(
    {
        f"partner/{name}": _fields(
            status=st.sampled_from(("active", "active", "suspended")),
            blocked=st.lists(st.sampled_from(PEOPLE), unique=True, max_size=1),
        )
        for name in ("a", "b")
    }
)
_memberships = st.dictionaries(
    st.sampled_from([f"membership/{team}/{encoded(person)}" for team in TEAMS for person in PEOPLE]),
    _fields(role=st.sampled_from(("admin", "member")), until=days),
    min_size=2,
)
_states = st.sampled_from(("active", "active", "invited", "expired", "declined"))
_grants = st.dictionaries(
    st.sampled_from(
        [f"grant/{group}/team/{team}" for group in GROUPS for team in TEAMS]
        + [f"grant/{group}/developer/{encoded(person)}" for group in GROUPS for person in PEOPLE]
        + [f"api-grant/{api}/team/{team}" for api in APIS for team in TEAMS]
        + [f"api-grant/{api}/developer/{encoded(person)}" for api in APIS for person in PEOPLE]
    ),
    _fields(level=st.sampled_from(("view", "consume")), until=days),
    min_size=3,
)


@st.composite
def states(draw: st.DrawFn) -> State:
    """Draw what a portal may hold."""
    found = dict(_PARENTS)
    for fields in (draw(_partners), draw(_grants)):
        found.update({id_: Resource(id_, each) for id_, each in fields.items()})
    for id_ in draw(st.sets(st.sampled_from(_EDGES), min_size=4)):
        found[id_] = Resource(id_, {})
    for id_, fields in draw(_memberships).items():
        found[id_] = Resource(id_, fields, state=draw(_states))
    return found


@st.composite
def changed_states(draw: st.DrawFn) -> tuple[State, list[Change]]:
    """Draw what a portal holds, and the changes that make another state of it, renames among them."""
    before, target = draw(states()), draw(states())
    names = draw(st.sampled_from(RENAMES))
    then = {renamed(id_, names): each for id_, each in before.items()}
    wanted = {renamed(id_, names): each for id_, each in target.items()}
    former = {new: old for old, new in names.items()}
    changes = [_change(id_, then.get(id_), wanted.get(id_), former.get(id_)) for id_ in {**then, **wanted}]
    return before, draw(st.permutations([change for change in changes if change]))


def _change(id_: str, then: Resource | None, wanted: Resource | None, was: str | None) -> Change | None:
    if wanted is None:
        return delete(Resource(id_, then.fields if then else {}))
    asked = Resource(id_, wanted.fields)
    # An invitation that expired is sent again, which is a creation too.
    if then is None or (then.state == "expired" and wanted.state == "active"):
        return create(asked)
    if then.fields == asked.fields and was is None:
        return None
    gone = dict.fromkeys(then.fields.keys() - asked.fields.keys())
    return update(Resource(id_, then.fields), was=was, **{**gone, **asked.fields})
