"""Tests of the number of paths, and of the message for too many."""

from typing import Any

import pytest

from reconciler.access import report
from reconciler.model.graph import size as limits
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.graph.size import Size, size
from reconciler.policy import RuleContext
from reconciler.policy.index import Index
from tests.builders import group, partner, product, repository, team
from tests.policy.judging import judged
from tests.states import TODAY, wanted

FILES = (
    product("suite", apis=["a", "b", "c"]),
    product("other", apis=["a"]),
    group("wide", apis=["d"], products=["suite", "other"]),
    group("plain", apis=["d", "e"], grants=[{"partner": "bolt"}, {"developer": "sam@indie.example"}]),
    group("empty", grants=[{"team": "acme/b"}]),
    partner(
        "acme",
        team("a", "x@acme.example", members=["y@acme.example", "z@acme.example"], access=["plain"]),
        team("b", "x@acme.example"),
        team("c", status="ended", access=["plain"]),
        access=["wide"],
    ),
    partner("bolt", team("a"), team("b"), status="suspended"),
    partner("gone", team("a", access=["wide"]), status="ended"),
    partner("crew", team("a", access=["plain"]), team("b")),
)


def test_the_files_describe_as_many_paths_as_their_state_has() -> None:
    state = gather(wanted(*FILES).resources.values())

    assert Index(RuleContext(repository(*FILES), TODAY)).sizes.total == size(state) == Size(24, 31)


def test_the_paths_of_people_are_those_that_a_report_lists() -> None:
    files = FILES[:4]
    acme = partner("acme", team("a", "x@acme.example", members=["y@acme.example"], access=["wide", "plain"]))
    state = wanted(*files[:3], group("plain", apis=["d", "e"]), acme).resources
    listed = report(Reach(gather(state.values()), TODAY), {}, source="files").rows

    assert size(gather(state.values())).of_people == len(listed) == 14


@pytest.mark.parametrize(
    ("paths", "of_people", "problem"),
    [
        (23, 100, "24 paths lead from teams and groups to APIs, more than 23"),
        (24, 30, "31 paths lead from people to APIs, more than 30"),
    ],
)
def test_too_many_paths_are_an_error_where_most_of_them_are(
    paths: int, of_people: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_PATHS", paths)
    monkeypatch.setattr(limits, "MAX_PATHS_OF_PEOPLE", of_people)

    assert judged("too-many-paths", *FILES) == [
        (
            "partners/acme.yaml:4:9",
            problem,
            "this document adds most of them; grant fewer groups, or reduce the APIs in groups and products",
        )
    ]


def test_the_maximum_number_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PATHS", 24)
    monkeypatch.setattr(limits, "MAX_PATHS_OF_PEOPLE", 31)

    assert judged("too-many-paths", *FILES) == []


def test_the_contents_of_unused_groups_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PATHS", 9)
    crossing: list[Any] = [product(name, apis=["a", "b", "c"]) for name in "pq"]
    groups = [group(name, products=["p", "q"]) for name in "gh"]

    assert [place for place, _, _ in judged("too-many-paths", *crossing, *groups)] == [
        "access-groups/g.yaml:4:9"
    ]
