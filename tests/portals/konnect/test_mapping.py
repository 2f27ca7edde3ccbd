"""Portals of Konnect as resources."""

import pytest

from reconciler.errors import PortalError
from reconciler.model.resource import OfferedApi, Resource, ResourceId
from reconciler.portals.konnect.api_names import ApiNames
from reconciler.portals.konnect.mapping import (
    CONSUMER,
    VIEWER,
    Estate,
    TeamContent,
    levels,
    mapped,
    team_id,
    team_name,
)
from reconciler.portals.konnect.owner_line import owner_of, with_owner
from reconciler.portals.konnect.schemas import Api, Developer, Member, Publication, Role, Team

TRACKING = Api("1", "Tracking", "v2", "tracking-v2")
RATES = Api("2", "Rates", None, "rates")
NAMES = ApiNames([TRACKING, RATES], [Publication("1"), Publication("2")], "eu")
OURS = "Managed by Reconciler for our-company"


def resources(*teams: TeamContent, developers: tuple[Developer, ...] = ()) -> dict[ResourceId, Resource]:
    return {found.id: found for found, _ in mapped(Estate(NAMES, developers, teams))}


def names(*apis: Api) -> list[str]:
    return sorted(ApiNames(apis, [Publication(api.id) for api in apis], "eu").offered())


def granted(*roles: Role) -> dict[str, str]:
    return dict(levels(roles, NAMES))


def test_a_team_has_its_members_and_a_grant_for_each_api() -> None:
    team = Team("7", "acme.ops", f"Operations\n{OURS}")
    members = (
        Member("8", "Ana@acme.example"),
        Member("9", "bo@acme.example"),
        Member("10", "cy@acme.example"),
    )
    roles = (Role("11", VIEWER, "1", "eu"), Role("12", CONSUMER, "2", "*"))
    developers = (
        Developer("8", "Ana@acme.example", "approved"),
        Developer("9", "bo@acme.example", "pending"),
        Developer("10", "cy@acme.example", "revoked"),
    )

    assert resources(TeamContent(team, members, roles), developers=developers) == {
        each.id: each
        for each in (
            Resource("team/acme/ops", {}, "our-company"),
            Resource("membership/acme/ops/ana@acme.example", {}, None, "active"),
            Resource("membership/acme/ops/bo@acme.example", {}, None, "invited"),
            Resource("membership/acme/ops/cy@acme.example", {}, None, "declined"),
            Resource("api-grant/tracking-v2/team/acme/ops", {"level": "view"}),
            Resource("api-grant/rates/team/acme/ops", {"level": "consume"}),
        )
    }


def test_of_teams_with_one_name_the_managed_one_keeps_it() -> None:
    teams = (
        Team("a", "acme.ops", "Made by hand", "2026-01-01"),
        Team("b", "acme.ops", OURS, "2026-01-03"),
        Team("c", "acme.ops", OURS, "2026-01-02"),
    )

    assert {
        key: each.owner_label
        for key, each in resources(*(TeamContent(each, (), ()) for each in teams)).items()
    } == {
        "team/acme/ops": "our-company",
        "team/acme/ops (b)": "our-company",
        "team/acme/ops (a)": None,
    }


def test_of_managed_teams_with_one_name_the_one_with_content_keeps_it() -> None:
    empty, used = Team("a", "acme.ops", OURS, "2026-01-01"), Team("b", "acme.ops", OURS, "2026-01-02")
    member = Member("8", "ana@acme.example")

    assert list(resources(TeamContent(empty, (), ()), TeamContent(used, (member,), ()))) == [
        "team/acme/ops",
        "membership/acme/ops/ana@acme.example",
        "team/acme/ops (a)",
    ]


