"""A portal that grants APIs gets one grant for each API that the groups of a holder give it."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given

from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Fields, Resource
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.project import PortalProfile, project
from reconciler.project.api_grants import expand
from tests.access.strategies import states
from tests.access.worlds import TODAY, Path, State, highest, paths, teams_reach
from tests.builders import configuration, group, partner, product, team
from tests.states import live, wanted

SCOPE = "our-company"
CAN = msgspec.structs.replace(
    CAPABILITIES,
    kinds=frozenset({"partner", "team", "membership", "api-grant"}),
    fields=frozenset(
        {
            *(
                each
                for each in CAPABILITIES.fields
                if each.partition(".")[0] in {"partner", "team", "membership"}
            ),
            "api-grant.level",
            "api-grant.until",
        }
    ),
)
GROUPS = (
    group("tracking", apis=["track", "rates"]),
    group("rates", apis=["rates"], products=["suite"]),
    product("suite", apis=["labels"]),
)


def grants(*documents: Document, **settings: Any) -> dict[str, Fields]:
    """Return the expanded grants with their fields."""
    expanded = expand(wanted(*GROUPS, *documents, configured=configuration(**settings)))
    return {each.id: each.fields for each in expanded.resources.values() if each.kind.endswith("grant")}


INFORMATION = "api-product: displayName, owner; access-group: displayName, owner; grant: reason"


def acme(*access: Any, **spec: Any) -> Document:
    return partner("acme", team("ops", access=list(access)), **spec)


def test_a_grant_of_a_group_becomes_a_grant_of_each_of_its_apis() -> None:
    assert grants(acme("rates")) == {
        "api-grant/labels/team/acme/ops": {"level": "consume"},
        "api-grant/rates/team/acme/ops": {"level": "consume"},
    }


def test_a_grant_to_a_person_becomes_a_grant_of_each_api_to_the_person() -> None:
    given = group("single", apis=["rates"], grants=[{"developer": "sam@indie.example", "level": "view"}])

    assert grants(given) == {"api-grant/rates/developer/sam@indie.example": {"level": "view"}}


@pytest.mark.parametrize(
    ("access", "fields"),
    [
        (
            [{"group": "tracking", "level": "view"}, {"group": "rates", "until": "2027-01-31"}],
            {"level": "consume", "until": "2027-01-31"},
        ),
        (
            [{"group": "tracking", "until": "2027-03-31"}, {"group": "rates", "until": "2027-01-31"}],
            {"level": "consume", "until": "2027-03-31"},
        ),
        ([{"group": "tracking", "until": "2027-03-31"}, "rates"], {"level": "consume"}),
        (
            [{"group": "tracking", "until": "2026-11-23"}, {"group": "rates", "level": "view"}],
            {"level": "view"},
        ),
    ],
)
def test_the_highest_level_counts_and_the_last_day_of_that_level(
    access: list[Any], fields: dict[str, Any]
) -> None:
    assert grants(acme(*access))["api-grant/rates/team/acme/ops"] == fields


def test_an_expanded_grant_has_the_place_of_the_grant_that_gives_it() -> None:
    desired = expand(wanted(*GROUPS, acme({"group": "tracking", "level": "view"}, "rates")))
    origin = desired.resources["api-grant/rates/team/acme/ops"].origin

    assert origin is not None
    assert origin.path == ("spec", "teams", 0, "access", 1)


def test_only_grants_to_people_have_an_owner_label() -> None:
    given = group("single", apis=["rates"], grants=[{"developer": "sam@indie.example"}])
    desired = expand(wanted(*GROUPS, acme("rates"), given))

    assert {each.id: each.owner_label for each in desired.resources.values() if each.kind == "api-grant"} == {
        "api-grant/labels/team/acme/ops": None,
        "api-grant/rates/team/acme/ops": None,
        "api-grant/rates/developer/sam@indie.example": SCOPE,
    }


def test_an_expired_or_suspended_grant_is_the_reason_for_removing_its_apis() -> None:
    expired = expand(wanted(*GROUPS, acme({"group": "rates", "until": "2026-11-23"}, "tracking")))
    suspended = expand(wanted(*GROUPS, acme("rates", status="suspended")))

    assert expired.because == {"api-grant/labels/team/acme/ops": "expired"}
    assert suspended.because == {
        "api-grant/labels/team/acme/ops": "suspended",
        "api-grant/rates/team/acme/ops": "suspended",
    }


def test_a_grant_to_an_external_partner_is_not_supported() -> None:
    given = group("single", apis=["rates"], grants=[{"team": "other/ops"}])
    desired = wanted(given, configured=configuration(external={"partners": ["other"]}))

    assert [each.message for each in project(desired, PortalProfile(CAN)).findings] == [
        "the portal does not support the kind grant, which grant/single/team/other/ops requires"
    ]


def projected(*documents: Document, can: Capabilities = CAN) -> Desired:
    return project(wanted(*documents), PortalProfile(can)).desired


def test_a_portal_that_grants_apis_gets_only_what_it_stores() -> None:
    found = project(wanted(*GROUPS, acme({"group": "rates", "reason": "pilot"})), PortalProfile(CAN))

    assert {each.kind for each in found.desired.resources.values()} == CAN.kinds
    assert found.findings == ()
    assert [each.message for each in found.notes] == [
        f"the portal cannot store some information, which is only in git ({INFORMATION})"
    ]


def test_an_end_that_the_portal_does_not_enforce_is_an_error_at_the_grant() -> None:
    can, what = (
        msgspec.structs.replace(CAN, enforces_until=False),
        "does not end access on its last day",
    )
    desired = wanted(*GROUPS, acme({"group": "tracking", "until": "2027-01-31"}))

    assert [(each.file, each.message) for each in project(desired, PortalProfile(can)).findings] == [
        (
            "partners/acme.yaml",
            f"the portal {what}, which api-grant/{api}/team/acme/ops requires",
        )
        for api in ("rates", "track")
    ]


def test_an_api_that_a_group_loses_is_removed_from_each_team() -> None:
    held = projected(group("tracking", apis=["track", "rates"]), acme("tracking"))
    desired = projected(group("tracking", apis=["track"]), acme("tracking"))

    assert [(each.action, each.id) for each in diff(desired, live(held.resources.values())).changes] == [
        ("delete", "api-grant/rates/team/acme/ops")
    ]


def test_a_grant_to_a_person_is_removed_only_under_its_owner_label() -> None:
    def held(owner_label: str | None) -> Resource:
        return Resource("api-grant/rates/developer/sam@indie.example", {"level": "consume"}, owner_label)

    assert [
        [change.id for change in diff(projected(), live([held(owner_label)])).changes]
        for owner_label in (SCOPE, "other-company", None)
    ] == [["api-grant/rates/developer/sam@indie.example"], [], []]


@pytest.mark.parametrize(
    ("label", "deleted"), [(SCOPE, ["api-grant/labels/team/acme/ops"]), ("other-company", []), (None, [])]
)
def test_an_unknown_grant_is_drift_on_a_managed_team_only(label: str | None, deleted: list[str]) -> None:
    desired = projected(group("tracking", apis=["track"]), acme("tracking"))
    held = [
        msgspec.structs.replace(each, owner_label=label) if each.kind == "team" else each
        for each in desired.resources.values()
    ]
    unknown = Resource("api-grant/labels/team/acme/ops", {"level": "consume"})

    changes = diff(desired, live([*held, unknown])).changes

    assert [change.id for change in changes if change.kind == "api-grant"] == deleted


def ends(found: list[Path]) -> Mapping[tuple[str, str], tuple[int, str]]:
    """Return the highest level of each person for each API, and the last day of that level."""
    levels = highest(found)
    return {
        (person, api): (
            level,
            max(each.until or "9999" for each in found if each[:2] == (person, api) and each.level == level),
        )
        for (person, api), level in levels.items()
    }


@given(states())
def test_expanded_grants_give_everybody_the_same_access(drawn: State) -> None:
    state = {each: held for each, held in drawn.items() if held.kind != "api-grant"}
    desired = msgspec.structs.replace(wanted(), today=TODAY, resources=state)
    expanded = expand(desired).resources

    assert {each.kind for each in expanded.values()} <= CAN.kinds
    assert ends(paths(expanded, TODAY)) == ends(paths(state, TODAY))
    assert ends(teams_reach(expanded, TODAY)) == ends(teams_reach(state, TODAY))
