"""For any realm, everything that tokens give is reported."""

from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.portals.keycloak.mapping import mapped
from reconciler.portals.keycloak.realm import OtherGroup, Realm, Team
from reconciler.portals.keycloak.schemas import Group, User
from reconciler.testing.harness import TODAY
from tests.portals.keycloak.examples import container, realm, role

APIS = ("rates", "labels")
GROUPS = ("gold", "silver")
BOXES = (*GROUPS, "suite", "trial")
ROLES = tuple(f"{name}{level}" for name in (*APIS, *BOXES) for level in ("", ":view"))
USERS = tuple(User(f"u{number}", f"person-{number}") for number in range(4))
some_roles = st.lists(st.sampled_from(ROLES), max_size=3, unique=True).map(tuple)
LEVELS = {"none": 0, "view": 1, "consume": 2}


@st.composite
def realms(draw: st.DrawFn) -> Realm:
    """A realm with a partner, a team with a member and an admin, a group below it, and a person."""
    composites = {
        name: frozenset(draw(some_roles)) - {name} for name in ROLES if name.split(":")[0] not in APIS
    }
    roles = [role(name) for name in ROLES if name.split(":")[0] in APIS]
    roles += [
        container(name, "access-group" if name.split(":")[0] in GROUPS else "api-product")
        for name in composites
    ]
    partner = Group("g1", "acme", realm_roles=draw(some_roles))
    team = Group("g2", "ops", "g1", realm_roles=draw(some_roles))
    admins = Group("g3", "admins", "g2", realm_roles=draw(some_roles))
    night = (*partner.realm_roles, *team.realm_roles, *draw(some_roles))
    member, admin, below, person = USERS
    users: dict[str, tuple[User, ...]] = dict.fromkeys(draw(some_roles), (person,))
    return realm(
        *roles,
        partners=(partner,),
        teams={"g1": (Team(team, admins, (member,), (admin,)),)},
        others={
            "g1": (
                OtherGroup(admins, "ops/admins", admins.realm_roles, (admin,)),
                OtherGroup(Group("g4", "night"), "ops/night", night, (below,)),
            )
        },
        composites=composites,
        users=users,
    )


def in_token(found: Realm, roles: set[str]) -> dict[str, int]:
    """Return the level for each API in the token of somebody with these roles, as Keycloak expands them."""
    while (
        more := roles | set(chain.from_iterable(found.composites.get(each, ()) for each in roles))
    ) != roles:
        roles = more
    return {
        api: LEVELS["consume" if api in roles else "view"] for api in APIS if roles & {api, f"{api}:view"}
    }


def roles_of(found: Realm) -> dict[str, set[str]]:
    """Return the roles that are mapped to each person, or to a group of the person."""
    [partner], [team] = found.partners, found.teams["g1"]
    admins, night = found.others["g1"]
    shared = {*partner.realm_roles, *team.group.realm_roles}
    return {
        "person-0@users.invalid": shared,
        "person-1@users.invalid": shared | set(admins.roles),
        "person-2@users.invalid": set(night.roles),
        "person-3@users.invalid": set(found.users),
    }


def reported(found: Realm) -> dict[str, dict[str, int]]:
    """Return the level for each person and API that `access --live` would report."""
    reach = Reach(gather(mapped(found)[0].values()), TODAY)
    holders: dict[str, list[str]] = {person: [f"developer/{person}"] for person in roles_of(found)}
    for holder in ("team/acme/ops", "team/acme/ops%2Fadmins", "team/acme/ops%2Fnight"):
        for person in reach.edges.members.of(holder):
            holders[person].append(holder)
    levels: dict[str, dict[str, int]] = {person: {} for person in holders}
    for person, each in holders.items():
        for holder in each:
            for api, level in reach.levels(reach.holding(holder)).items():
                levels[person][api] = max(level, levels[person].get(api, 0))
    return levels


@given(realms())
def test_no_access_in_a_token_is_missing_in_the_report(found: Realm) -> None:
    shown = reported(found)

    for person, roles in roles_of(found).items():
        token: dict[str, Any] = in_token(found, roles)
        assert {api: max(level, shown[person].get(api, 0)) for api, level in token.items()} == {
            api: shown[person].get(api, 0) for api in token
        }
