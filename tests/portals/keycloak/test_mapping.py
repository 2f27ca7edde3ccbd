"""A realm as resources: groups, composite roles and role mappings."""

import pytest

from reconciler.model.resource import PARTIAL, Resource
from reconciler.portals.keycloak.mapping import offered_apis, person_of
from reconciler.portals.keycloak.names import role_name, split_role
from reconciler.portals.keycloak.realm import Team
from reconciler.portals.keycloak.role_kinds import kind_of_role
from reconciler.portals.keycloak.schemas import KIND, VISIBILITY, Group, Role, User
from tests.portals.keycloak.examples import ANA, BO, container, realm, resources, role, team


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (role("rates"), "api"),
        (role("rates:view"), None),
        (role("gold", composite=True), "access-group"),
        (container("gold", "access-group"), "access-group"),
        (container("suite", "api-product"), "api-product"),
        (role("empty", attributes={KIND: ["api-product"]}), "api-product"),
        (role("odd", composite=True, attributes={KIND: ["unknown"]}), "access-group"),
        (role("default-roles-partners", composite=True), None),
        (role("offline_access"), None),
        (role("uma_authorization"), None),
    ],
)
def test_the_kind_of_a_role(role: Role, kind: str | None) -> None:
    assert kind_of_role(role) == kind


@pytest.mark.parametrize("name", ["rates", "a:b", "view", ":view"])
@pytest.mark.parametrize("level", ["view", "consume"])
def test_the_name_of_a_role_has_its_level(name: str, level: str) -> None:
    expected = (name, level) if name != ":view" or level == "view" else ("", "view")

    assert split_role(role_name(name, level)) == expected


@pytest.mark.parametrize(
    ("user", "person"),
    [
        (ANA, "ana@acme.example"),
        (User("u3", "cy"), "cy@users.invalid"),
        (User("u4", "dora", "dora@-\N{LATIN SMALL LETTER O WITH DIAERESIS}.example"), "u4@users.invalid"),
    ],
)
def test_a_person_is_an_address(user: User, person: str) -> None:
    assert person_of(user) == person


def test_roles_that_contain_no_others_are_restricted_apis() -> None:
    found = offered_apis(realm(role("rates"), role("rates:view"), container("gold", "access-group")))

    assert [(api.name, api.visibility) for api in found.values()] == [("rates", "restricted")]


def test_groups_are_partners_and_teams_and_users_their_members() -> None:
    admins = Group("g3", "admins", "g2")

    assert resources(**team(admins=admins, members=(ANA, BO), admin_members=(ANA,))) == [
        Resource("partner/acme", {}, "our-company"),
        Resource("team/acme/ops", {}, "our-company"),
        Resource("membership/acme/ops/ana@acme.example", {"role": "admin"}, None, "active"),
        Resource("membership/acme/ops/bo@acme.example", {"role": "member"}, None, "invited"),
    ]


def test_composite_roles_are_groups_and_products_with_their_content() -> None:
    suite = container("suite", "api-product", attributes={VISIBILITY: ["public"]})
    gold = container("gold", "access-group", description="Best")
    views = [role("rates:view"), role("gold:view"), role("suite:view")]
    composites = {
        "suite": frozenset({"rates"}),
        "suite:view": frozenset({"rates:view"}),
        "gold": frozenset({"suite"}),
        "gold:view": frozenset({"suite:view"}),
    }

    assert resources(role("rates"), suite, gold, *views, composites=composites) == [
        Resource("api-product/suite", {"visibility": "public"}, "our-company"),
        Resource("product-item/suite/rates", {}),
        Resource("access-group/gold", {"description": "Best"}, "our-company"),
        Resource("access-item/gold/product/suite", {}),
    ]


def test_what_only_one_level_has_is_partial() -> None:
    gold = container("gold", "access-group")

    assert resources(role("rates"), gold, composites={"gold": frozenset({"rates"})}) == [
        Resource("access-group/gold", {}, "our-company", PARTIAL),
        Resource("access-item/gold/api/rates", {}, None, PARTIAL),
    ]


def test_a_product_without_a_valid_visibility_is_restricted() -> None:
    suite = container("suite", "api-product", attributes={VISIBILITY: ["everyone"]})

    [found] = resources(suite, role("suite:view"))

    assert found.fields == {"visibility": "restricted"}


@pytest.mark.parametrize(
    ("own", "inherited", "level"),
    [
        (("gold:view",), (), "view"),
        (("gold",), (), "consume"),
        (("gold", "gold:view"), (), "consume"),
        (("gold:view",), ("gold",), "consume"),
        ((), ("gold:view",), "view"),
    ],
)
def test_a_team_has_the_highest_level_of_its_roles_and_those_of_its_partner(
    own: tuple[str, ...], inherited: tuple[str, ...], level: str
) -> None:
    gold = container("gold", "access-group")

    found = resources(gold, role("gold:view"), **team(roles=own, inherited=inherited))

    assert found[-1] == Resource("grant/gold/team/acme/ops", {"level": level})


def test_users_have_the_highest_level_of_their_roles() -> None:
    gold = container("gold", "access-group")

    found = resources(gold, role("gold:view"), users={"gold": (ANA,), "gold:view": (ANA, BO)})

    assert found[1:] == [
        Resource("grant/gold/developer/ana@acme.example", {"level": "consume"}),
        Resource("grant/gold/developer/bo@acme.example", {"level": "view"}),
    ]


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ((1, 1, 1), ""),
        ((3, 1, 1), "1 of 3 groups were shown"),
        ((1, 4, 1), "1 of 4 users were shown"),
        ((1, 1, 2), "1 of 2 subgroups of acme were shown"),
        ((2, 2, 1), "1 of 2 groups were shown; 1 of 2 users were shown"),
    ],
)
def test_counts_prove_that_nothing_is_missing(counts: tuple[int, int, int], problem: str) -> None:
    groups, users, subgroups = counts
    partner = Group("g1", "acme", sub_group_count=subgroups)
    teams = {"g1": (Team(Group("g2", "ops", "g1")),)}

    found = realm(
        partners=(partner,), teams=teams, accounts=(ANA,), groups_count=groups, accounts_count=users
    )

    assert found.problem == problem
