"""What changes do to people."""

from functools import partial
from typing import NoReturn

from hypothesis import given
from hypothesis import strategies as st

from reconciler.access import impact, people
from reconciler.model.access import AccessChange, Impact
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from tests.access.strategies import RENAMES, changed_states, states
from tests.access.worlds import (
    TODAY,
    YESTERDAY,
    State,
    adopt,
    create,
    delete,
    edge,
    expected_impact,
    granted,
    highest,
    holds,
    live,
    made,
    member,
    paths,
    product,
    update,
)

ANA, BO, SAM = "ana@acme.example", "bo@acme.example", "sam@indie.example"
GROUP = ("access-group/tracking",)
SUITE = ("access-group/tracking", "api-product/suite")

# A team with two people, and a group with one API.
BASE = (member("acme/web", BO), member("acme/web", ANA), *holds("tracking", "track"))
GRANT = granted("tracking", "acme/web")


def gains(*rows: AccessChange) -> Impact:
    return Impact(gained=rows)


def losses(*rows: AccessChange) -> Impact:
    return Impact(lost=rows)


def row(
    api: str,
    from_: str,
    to: str,
    *who: str,
    team: str | None = "acme/web",
    via: tuple[str, ...] = GROUP,
    until: str | None = None,
) -> AccessChange:
    return AccessChange(api, from_, to, team, who, via, until)  # type: ignore[arg-type]


def after(*resources: Resource, changes: list[Change]) -> Impact:
    return impact(Delta(live(*resources).resources, changes), TODAY)


def test_a_grant_gives_each_member_of_the_team_each_api_of_the_group() -> None:
    grant = granted("tracking", "acme/web", level="view", until="2027-01-31")

    assert after(
        *BASE, *holds("tracking", "product/suite"), *product("suite", "labels"), changes=[create(grant)]
    ) == gains(
        row("labels", "none", "view", ANA, BO, via=SUITE, until="2027-01-31"),
        row("track", "none", "view", ANA, BO, until="2027-01-31"),
    )


def test_a_grant_that_goes_takes_what_no_other_path_gives() -> None:
    other = (granted("shared", SAM), granted("shared", BO, level="view"), *holds("shared", "track"))

    assert after(*BASE, GRANT, *other, changes=[delete(GRANT)]) == losses(
        row("track", "consume", "none", ANA), row("track", "consume", "view", BO)
    )


def test_a_lower_level_is_a_loss_and_a_higher_one_a_gain() -> None:
    low = granted("tracking", "acme/web", level="view")

    assert (
        after(*BASE, GRANT, changes=[update(GRANT, level="view")]),
        after(*BASE, low, changes=[update(low, level="consume")]),
    ) == (
        losses(row("track", "consume", "view", ANA, BO)),
        gains(row("track", "view", "consume", ANA, BO)),
    )


def test_a_loss_that_leaves_a_lower_level_says_when_that_ends() -> None:
    lowered = update(GRANT, level="view", until="2027-03-01")
    longer = (granted("shared", BO, level="view", until="2027-06-30"), *holds("shared", "track"))
    lost = partial(AccessChange, "track", "consume", "view", "acme/web")

    assert after(*BASE, GRANT, *longer, changes=[lowered]) == losses(
        lost((ANA,), GROUP, None, "2027-03-01"), lost((BO,), GROUP, None, "2027-06-30")
    )


def test_who_joins_gains_all_that_the_team_reaches_and_who_leaves_loses_it() -> None:
    assert after(
        *BASE, GRANT, changes=[create(member("acme/web", SAM)), delete(member("acme/web", BO))]
    ) == Impact(gained=(row("track", "none", "consume", SAM),), lost=(row("track", "consume", "none", BO),))


def test_who_moves_between_teams_with_the_same_access_neither_gains_nor_loses() -> None:
    teams = (*BASE, GRANT, granted("tracking", "acme/mobile"))

    assert (
        after(*teams, changes=[create(member("acme/mobile", BO)), delete(member("acme/web", BO))]) == Impact()
    )


