"""Random companies: what their files say, and who has what access by that, computed the long way round."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, Final

from hypothesis import strategies as st

from reconciler.model.access import LEVELS
from reconciler.model.document import Document
from tests.builders import group, partner, product, team
from tests.states import TODAY

YESTERDAY: Final = "2026-11-23"
APIS: Final = ("tracking", "rates")
PEOPLE: Final = ("ana@acme.example", "bo@acme.example", "cy@bolt.example")
DEVELOPER: Final = "sam@indie.example"
Levels = dict[tuple[str, str], int]
Company = Mapping[str, Any]

days = st.sampled_from((None, None, None, YESTERDAY, TODAY, "2027-12-31"))
levels = st.sampled_from(("consume", "consume", "view"))
people = st.fixed_dictionaries({"email": st.sampled_from(PEOPLE), "until": days})


def _subset(
    names: tuple[str, ...], min_size: int = 0, max_size: int | None = None
) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, min_size=min_size, max_size=max_size)


def _accesses(groups: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    access = st.fixed_dictionaries({"group": st.sampled_from(groups), "level": levels, "until": days})
    return st.lists(access, unique_by=lambda each: each["group"], min_size=1, max_size=2)


@st.composite
def _teams(draw: st.DrawFn, name: str) -> dict[str, Any]:
    found = draw(st.lists(people, unique_by=lambda each: each["email"], min_size=1, max_size=3))
    admins = draw(st.integers(0, len(found)))
    return {
        "name": name,
        "status": draw(st.sampled_from(("active", "active", "active", "ended"))),
        "admins": found[:admins],
        "members": draw(st.sampled_from(("delegated", found[admins:]))),
        "access": draw(_accesses(("gold", "bronze"))),
    }


_partners = st.fixed_dictionaries(
    {
        "status": st.sampled_from(("active", "active", "active", "suspended", "ended")),
        "until": days,
        "blocked": _subset(PEOPLE, max_size=1),
        # Another group than those of teams: a grant has one source.
        "access": st.just([]) | _accesses(("silver",)),
        "teams": st.tuples(_teams("ops"), _teams("dev")),
    }
)
_groups = st.fixed_dictionaries(
    {
        "apis": _subset(APIS, min_size=1),
        "products": st.sampled_from(([], [], ["suite"])),
        "grants": st.lists(
            st.fixed_dictionaries({"developer": st.just(DEVELOPER), "level": levels, "until": days}),
            max_size=1,
        ),
    }
)
companies: st.SearchStrategy[Company] = st.fixed_dictionaries(
    {
        "partners": st.fixed_dictionaries({"acme": _partners}, optional={"bolt": _partners}),
        "groups": st.fixed_dictionaries(dict.fromkeys(("gold", "silver", "bronze"), _groups)),
        "suite": _subset(APIS, min_size=1),
    }
)


def without_products(company: Company) -> Company:
    """Return a company that lists all APIs in its groups."""
    groups = {name: {**spec, "products": []} for name, spec in company["groups"].items()}
    return {**company, "groups": groups}


def documents(company: Company) -> list[Document]:
    """Return the files of a company."""
    groups = [group(name, **_written(spec)) for name, spec in company["groups"].items()]
    partners = [
        partner(name, *(team(**_team(each)) for each in spec["teams"]), **_written(spec, "teams"))
        for name, spec in company["partners"].items()
    ]
    uses_suite = any(spec["products"] for spec in company["groups"].values())
    products = [product("suite", apis=company["suite"], visibility="public")] if uses_suite else []
    return [*groups, *products, *partners]


def _team(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"admins": [], **_written(spec)}


def _written(spec: Mapping[str, Any], *omitted: str) -> dict[str, Any]:
    """Return a specification without what has no value."""
    return {key: _value(value) for key, value in spec.items() if value is not None and key not in omitted}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(each) if isinstance(each, Mapping) else each for each in value]
    return value


def asked(company: Company, unlisted: Mapping[str, AbstractSet[str]] = MappingProxyType({})) -> Levels:
    """Return the level of everybody for each API by the files; `unlisted` are others in delegated teams."""
    found: Levels = {}
    for person, access in _given(company, unlisted):
        for api in _apis(company, access["group"]):
            found[person, api] = max(found.get((person, api), 0), LEVELS[access["level"]])
    return found


def named(company: Company) -> dict[str, set[str]]:
    """Return the people whom the files name, by team."""
    return {
        f"{name}/{team['name']}": {each["email"] for each in (*team["admins"], *_listed(team))}
        for name, spec in company["partners"].items()
        for team in spec["teams"]
    }


def _listed(team: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [] if team["members"] == "delegated" else team["members"]


def _given(
    company: Company, unlisted: Mapping[str, AbstractSet[str]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each person with each of their accesses that has not ended."""
    for name, spec in company["groups"].items():
        for grant in spec["grants"]:
            if _lasts(grant):
                yield grant["developer"], {**grant, "group": name}
    for name, spec in company["partners"].items():
        if spec["status"] != "active" or not _lasts(spec):
            continue
        for each in spec["teams"]:
            others = unlisted.get(f"{name}/{each['name']}", set())
            for person in _people(each, others) if each["status"] == "active" else ():
                if person not in spec["blocked"]:
                    accesses = (*spec["access"], *each["access"])
                    yield from ((person, access) for access in accesses if _lasts(access))


def _people(team: Mapping[str, Any], unlisted: AbstractSet[str]) -> Iterator[str]:
    yield from (each["email"] for each in (*team["admins"], *_listed(team)) if _lasts(each))
    if team["members"] == "delegated":
        yield from unlisted


def _apis(company: Company, name: str) -> set[str]:
    spec = company["groups"][name]
    return {*spec["apis"], *(company["suite"] if spec["products"] else ())}


def _lasts(spec: Mapping[str, Any]) -> bool:
    return spec["until"] is None or spec["until"] >= TODAY
