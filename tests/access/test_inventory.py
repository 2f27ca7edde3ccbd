"""How many people are in what, or reach it."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given

from reconciler.access import InventoryQuery, inventory_rows, report
from reconciler.model.access import AccessFilter
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.inventory import Listed, Sort
from reconciler.model.resource import Resource
from tests.access.strategies import APIS, GROUPS, TEAMS, states
from tests.access.worlds import TODAY, YESTERDAY, State, edge, granted, holds, member, product, state

ANA, BO, CY, SAM = "ana@acme.example", "bo@acme.example", "cy@bolt.example", "sam@indie.example"
WORLD = (
    member("acme/web", ANA),
    member("acme/web", BO, "invited", until="2027-06-30"),
    member("acme/ops", ANA),
    member("bolt/web", CY, "expired"),
    edge("team/bolt/ops"),
    granted("tracking", "acme/web"),
    granted("rates", "acme/ops"),
    granted("rates", "bolt/web"),
    granted("tracking", SAM, until="2027-03-31"),
    *holds("tracking", "track", "product/suite"),
    *holds("rates", "rates"),
    *holds("unused", "nothing"),
    *product("suite", "labels"),
)
NAMES: dict[Sort, list[str]] = {
    "partners": ["acme", "bolt"],
    "teams": ["acme/ops", "acme/web", "bolt/ops", "bolt/web"],
    "groups": ["rates", "tracking", "unused"],
    "apis": ["labels", "nothing", "rates", "track"],
    "people": [],
}


def rows(sort: Sort, *resources: Resource, **keep: Any) -> list[Listed]:
    found = state(*(resources or WORLD))
    teams = [each for each in found if each.startswith("team/")]
    asked = InventoryQuery(Reach(gather(found.values()), TODAY), teams, AccessFilter(**keep))
    return inventory_rows(asked, sort, [Listed(name=name) for name in NAMES[sort]])


def counts(sort: Sort, **keep: Any) -> dict[str, tuple[int, int, int, int]]:
    return {row.name: (row.teams, row.people, row.active, row.apis) for row in rows(sort, **keep)}


def test_each_object_counts_teams_people_those_who_are_active_and_apis() -> None:
    assert counts("partners") == {"acme": (2, 2, 1, 3), "bolt": (2, 0, 0, 1)}
    assert counts("teams") == {
        "acme/ops": (1, 1, 1, 1),
        "acme/web": (1, 2, 1, 2),
        "bolt/ops": (1, 0, 0, 0),
        "bolt/web": (1, 0, 0, 1),
    }
    assert counts("groups") == {"rates": (2, 1, 1, 1), "tracking": (1, 3, 2, 2), "unused": (0, 0, 0, 1)}
    assert counts("apis") == {
        "labels": (1, 3, 2, 1),
        "nothing": (0, 0, 0, 1),
        "rates": (2, 1, 1, 1),
        "track": (1, 3, 2, 1),
    }


def test_people_have_the_best_of_their_statuses_and_the_last_of_their_days() -> None:
    def person(name: str, **others: Any) -> Listed:
        return Listed(name=name, people=1, **others)

    assert rows("people") == [
        person(ANA, status="active", partners=("acme",), teams=2, active=1, apis=3),
        person(BO, status="invited", until="2027-06-30", partners=("acme",), teams=1, apis=2),
        person(CY, status="expired", partners=("bolt",), teams=1),
        person(SAM, status="active", until="2027-03-31", active=1, apis=2),
    ]


@pytest.mark.parametrize(
    ("resources", "status"),
    [
        ((member("acme/web", ANA, "declined"),), "declined"),
        ((member("acme/web", ANA, until=YESTERDAY),), "ended"),
        ((member("acme/web", ANA), edge("partner/acme", blocked=[ANA])), "blocked"),
        ((member("acme/web", ANA, "declined"), member("acme/ops", ANA, "invited")), "invited"),
        ((member("acme/web", ANA, None),), "active"),
        ((granted("tracking", ANA, until=YESTERDAY), *holds("tracking", "track")), "ended"),
    ],
)
def test_a_person_who_reaches_nothing_is_still_listed(resources: tuple[Resource, ...], status: str) -> None:
    [row] = rows("people", *resources)

    assert (row.name, row.status, row.active) == (ANA, status, int(status == "active"))


@pytest.mark.parametrize(
    ("sort", "keep", "names"),
    [
        ("partners", {"partner": "bolt"}, ["bolt"]),
        ("partners", {"team": "acme/ops"}, ["acme"]),
        ("partners", {"group": "rates"}, ["acme", "bolt"]),
        ("partners", {"api": "labels"}, ["acme"]),
        ("partners", {"person": CY}, ["bolt"]),
        ("teams", {"partner": "bolt"}, ["bolt/ops", "bolt/web"]),
        ("teams", {"group": "rates", "partner": "bolt"}, ["bolt/web"]),
        ("teams", {"api": "track"}, ["acme/web"]),
        ("teams", {"person": ANA}, ["acme/ops", "acme/web"]),
        ("groups", {"group": "unused"}, ["unused"]),
        ("groups", {"api": "labels"}, ["tracking"]),
        ("groups", {"api": "nothing"}, ["unused"]),
        ("groups", {"partner": "bolt"}, ["rates"]),
        ("groups", {"person": SAM}, ["tracking"]),
        ("apis", {"api": "nothing"}, ["nothing"]),
        ("apis", {"group": "tracking"}, ["labels", "track"]),
        ("apis", {"team": "acme/ops"}, ["rates"]),
        ("apis", {"person": SAM}, ["labels", "track"]),
        ("people", {"partner": "acme"}, [ANA, BO]),
        ("people", {"team": "acme/ops"}, [ANA]),
        ("people", {"group": "tracking"}, [ANA, BO, SAM]),
        ("people", {"api": "rates"}, [ANA, CY]),
        ("people", {"person": ANA}, [ANA]),
    ],
)
def test_filters_keep_what_is_or_is_used_by_what_is_asked_for(
    sort: Sort, keep: dict[str, str], names: list[str]
) -> None:
    assert [row.name for row in rows(sort, **keep)] == names


@given(states())
def test_what_people_reach_is_what_the_report_says(found: State) -> None:
    edges = gather(found.values())
    teams = [each for each in found if each.startswith("team/")]
    asked = InventoryQuery(Reach(edges, TODAY), teams, AccessFilter())

    def count(sort: Sort, names: tuple[str, ...]) -> dict[str, int]:
        made = inventory_rows(asked, sort, [Listed(name=name) for name in names])
        return {row.name: row.people for row in made if row.people and row.apis}

    by_api, by_group, by_team = (defaultdict[str, set[str]](set) for _ in range(3))
    apis = defaultdict[str, set[str]](set)
    for row in report(Reach(gather(found.values()), TODAY), {}, source="portal").rows:
        by_api[row.api].add(row.person)
        if row.via[0].startswith("access-group/"):
            by_group[row.via[0].partition("/")[2]].add(row.person)
        apis[row.person].add(row.api)
        if row.team:
            by_team[row.team].add(row.person)

    assert count("apis", APIS) == sizes(by_api)
    assert count("groups", GROUPS) == sizes(by_group)
    assert count("teams", TEAMS) == sizes(by_team)
    assert {row.name: row.apis for row in inventory_rows(asked, "people", ()) if row.apis} == sizes(apis)


def sizes(sets: dict[str, set[str]]) -> dict[str, int]:
    return {name: len(members) for name, members in sets.items()}