def test_a_row_ends_with_what_ends_first_on_its_path() -> None:
    team = (
        member("acme/web", ANA, until="2027-01-31"),
        member("acme/web", BO, until="2027-12-31"),
        member("acme/web", SAM),
        *holds("tracking", "track"),
    )

    assert after(*team, changes=[create(granted("tracking", "acme/web", until="2027-06-30"))]) == gains(
        row("track", "none", "consume", ANA, until="2027-01-31"),
        row("track", "none", "consume", BO, SAM, until="2027-06-30"),
    )


def test_a_person_is_listed_under_each_path_with_the_new_level_only() -> None:
    groups = (*holds("other", "track"), *holds("low", "track"), *holds("tracking", "product/suite"))

    assert after(
        member("acme/web", ANA),
        *holds("tracking", "track"),
        *groups,
        *product("suite", "track"),
        changes=[
            create(GRANT),
            create(granted("other", ANA)),
            create(granted("low", "acme/web", level="view")),
        ],
    ) == gains(
        row("track", "none", "consume", ANA, team=None, via=("access-group/other",)),
        row("track", "none", "consume", ANA),
        row("track", "none", "consume", ANA, via=SUITE),
    )


def test_a_team_that_gains_an_api_while_it_has_nobody_is_a_row_without_people() -> None:
    nobody = (
        member("acme/web", ANA, "expired"),
        member("acme/web", BO, "declined"),
        member("acme/web", SAM, until=YESTERDAY),
        *holds("tracking", "track"),
    )

    assert after(*nobody, changes=[create(GRANT)]) == gains(row("track", "none", "consume"))


def test_an_api_in_a_product_reaches_all_who_have_the_product_in_a_group() -> None:
    assert after(
        *BASE,
        *holds("tracking", "product/suite"),
        GRANT,
        granted("tracking", SAM, level="view"),
        changes=[create(edge("product-item/suite/labels"))],
    ) == gains(
        row("labels", "none", "view", SAM, team=None, via=SUITE),
        row("labels", "none", "consume", ANA, BO, via=SUITE),
    )


def test_an_api_that_leaves_a_group_is_lost_but_by_those_who_have_it_elsewhere() -> None:
    assert after(
        *BASE,
        GRANT,
        granted("other", BO),
        *holds("other", "track"),
        changes=[delete(edge("access-item/tracking/api/track"))],
    ) == losses(row("track", "consume", "none", ANA))


def test_suspension_takes_what_teams_give_and_leaves_grants_to_people() -> None:
    acme = edge("partner/acme", status="active")

    assert after(
        *BASE,
        acme,
        GRANT,
        granted("tracking", "bolt/web"),
        member("bolt/web", SAM),
        granted("tracking", BO, level="view"),
        changes=[update(acme, status="suspended")],
    ) == losses(row("track", "consume", "none", ANA), row("track", "consume", "view", BO))


def test_who_is_blocked_loses_what_the_teams_of_that_partner_give() -> None:
    acme = edge("partner/acme", status="active", blocked=[ANA])

    assert after(*BASE, acme, GRANT, member("bolt/web", BO), changes=[update(acme, blocked=[BO])]) == Impact(
        gained=(row("track", "none", "consume", ANA),), lost=(row("track", "consume", "none", BO),)
    )


def test_what_has_ended_gives_nothing_before_and_the_last_day_still_does() -> None:
    past, last = granted("tracking", "acme/web", until=YESTERDAY), granted("tracking", SAM, until=TODAY)

    assert after(*BASE, past, last, changes=[delete(past), delete(last)]) == losses(
        row("track", "consume", "none", SAM, team=None, until=TODAY)
    )


def test_a_moved_end_changes_nobody_unless_it_had_passed() -> None:
    future, past = granted("tracking", "acme/web", until="2027-01-31"), granted("old", SAM, until=YESTERDAY)

    assert after(
        *BASE,
        future,
        past,
        *holds("old", "track"),
        changes=[update(future, until=None), update(past, until="2028-01-31")],
    ) == gains(row("track", "none", "consume", SAM, team=None, via=("access-group/old",), until="2028-01-31"))


