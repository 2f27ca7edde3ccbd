"""Access that no file can define: it is shown as what is not managed, or as drift of a team."""

import pytest

from reconciler.model.resource import DERIVED, PARTIAL, Resource
from reconciler.portals.keycloak.mapping import offered_apis
from reconciler.portals.keycloak.realm import OtherGroup
from reconciler.portals.keycloak.schemas import KIND, Group, Role
from tests.portals.keycloak.examples import ANA, BO, container, realm, resources, role, team

GOLD = container("gold", "access-group")


@pytest.mark.parametrize(
    ("roles", "level"),
    [(("rates:view",), "view"), (("rates",), "consume"), (("rates", "rates:view"), "consume")],
)
def test_a_role_of_an_api_that_is_mapped_itself_is_a_grant_of_the_api(
    roles: tuple[str, ...], level: str
) -> None:
    found = resources(role("rates"), role("rates:view"), **team(roles=roles))

    assert found[-1] == Resource("api-grant/rates/team/acme/ops", {"level": level})


def test_teams_inherit_the_apis_of_their_partner() -> None:
    found = resources(role("rates"), **team(inherited=("rates",)))

    assert found[-1] == Resource("api-grant/rates/team/acme/ops", {"level": "consume"})


def test_people_can_have_roles_of_apis() -> None:
    found = resources(role("rates"), role("rates:view"), users={"rates:view": (ANA, BO), "rates": (BO,)})

    assert found == [
        Resource("api-grant/rates/developer/ana@acme.example", {"level": "view"}),
        Resource("api-grant/rates/developer/bo@acme.example", {"level": "consume"}),
    ]


def test_a_role_that_only_exists_for_viewing_is_access_to_that_api() -> None:
    found = resources(role("rates:view"), users={"rates:view": (ANA,)})

    assert found == [Resource("api-grant/rates/developer/ana@acme.example", {"level": "view"})]
    assert offered_apis(realm(role("rates:view"))) == {}


def test_a_product_that_is_granted_itself_is_an_unmanaged_access_group() -> None:
    suite = container("suite", "api-product")

    found = resources(suite, role("suite:view"), **team(roles=("suite",)))

    assert found[-3:] == [
        Resource("access-group/suite", {}, state=DERIVED),
        Resource("access-item/suite/product/suite", {}),
        Resource("grant/suite/team/acme/ops", {"level": "consume"}),
    ]


def test_other_groups_are_unmanaged_teams() -> None:
    other = OtherGroup(Group("g9", "night"), "ops/night", ("gold", "rates:view"), (BO,))

    found = resources(
        GOLD, role("gold:view"), role("rates"), role("rates:view"), others={"g1": (other,)}, **team()
    )

    assert [each for each in found if "ops%2Fnight" in each.id] == [
        Resource("team/acme/ops%2Fnight", {}, state=DERIVED),
        Resource("membership/acme/ops%2Fnight/bo@acme.example", {"role": "member"}, None, "invited"),
        Resource("grant/gold/team/acme/ops%2Fnight", {"level": "consume"}),
        Resource("api-grant/rates/team/acme/ops%2Fnight", {"level": "view"}),
    ]


def test_a_team_with_the_name_of_another_group_is_the_team() -> None:
    other = OtherGroup(Group("g9", "ops"), "ops", (), ())

    found = resources(others={"g1": (other,)}, **team())

    assert [each.owner_label for each in found if each.id == "team/acme/ops"] == ["our-company"]


@pytest.mark.parametrize(
    ("contained", "visibility"),
    [
        ({}, "restricted"),
        ({"default-roles-r": frozenset({"rates:view"})}, "organization"),
        ({"default-roles-r": frozenset({"gold"}), "gold": frozenset({"rates"})}, "organization"),
        ({"default-roles-r": frozenset({"gold"}), "gold": frozenset({"gold"})}, "restricted"),
    ],
    ids=["none", "itself", "through a group", "cycle"],
)
def test_an_api_in_the_default_role_is_open_to_all_users(
    contained: dict[str, frozenset[str]], visibility: str
) -> None:
    default = role("default-roles-r", composite=True)

    found = offered_apis(realm(default, GOLD, role("rates"), role("rates:view"), composites=contained))

    assert {name: api.visibility for name, api in found.items()} == {"rates": visibility}


@pytest.mark.parametrize("kind", ["access-group", "api-product"])
def test_the_first_role_of_an_interrupted_creation_is_a_partial_object(kind: str) -> None:
    [found] = resources(container("gold:view", kind, description="Best"))

    assert (found.id, found.fields["description"], found.owner_label, found.state) == (
        f"{kind}/gold",
        "Best",
        "our-company",
        PARTIAL,
    )


def test_a_role_for_viewing_that_was_made_for_an_api_is_no_object() -> None:
    assert resources(role("rates"), Role("r", "rates:view", attributes={KIND: ["api"]})) == []


def test_a_role_for_viewing_that_contains_one_for_full_use_gives_the_api_for_full_use() -> None:
    composites = {"gold": frozenset({"rates"}), "gold:view": frozenset({"rates:view", "rates"})}
    roles = (GOLD, role("gold:view"), role("rates"), role("rates:view"))

    found = resources(*roles, composites=composites, **team(roles=("gold:view",)))

    assert found[-2:] == [
        Resource("grant/gold/team/acme/ops", {"level": "view"}),
        Resource("api-grant/rates/team/acme/ops", {"level": "consume"}),
    ]


def test_a_group_contains_what_is_in_the_groups_in_it() -> None:
    composites = {"gold": frozenset({"all"}), "all": frozenset({"rates", "gold"})}

    found = resources(GOLD, container("all", "access-group"), role("rates"), composites=composites)

    assert Resource("access-item/gold/api/rates", {}, None, PARTIAL) in found


def test_a_role_that_is_mapped_beside_a_group_is_shown_too() -> None:
    composites = {"gold": frozenset({"rates"})}

    found = resources(GOLD, role("rates"), composites=composites, **team(roles=("gold", "rates")))

    assert found[-1] == Resource("api-grant/rates/team/acme/ops", {"level": "consume"})
