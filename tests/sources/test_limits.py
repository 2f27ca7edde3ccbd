"""Limits on how many people leave at once, and the digest that lets exactly one pull through."""

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.model.directory_settings import RemovalLimits
from reconciler.workflow.people_pull import Pulled, PullOptions, exit_code
from tests.builders import partner, team
from tests.sources.directories import MemoryDirectory, person
from tests.sources.pulling import changes, from_group, lock, pulled, row

ANY = {"percent": 100, "count": 1_000_000, "floor": 0}
NONE = {"percent": 0, "count": 0, "floor": 0}


def pull(stays: int, leaves: int, *, allowed: str = "", **limits: Mapping[str, int]) -> Pulled:
    """Pull one team of this many people, of whom some leave; limits that are not named allow anything."""
    everybody = [f"p{number:03}" for number in range(stays + leaves)]
    return pulled(
        partner("acme", team("ops", members=from_group("Ops"))),
        lock(acme_ops={"members": [row(each) for each in everybody]}),
        options=PullOptions(allowed=frozenset({allowed})),
        limits={"source": ANY, "partner": ANY, "team": ANY, **limits},
        directory=MemoryDirectory({"Ops": [person(each) for each in everybody[leaves:]] + [person("new")]}),
    )


def hits(found: Pulled) -> list[tuple[str, str, int, int]]:
    [source] = found.report.sources
    return [(each.level, each.name, each.leaving, each.people) for each in source.limits]


def test_the_defaults_are_the_strictest_of_what_other_tools_use() -> None:
    assert RemovalLimits().model_dump() == {
        "source": {"percent": 20, "count": 100, "floor": 10},
        "partner": {"percent": 30, "count": 50, "floor": 5},
        "team": {"percent": 50, "count": 25, "floor": 3},
    }


def test_one_number_can_be_changed_alone() -> None:
    assert RemovalLimits.model_validate({"team": {"percent": 80}}).team.model_dump() == {
        "percent": 80,
        "count": 25,
        "floor": 3,
    }


@pytest.mark.parametrize(
    ("limit", "stays", "leaves", "is_exceeded"),
    [
        ({"percent": 20, "count": 100, "floor": 10}, 0, 10, False),
        ({"percent": 20, "count": 100, "floor": 10}, 44, 11, False),
        ({"percent": 20, "count": 100, "floor": 10}, 43, 11, True),
        ({"percent": 100, "count": 10, "floor": 0}, 100, 10, False),
        ({"percent": 100, "count": 10, "floor": 0}, 100, 11, True),
        (NONE, 100, 0, False),
        (NONE, 100, 1, True),
    ],
)
def test_a_limit_is_exceeded_above_the_floor_and_a_share_or_a_number(
    limit: dict[str, int],
    stays: int,
    leaves: int,
    is_exceeded: bool,  # noqa: FBT001  a parameter of a test
) -> None:
    found = pull(stays, leaves, source=limit)

    assert hits(found) == ([("source", "directory", leaves, stays + leaves)] if is_exceeded else [])


def test_a_limit_applies_nothing_of_the_source_and_lists_who_is_missing() -> None:
    found = pull(2, 2, team=NONE)

    assert (changes(found), exit_code(found.report, detailed=False)) == ([], 3)
    [source] = found.report.sources
    assert source.outcome == "refused"
    assert [(each.team, each.id, each.email) for each in source.leaving] == [
        ("acme/ops", "p000", "p000@acme.example"),
        ("acme/ops", "p001", "p001@acme.example"),
    ]


def test_the_digest_lets_exactly_this_pull_through() -> None:
    digest = pull(2, 2, team=NONE).report.sources[0].digest or ""

    found = pull(2, 2, team=NONE, allowed=digest)
    more = pull(1, 3, team=NONE, allowed=digest)

    assert found.report.sources[0].outcome == "allowed"
    assert (found.report.summary.removed, exit_code(found.report, detailed=False)) == (2, 0)
    assert (changes(more), exit_code(more.report, detailed=False)) == ([], 3)


def test_each_level_is_counted_for_itself() -> None:
    teams = [team(name, members=from_group(name)) for name in ("one", "two")]
    held = lock(
        acme_one={"members": [row("a"), row("b")]},
        acme_two={"members": [row("a"), row("c")]},
        bolt_ops={"members": [row("d"), row("e")]},
    )
    found = pulled(
        partner("acme", *teams),
        partner("bolt", team("ops", members=from_group("bolt"))),
        held,
        limits={"source": NONE, "partner": NONE, "team": NONE},
        directory=MemoryDirectory(
            {"one": [person("b")], "two": [person("c")], "bolt": [person("d"), person("e")]}
        ),
    )

    assert hits(found) == [
        ("source", "directory", 1, 5),
        ("partner", "acme", 1, 3),
        ("team", "acme/one", 1, 2),
        ("team", "acme/two", 1, 2),
    ]


def test_a_person_who_gets_another_role_in_the_team_does_not_leave() -> None:
    ops = {**team("ops", members=from_group("Ops")), "admins": from_group("Leads")}
    held = lock(acme_ops={"admins": [row("a")], "members": [row("b")]})
    found = pulled(
        partner("acme", ops),
        held,
        limits={"source": NONE, "partner": NONE, "team": NONE},
        directory=MemoryDirectory({"Ops": [person("a"), person("c")], "Leads": [person("b")]}),
    )

    assert hits(found) == []


def test_an_address_under_a_new_id_of_the_same_source_counts_as_one_who_leaves() -> None:
    rebuilt = [person(f"new{number}", f"p{number}@acme.example") for number in range(20)]
    found = pulled(
        partner("acme", team("ops", members=from_group("Ops"))),
        lock(acme_ops={"members": [row(f"p{number}") for number in range(20)]}),
        directory=MemoryDirectory({"Ops": rebuilt}),
    )

    assert hits(found) == [
        ("source", "directory", 20, 20),
        ("partner", "acme", 20, 20),
        ("team", "acme/ops", 20, 20),
    ]
    assert changes(found) == []


def test_another_source_with_the_same_addresses_takes_nobody_out() -> None:
    moved = [person(f"new{number}", f"p{number}@acme.example") for number in range(20)]
    found = pulled(
        partner("acme", team("ops", members=from_group("Ops"))),
        lock(acme_ops={"members": [row(f"p{number}", source="ldap") for number in range(20)]}),
        directory=MemoryDirectory({"Ops": moved}),
    )

    assert (hits(found), found.report.summary.changed) == ([], 20)


def test_a_limit_of_one_source_leaves_the_others_alone() -> None:
    documents: list[Any] = [
        partner("acme", team("ops", members=from_group("Ops"))),
        partner("bolt", team("ops", members=from_group("Bolt", "other"))),
        lock(acme_ops={"members": [row(f"p{number}") for number in range(20)]}),
    ]
    found = pulled(
        *documents,
        directory=MemoryDirectory({"Ops": [person("p0"), person("q")]}),
        other=MemoryDirectory({"Bolt": [person("x")]}),
    )

    assert changes(found) == ["add x@acme.example"]