def test_an_invitation_sent_again_gives_access_and_a_role_alone_does_not() -> None:
    lapsed = (member("acme/web", ANA, "expired"), member("acme/web", BO, "expired"))

    assert after(
        *lapsed,
        *holds("tracking", "track"),
        GRANT,
        changes=[create(member("acme/web", ANA)), update(member("acme/web", BO), role="admin")],
    ) == gains(row("track", "none", "consume", ANA))


def test_to_adopt_changes_nobody() -> None:
    assert after(*BASE, GRANT, changes=[adopt(edge("partner/acme", status="suspended"))]) == Impact()


def test_changes_below_a_renamed_parent_have_its_new_name() -> None:
    assert after(
        *BASE,
        GRANT,
        changes=[
            update(edge("partner/globex"), was="partner/acme"),
            update(edge("access-group/parcels"), was="access-group/tracking"),
            delete(member("globex/web", BO)),
            create(edge("access-item/parcels/api/labels")),
        ],
    ) == Impact(
        gained=(row("labels", "none", "consume", ANA, team="globex/web", via=("access-group/parcels",)),),
        lost=(row("track", "consume", "none", BO, team="globex/web", via=("access-group/parcels",)),),
    )


def test_a_whole_new_partner_gains_and_a_partner_that_goes_loses() -> None:
    acme = (edge("partner/acme", status="active"), edge("team/acme/web"), *BASE[:2], GRANT)
    group = (edge("access-group/tracking"), *holds("tracking", "track"))

    assert (
        after(changes=[create(each) for each in (*acme, *group)]),
        after(*acme, *group, changes=[delete(each) for each in acme]),
    ) == (gains(row("track", "none", "consume", ANA, BO)), losses(row("track", "consume", "none", ANA, BO)))


def test_an_address_with_a_slash_is_one_person() -> None:
    odd = "o/r@acme.example"

    assert after(
        member("acme/web", odd),
        *holds("tracking", "track"),
        changes=[create(GRANT), create(granted("tracking", odd))],
    ) == gains(row("track", "none", "consume", odd, team=None), row("track", "none", "consume", odd))


class Untouchable(dict[str, Resource]):
    """Resources that nobody may look at."""

    def values(self) -> NoReturn:
        raise AssertionError("looked at")


def test_without_changes_nothing_is_looked_at() -> None:
    assert impact(Delta(Untouchable(), []), TODAY) == Impact()


def test_people_are_counted_once_however_many_rows_name_them() -> None:
    found = (row("a", "none", "view", ANA, BO), row("b", "none", "view", ANA), row("c", "none", "view"))

    assert people(found) == 2


@given(changed_states())
def test_impact_is_the_difference_between_everybodys_paths(world: tuple[State, list[Change]]) -> None:
    before, changes = world

    assert impact(Delta(before, changes), TODAY) == expected_impact(before, changes, TODAY)


@given(changed_states())
def test_grouping_loses_nobody(world: tuple[State, list[Change]]) -> None:
    before, changes = world
    low, high = (highest(paths(each, TODAY)) for each in made(before, changes))
    found = impact(Delta(before, changes), TODAY)

    pairs = {*low, *high}
    assert (
        {(who, each.api) for each in found.gained for who in each.people},
        {(who, each.api) for each in found.lost for who in each.people},
    ) == (
        {pair for pair in pairs if high.get(pair, 0) > low.get(pair, 0)},
        {pair for pair in pairs if high.get(pair, 0) < low.get(pair, 0)},
    )


@given(states())
def test_changes_that_change_nothing_have_no_impact(before: State) -> None:
    changes = [update(each) for each in before.values()]

    assert impact(Delta(before, changes), TODAY) == Impact()


@given(states(), st.sampled_from(RENAMES))
def test_a_rename_alone_has_no_impact(before: State, names: dict[str, str]) -> None:
    changes = [update(Resource(new, before[old].fields), was=old) for old, new in names.items()]

    assert impact(Delta(before, changes), TODAY) == Impact()
