"""What rules cost grows with the files, not with their square: for twice the entries about twice the work."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.plan import Change
from reconciler.policy import RuleContext, judge, judge_guard, suggestions
from tests.builders import document, group, partner, repository, team
from tests.growth import memory, steps
from tests.states import TODAY, live, wanted

Make = Callable[[int], RuleContext]


@pytest.fixture(autouse=True)
def few_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are compared with one another up to a bound, which is too high for small examples."""
    monkeypatch.setattr(suggestions, "_MAX_WORK", 10_000)


def world(*documents: Any, **inputs: Any) -> RuleContext:
    return RuleContext(repository(*documents), TODAY, **inputs)


def names(number: int, of: str = "n") -> list[str]:
    return [f"{of}{each}" for each in range(number)]


def groups_of_one_team(number: int) -> RuleContext:
    groups = [group(name, apis=["t"]) for name in names(number)]
    return world(*groups, partner("acme", team("a", access=names(number))))


def one_group_again_and_again(number: int) -> RuleContext:
    return world(group("g", apis=["t"]), partner("acme", team("a", access=["g"] * number)))


def grants_to_many_teams(number: int) -> RuleContext:
    teams = [team(name, access=["h"]) for name in names(number)]
    grants = [{"team": f"acme/{name}"} for name in names(number)]
    return world(group("g", apis=["t"], grants=grants), group("h", apis=["u"]), partner("acme", *teams))


def grants_to_teams_that_do_not_exist(number: int) -> RuleContext:
    grants = [{"team": f"acme/x-{name}"} for name in names(number)]
    return world(group("g", grants=grants), partner("acme", *map(team, names(number, "y"))))


def grants_to_partners_with_errors(number: int) -> RuleContext:
    broken = [document(f"{{kind: Partner, metadata: {{name: {name}}}}}") for name in names(number)]
    return world(group("g", grants=[{"partner": name} for name in names(number)]), *broken)


def grants_to_documents_without_a_kind(number: int) -> RuleContext:
    broken = [document(f"{{metadata: {{name: {name}}}}}") for name in names(number)]
    return world(group("g", grants=[{"team": f"{name}/a"} for name in names(number)]), *broken)


def offers_that_do_not_fit(number: int) -> RuleContext:
    offers = [{"type": "reseller", "maxDays": days + 1} for days in range(number)]
    return world(group("g", offers=offers), *(partner(name, access=["g"]) for name in names(number)))


def teams_with_many_admins(number: int) -> RuleContext:
    people = [f"{name}@acme.example" for name in "abcd"]
    return world(partner("acme", *(team(name, *people) for name in names(number))))


def strangers(number: int) -> RuleContext:
    admins = [f"{name}@other.example" for name in names(number)]
    domains = [f"{name}.example" for name in names(number)]
    return world(partner("acme", team("a", *admins), domains=domains))


def exceptions(number: int) -> RuleContext:
    metadata = {
        "exceptions": [{"rule": "unused-offer", "reason": "x", "until": "2027-12-31"}] * number
        + [{"rule": "member-domain", "reason": "x", "until": "2027-12-31"}]
    }
    members = [f"{name}@other.example" for name in names(number)]
    acme = partner("acme", team("a", members=members), domains=["acme.example"], metadata=metadata)
    return world(acme)


RULES: list[Make] = [
    groups_of_one_team,
    one_group_again_and_again,
    grants_to_many_teams,
    grants_to_teams_that_do_not_exist,
    grants_to_partners_with_errors,
    grants_to_documents_without_a_kind,
    offers_that_do_not_fit,
    teams_with_many_admins,
    strangers,
    exceptions,
]


@pytest.mark.parametrize("make", RULES, ids=lambda make: make.__name__)
def test_the_work_of_rules_grows_with_the_files(make: Make) -> None:
    # What is loaded once, such as lists of domains, does not count.
    judge(make(2))

    few, some, many = (steps(functools.partial(judge, make(number))) for number in (2, 100, 200))

    assert many - few < 2.4 * (some - few)


@pytest.mark.parametrize("make", [groups_of_one_team, strangers], ids=lambda make: make.__name__)
def test_the_memory_of_rules_grows_with_the_files(make: Make) -> None:
    some, many = (memory(functools.partial(judge, make(number))) for number in (400, 1_600))

    # Tables grow in steps, so four times the files can take a little more than four times the memory.
    assert many < 8 * some


@pytest.mark.parametrize(
    "text",
    [
        "{{kind: Partner, metadata: {{name: a}}, spec: {{teams: [{{name: {long}, admins: [{people}]}}]}}}}",
        "{{kind: Partner, metadata: {{name: a}}, spec: {{teams: [{{name: {long}, access: [{people}]}}]}}}}",
    ],
)
def test_a_name_that_is_far_too_long_is_not_repeated_whole_in_each_message(text: str) -> None:
    def cost(number: int) -> int:
        broken = document(text.format(long="x" * 100 * number, people=", ".join(["b@c.example"] * number)))
        return memory(lambda: judge(world(broken)))

    # What is only loaded once does not count.
    cost(1)

    assert cost(400) < 2.4 * cost(200)


def listed_without_their_people(number: int) -> list[Change]:
    return [
        change
        for name in names(number)
        for change in (
            Change(
                id=f"team/acme/{name}",
                kind="team",
                action="update",
                before={"delegated": True},
                after={"delegated": False},
            ),
            gone(f"membership/acme/{name}/ana@acme.example"),
        )
    ]


def deleted_with_their_people(number: int) -> list[Change]:
    partners = [
        Change(id=f"partner/{name}", kind="partner", action="update", after={}) for name in names(number)
    ]
    ids = (f"{name}/a" for name in names(number))
    return [
        *partners,
        *(gone(each) for name in ids for each in (f"team/{name}", f"membership/{name}/ana@acme.example")),
    ]


def gone(resource_id: str) -> Change:
    return Change(id=resource_id, kind=resource_id.partition("/")[0], action="delete", before={})


@pytest.mark.parametrize(
    "changes", [listed_without_their_people, deleted_with_their_people], ids=lambda make: make.__name__
)
def test_the_work_of_the_guard_grows_with_the_changes(changes: Callable[[int], list[Change]]) -> None:
    def cost(number: int) -> int:
        planned = world(desired=wanted(), live=live([]), changes=changes(number))
        return steps(lambda: judge_guard(planned))

    few, some, many = map(cost, (2, 100, 200))

    assert many - few < 2.4 * (some - few)
