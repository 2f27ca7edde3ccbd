"""Who reaches what, and what filters keep of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.access import report
from reconciler.model.access import AccessFilter, AccessReport, AccessRow
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.resource import OfferedApi, Resource
from tests.access.strategies import APIS, GROUPS, PEOPLE, TEAMS, states
from tests.access.worlds import TODAY, YESTERDAY, State, edge, granted, holds, member, paths, product, state

ANA, BO, SAM = "ana@acme.example", "bo@acme.example", "sam@indie.example"
GROUP = ("access-group/tracking",)
SUITE = ("access-group/tracking", "api-product/suite")

# Two teams of one partner, one of another, and a single developer.
ACME = (
    member("acme/web", ANA, role="admin"),
    member("acme/web", BO, "invited"),
    member("acme/mobile", BO),
    member("bolt/web", SAM),
    granted("tracking", "acme/web"),
    granted("rates", "acme/mobile", level="view"),
    granted("rates", "bolt/web"),
    granted("tracking", SAM, level="view"),
    *holds("tracking", "track"),
    *holds("rates", "rates"),
)


def rows(*resources: Resource, **keep: Any) -> tuple[AccessRow, ...]:
    return report(
        Reach(gather(state(*resources).values()), TODAY), {}, source="portal", keep=AccessFilter(**keep)
    ).rows


def short(found: tuple[AccessRow, ...]) -> list[tuple[str, str | None, str]]:
    return [(row.person.partition("@")[0], row.team, row.api) for row in found]


def test_a_row_tells_person_state_role_team_api_level_path_and_end() -> None:
    assert rows(
        member("acme/web", ANA, "invited", role="admin", until="2027-06-30"),
        granted("tracking", "acme/web", level="view", until="2027-12-31"),
        granted("tracking", SAM, until="2027-03-31"),
        *holds("tracking", "product/suite"),
        *product("suite", "labels"),
    ) == (
        AccessRow(ANA, "invited", "admin", "acme/web", "labels", "view", SUITE, "2027-06-30"),
        AccessRow(SAM, None, None, None, "labels", "consume", SUITE, "2027-03-31"),
    )


def test_every_path_is_a_row_sorted_by_person_api_team_and_path() -> None:
    assert rows(
        member("acme/web", BO, None),
        member("acme/mobile", BO, None),
        member("acme/mobile", ANA, None),
        granted("tracking", "acme/web"),
        granted("rates", "acme/mobile", level="view"),
        granted("rates", BO),
        *holds("tracking", "product/suite", "track"),
        *holds("rates", "track", "rates"),
        *product("suite", "track"),
    ) == (
        AccessRow(ANA, None, "member", "acme/mobile", "rates", "view", ("access-group/rates",), None),
        AccessRow(ANA, None, "member", "acme/mobile", "track", "view", ("access-group/rates",), None),
        AccessRow(BO, None, None, None, "rates", "consume", ("access-group/rates",), None),
        AccessRow(BO, None, "member", "acme/mobile", "rates", "view", ("access-group/rates",), None),
        AccessRow(BO, None, None, None, "track", "consume", ("access-group/rates",), None),
        AccessRow(BO, None, "member", "acme/mobile", "track", "view", ("access-group/rates",), None),
        AccessRow(BO, None, "member", "acme/web", "track", "consume", GROUP, None),
        AccessRow(BO, None, "member", "acme/web", "track", "consume", SUITE, None),
    )


def test_nothing_that_gives_no_access_today_is_a_row() -> None:
    tracking = holds("tracking", "track")

    assert (
        rows(
            edge("partner/acme", status="suspended"),
            member("acme/web", ANA),
            granted("tracking", "acme/web"),
            edge("partner/bolt", status="active", blocked=[BO]),
            member("bolt/web", BO),
            member("bolt/web", SAM, "expired"),
            member("bolt/web", "cy@bolt.example", "declined"),
            member("bolt/web", "di@bolt.example", until=YESTERDAY),
            granted("tracking", "bolt/web"),
            granted("tracking", "ed@indie.example", until=YESTERDAY),
            granted("empty", "bolt/web"),
            *tracking,
        )
        == ()
    )


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ({"person": BO}, [("bo", "acme/mobile", "rates"), ("bo", "acme/web", "track")]),
        ({"person": SAM}, [("sam", "bolt/web", "rates"), ("sam", None, "track")]),
        (
            {"partner": "acme"},
            [("ana", "acme/web", "track"), ("bo", "acme/mobile", "rates"), ("bo", "acme/web", "track")],
        ),
        ({"partner": "acm"}, []),
        ({"team": "acme/mobile"}, [("bo", "acme/mobile", "rates")]),
        ({"partner": "bolt", "team": "acme/mobile"}, []),
        (
            {"group": "tracking"},
            [("ana", "acme/web", "track"), ("bo", "acme/web", "track"), ("sam", None, "track")],
        ),
        ({"api": "rates"}, [("bo", "acme/mobile", "rates"), ("sam", "bolt/web", "rates")]),
        ({"api": "rates", "group": "tracking"}, []),
        ({"person": BO, "api": "track"}, [("bo", "acme/web", "track")]),
        ({"api": "nothing"}, []),
    ],
)
def test_filters_keep_the_paths_that_fit_all_of_them(
    keep: dict[str, str], kept: list[tuple[str, str | None, str]]
) -> None:
    assert short(rows(*ACME, **keep)) == kept


def test_the_report_has_its_source_and_public_apis() -> None:
    apis = (OfferedApi("status", "public"), OfferedApi("about", "public"), OfferedApi("track", "restricted"))
    offered = {api.name: api for api in apis}

    assert (
        report(Reach(gather({}.values()), TODAY), offered, source="portal"),
        report(
            Reach(gather({}.values()), TODAY), offered, source="files", keep=AccessFilter(api="status")
        ).open,
    ) == (
        AccessReport(source="portal", rows=(), delegated=(), open=("about", "status")),
        ("status",),
    )


@pytest.mark.parametrize(
    ("keep", "named"),
    [
        ({}, ("acme/empty", "acme/mobile", "acme/web", "bolt/web")),
        ({"partner": "acme"}, ("acme/empty", "acme/mobile", "acme/web")),
        ({"team": "acme/web"}, ("acme/web",)),
        ({"group": "rates"}, ("acme/mobile", "bolt/web")),
        ({"api": "track"}, ("acme/web",)),
        ({"person": ANA}, ("acme/empty", "acme/mobile", "acme/web", "bolt/web")),
    ],
)
def test_delegated_teams_are_named_that_may_hold_more_people_who_fit(
    keep: dict[str, str], named: tuple[str, ...]
) -> None:
    delegated = frozenset({"team/acme/web", "team/acme/mobile", "team/acme/empty", "team/bolt/web"})
    found = report(
        Reach(gather(state(*ACME).values()), TODAY),
        {},
        source="files",
        delegated=delegated,
        keep=AccessFilter(**keep),
    )

    assert found.delegated == named


@given(states())
def test_the_rows_are_all_paths(resources: State) -> None:
    found = report(Reach(gather(resources.values()), TODAY), {}, source="portal").rows

    assert sorted(
        (row.person, row.api, row.team or "", row.via, row.level, row.until or "") for row in found
    ) == [
        (
            path.person,
            path.api,
            path.team or "",
            path.via,
            ("", "view", "consume")[path.level],
            path.until or "",
        )
        for path in sorted(paths(resources, TODAY), key=lambda path: (*path[:2], path.team or "", path.via))
    ]


filters = st.builds(
    AccessFilter,
    person=st.none() | st.sampled_from(PEOPLE),
    partner=st.none() | st.sampled_from(("a", "b")),
    team=st.none() | st.sampled_from(TEAMS),
    group=st.none() | st.sampled_from(GROUPS),
    api=st.none() | st.sampled_from(APIS),
)


@given(states(), filters)
def test_a_filtered_report_is_the_whole_one_filtered(resources: State, keep: AccessFilter) -> None:
    def fits(row: AccessRow) -> bool:
        team = row.team or ""
        return (
            keep.person in {None, row.person}
            and (keep.partner is None or team.startswith(f"{keep.partner}/"))
            and keep.team in {None, row.team}
            and (keep.group is None or f"access-group/{keep.group}" in row.via)
            and keep.api in {None, row.api}
        )

    whole = report(Reach(gather(resources.values()), TODAY), {}, source="portal").rows

    assert report(Reach(gather(resources.values()), TODAY), {}, source="portal", keep=keep).rows == tuple(
        filter(fits, whole)
    )


@given(states())
def test_every_edge_of_every_row_is_a_resource(resources: State) -> None:
    found = report(Reach(gather(resources.values()), TODAY), {}, source="portal").rows

    assert {edge for row in found for edge in row.edges} <= resources.keys()
