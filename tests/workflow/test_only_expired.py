"""`--only-expired` selects what has ended by its date, and nothing else."""

from typing import Any

import msgspec
import pytest

from reconciler.diff import diff, explained
from reconciler.model.document import Document
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Live, Resource
from reconciler.portals.embedded.adapter import CAPABILITIES as EMBEDDED
from reconciler.portals.keycloak.adapter import CAPABILITIES as KEYCLOAK
from reconciler.project import PortalProfile, project, project_live
from reconciler.workflow.selection import select_expired
from tests.builders import group, partner, team
from tests.states import TODAY, accepted, live, wanted

YESTERDAY, TOMORROW, LATER = "2026-11-23", "2026-11-25", "2027-12-31"
GRANT = "api-grant/rates/team/acme/ops"
_LACKS = {"grant", "access-group", "access-item", "api-product", "product-item"}
# A portal that grants APIs, and stores no ends.
GRANTS_APIS = msgspec.structs.replace(
    EMBEDDED,
    kinds=(EMBEDDED.kinds | {"api-grant"}) - _LACKS,
    fields=frozenset({each for each in EMBEDDED.fields if not each.endswith(".until")} | {"api-grant.level"}),
    enforces_until=False,
)
FALLBACKS = Fallbacks.model_validate({"until": "daily-run", "delegated": "unmanaged", "view": "omit"})


def selected(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(each.action, each.id) for each in select_expired(changes).changes]


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ({"level": "consume", "until": YESTERDAY}, {"level": "view"}, "expired"),
        ({"level": "consume", "until": YESTERDAY}, {"level": "view", "until": LATER}, "expired"),
        ({"level": "consume", "until": TODAY}, {"level": "view"}, None),
        ({"level": "consume"}, {"level": "view"}, None),
        ({"level": "consume", "until": YESTERDAY}, {"level": "consume", "until": LATER}, None),
        ({"level": "view", "until": YESTERDAY}, {"level": "consume"}, None),
    ],
)
def test_a_level_that_has_expired_in_the_portal_is_lowered_to_the_level_that_remains(
    before: dict[str, Any], after: dict[str, Any], because: str | None
) -> None:
    desired = msgspec.structs.replace(wanted(), resources={GRANT: Resource(GRANT, after)})
    held = live([Resource("team/acme/ops", {}, desired.scope), Resource(GRANT, before)])
    changes = tuple(each for each in diff(desired, held).changes if each.id == GRANT)

    assert [each.because for each in changes] == [because]
    assert explained(changes, desired, held) == changes
    assert selected(changes) == ([("update", GRANT)] if because else [])


def test_only_deletions_because_of_an_expired_end_are_selected() -> None:
    expired = Change(id="grant/rates/team/acme/ops", kind="grant", action="delete", because="expired")
    other = Change(id="grant/tracking/team/acme/ops", kind="grant", action="delete", because="suspended")

    assert select_expired((expired, other)).changes == (expired,)


SINGLE = group("single", apis=["rates"], grants=[{"developer": "sam@indie.example", "until": TODAY}])
GOLD, SILVER = group("gold", apis=["rates"]), group("silver", apis=["rates", "track"])
MEMBER = [{"email": "bo@acme.example", "until": TODAY}]


def day_by_day(can: Capabilities, *documents: Document) -> dict[str, list[tuple[str, str]]]:
    """Return what the run of each day removes from a portal that has all that today's files give."""
    profile = PortalProfile(can, fallbacks=FALLBACKS)
    found = project(wanted(*documents), profile)
    assert found.findings == ()
    held: Live = project_live(live(map(accepted, found.desired.resources.values())), can)
    return {
        day: selected(diff(project(wanted(*documents, today=day), profile, held).desired, held).changes)
        for day in (TODAY, TOMORROW)
    }


@pytest.mark.parametrize(
    ("can", "documents", "removed"),
    [
        (
            KEYCLOAK,
            [GOLD, partner("acme", team("ops", access=["gold"]), until=TODAY)],
            [("delete", "grant/gold/team/acme/ops")],
        ),
        (
            KEYCLOAK,
            [GOLD, partner("acme", team("ops", members=MEMBER, access=[{"group": "gold", "until": TODAY}]))],
            [
                ("delete", "grant/gold/team/acme/ops"),
                ("delete", "membership/acme/ops/bo@acme.example"),
            ],
        ),
        (KEYCLOAK, [SINGLE], [("delete", "grant/single/developer/sam@indie.example")]),
        (GRANTS_APIS, [SINGLE], [("delete", "api-grant/rates/developer/sam@indie.example")]),
        (
            GRANTS_APIS,
            [
                GOLD,
                SILVER,
                partner(
                    "acme",
                    team(
                        "ops",
                        access=[{"group": "gold", "until": TODAY}, {"group": "silver", "level": "view"}],
                    ),
                ),
            ],
            [("update", "api-grant/rates/team/acme/ops")],
        ),
        (
            GRANTS_APIS,
            [
                GOLD,
                SILVER,
                partner("acme", team("ops", access=[{"group": "gold", "until": TODAY}, "silver"])),
            ],
            [],
        ),
        (
            GRANTS_APIS,
            [
                GOLD,
                SILVER,
                partner("acme", team("ops", access=["gold", {"group": "silver", "until": TODAY}])),
            ],
            [("delete", "api-grant/track/team/acme/ops")],
        ),
    ],
)
def test_in_a_portal_without_ends_the_files_decide_what_has_expired_the_day_after(
    can: Capabilities, documents: list[Document], removed: list[tuple[str, str]]
) -> None:
    found = day_by_day(can, *documents)

    assert (found[TODAY], sorted(found[TOMORROW])) == ([], sorted(removed))


def test_a_level_that_was_raised_by_hand_has_not_expired() -> None:
    expired = {"group": "gold", "level": "view", "until": YESTERDAY}
    remains = {"group": "silver", "level": "view"}
    files = (GOLD, SILVER, partner("acme", team("ops", access=[expired, remains])))
    desired = project(wanted(*files), PortalProfile(GRANTS_APIS, fallbacks=FALLBACKS)).desired
    held = live(
        msgspec.structs.replace(each, fields={"level": "consume"}) if each.id == GRANT else each
        for each in map(accepted, desired.resources.values())
    )

    [lowered] = diff(desired, held).changes
    assert (lowered.id, lowered.because, selected((lowered,))) == (GRANT, None, [])