@pytest.mark.parametrize(
    ("name", "resource_id"),
    [
        ("acme.ops", "team/acme/ops"),
        ("Acme Ltd.Operations", "team/Acme Ltd/Operations"),
        ("acme.ops.eu", "team/acme/ops.eu"),
        ("Gold Tier", "team/%/Gold Tier"),
        ("acme/ops", "team/%/acme%2Fops"),
        (".ops", "team/%/.ops"),
    ],
)
def test_each_name_of_a_team_has_one_id(name: str, resource_id: ResourceId) -> None:
    assert (team_id(Team("7", name)), team_name(resource_id)) == (resource_id, name)


def test_apis_are_called_by_their_slugs() -> None:
    assert names(TRACKING, RATES, Api("3", "Labels", "v3"), Api("4", "Status")) == [
        "Labels v3",
        "Status",
        "rates",
        "tracking-v2",
    ]


def test_apis_with_one_name_are_called_by_their_ids() -> None:
    assert names(TRACKING, Api("3", "Rates"), Api("4", "Rates")) == ["3", "4", "tracking-v2"]


def test_only_published_apis_are_offered_with_their_visibility() -> None:
    packaged = Publication("9", "public", "api_package")
    found = ApiNames([TRACKING, RATES], [Publication("1", "public"), packaged], "eu")

    assert found.offered() == {"tracking-v2": OfferedApi("tracking-v2", "public", display_name="Tracking v2")}
    assert (found.id_of("tracking-v2"), found.id_of("rates"), found.public) == ("1", None, ["tracking-v2"])


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ([Role("5", VIEWER, "1"), Role("6", CONSUMER, "1")], {"tracking-v2": "consume"}),
        ([Role("5", CONSUMER, "1"), Role("6", VIEWER, "1")], {"tracking-v2": "consume"}),
        ([Role("5", "API Owner", "1")], {"tracking-v2": "consume"}),
        ([Role("5", VIEWER, "*")], {"tracking-v2": "view", "rates": "view"}),
        ([Role("5", VIEWER, "*"), Role("6", CONSUMER, "2")], {"tracking-v2": "view", "rates": "consume"}),
        ([Role("5", VIEWER, "77")], {"77": "view"}),
        ([Role("5", VIEWER, "1", "us")], {"1 (us)": "view"}),
    ],
)
def test_roles_give_the_highest_level(roles: list[Role], found: dict[str, str]) -> None:
    assert granted(*roles) == found


@pytest.mark.parametrize("address", ["", "ana@-\N{LATIN SMALL LETTER O WITH DIAERESIS}.example"])
def test_developers_without_a_valid_address_are_people_in_a_reserved_domain(address: str) -> None:
    found = resources(TeamContent(Team("7", "acme.ops"), (Member("8", address),), ()))

    assert list(found) == ["team/acme/ops", "membership/acme/ops/8@developers.invalid"]


@pytest.mark.parametrize(
    ("description", "owner"),
    [
        (OURS, "our-company"),
        (f"Operations\n{OURS}\n", "our-company"),
        (f"{OURS}\nOperations", None),
        (f"It is {OURS}", None),
        ("Operations", None),
        ("", None),
        (None, None),
    ],
)
def test_the_owner_is_the_last_line_of_a_description(description: str | None, owner: str | None) -> None:
    assert owner_of(description) == owner


@pytest.mark.parametrize(
    ("description", "result"),
    [
        ("Operations", f"Operations\n{OURS}"),
        ("Operations\nManaged by Reconciler for others", f"Operations\n{OURS}"),
        (OURS, OURS),
        (None, OURS),
    ],
)
def test_an_owner_replaces_another_one_and_keeps_the_text(description: str | None, result: str) -> None:
    assert with_owner(description, "our-company", "team/acme/ops") == result


def test_a_description_without_space_for_the_owner_is_an_error() -> None:
    assert len(with_owner("x" * 212, "our-company", "team/acme/ops")) == 250

    with pytest.raises(PortalError) as raised:
        with_owner("x" * 213, "our-company", "team/acme/ops")

    assert (raised.value.message, raised.value.hint) == (
        "the description of team/acme/ops has no space for the owner label",
        "shorten it to 212 characters in Konnect",
    )
