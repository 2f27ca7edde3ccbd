"""A fallback replaces the error about a limit, and reports once what it means."""

from typing import Any

import msgspec
import pytest

from reconciler.diff import diff
from reconciler.model.document import Document, Origin
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Live
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.project import PortalProfile, Projection, project, project_live
from tests.builders import document, group, partner, team
from tests.project.test_project import lacking
from tests.states import TODAY, holding, live, member, wanted

EVERYTHING = {
    "admins": "as-members",
    "delegated": "unmanaged",
    "blocked": "each-run",
    "until": "daily-run",
    "view": "omit",
}


def projection(
    can: Capabilities,
    fallbacks: dict[str, str],
    *documents: Document,
    held: Live | None = None,
    today: str = TODAY,
) -> Projection:
    profile = PortalProfile(can, fallbacks=Fallbacks.model_validate(fallbacks))
    return project(wanted(*documents, today=today), profile, held)


def notes(found: Projection) -> list[tuple[str, str]]:
    return [(each.rule, each.message) for each in found.notes]


ADMIN = partner("acme", team(members=["bo@acme.example"]))
ANA = "membership/acme/integration/ana@acme.example"


@pytest.mark.parametrize("can", [lacking("membership.role"), lacking(team_admins=False)])
def test_admins_who_were_never_read_stay_where_admins_are_plain_members(can: Capabilities) -> None:
    source = {"from": "directory", "group": "Leads"}
    files = partner("acme", {"name": "integration", "admins": source, "members": ["bo@acme.example"]})
    held = project_live(live([*holding(files), member("ana@acme.example")]), can)
    found = projection(can, {"admins": "as-members"}, files, held=held)

    assert diff(found.desired, held).changes == ()


@pytest.mark.parametrize(
    ("can", "fields"), [(lacking("membership.role"), {}), (lacking(team_admins=False), {"role": "member"})]
)
def test_admins_as_members(can: Capabilities, fields: dict[str, Any]) -> None:
    found = projection(can, {"admins": "as-members"}, ADMIN)

    assert (found.findings, notes(found), found.desired.resources[ANA].fields) == (
        (),
        [
            (
                "fallback",
                "admins are plain members in this portal, and nobody manages members there: ana@acme.example",
            )
        ],
        fields,
    )


def test_delegated_teams_as_unmanaged_ones() -> None:
    can = lacking("team.delegated")
    files = partner("acme", team())
    held = project_live(live([*holding(files), member("bo@acme.example")]), can)
    found = projection(can, {"delegated": "unmanaged"}, files, held=held)

    assert (found.findings, notes(found), diff(found.desired, held).changes) == (
        (),
        [
            (
                "fallback",
                (
                    "members of delegated teams are left alone, but no admin can manage them:"
                    " acme/integration; no file names bo@acme.example"
                ),
            )
        ],
        (),
    )


def test_blocked_people_are_removed_by_each_run() -> None:
    can = lacking("partner.blocked")
    files = partner("acme", team(), blocked=["eve@acme.example"])
    held = project_live(live([*holding(files), member("eve@acme.example")]), can)
    found = projection(can, {"blocked": "each-run"}, files, held=held)

    assert (
        found.findings,
        notes(found),
        [(each.id, each.action, each.because) for each in diff(found.desired, held).changes],
    ) == (
        (),
        [
            (
                "fallback",
                ("each run removes blocked people, who can be added again between runs: eve@acme.example"),
            )
        ],
        [("membership/acme/integration/eve@acme.example", "delete", "blocked")],
    )


@pytest.mark.parametrize(
    ("can", "fields"),
    [
        (lacking("grant.until"), {"level": "consume"}),
        (lacking(enforces_until=False), {"level": "consume", "until": "2026-11-30"}),
    ],
)
def test_ends_are_left_to_a_daily_run(can: Capabilities, fields: dict[str, Any]) -> None:
    files = group(grants=[{"developer": "sam@indie.example", "until": "2026-11-30"}])
    sam = "grant/tracking/developer/sam@indie.example"
    found = projection(can, {"until": "daily-run"}, files)
    held = project_live(live(holding(files)), can)
    later = projection(can, {"until": "daily-run"}, files, today="2026-12-01")

    assert (
        found.findings,
        notes(found),
        found.desired.resources[sam].fields,
        [(each.id, each.action, each.because) for each in diff(later.desired, held).changes],
    ) == (
        (),
        [("fallback", "this portal does not end access by itself: 1 end needs a daily run")],
        fields,
        [(sam, "delete", "expired")],
    )


def test_a_grant_to_view_is_omitted_and_never_becomes_one_to_consume() -> None:
    can = lacking("grant.level")
    files = group(
        grants=[{"developer": "sam@indie.example", "level": "view"}, {"developer": "kim@indie.example"}]
    )
    held = project_live(live(holding(files)), can)
    found = projection(can, {"view": "omit"}, files, held=held)

    assert (
        found.findings,
        notes(found),
        [(each.id, each.action) for each in diff(found.desired, held).changes],
    ) == (
        (),
        [
            (
                "fallback",
                "grants at level view are left out of this portal: sam@indie.example → tracking",
            )
        ],
        [("grant/tracking/developer/sam@indie.example", "delete")],
    )


def test_a_fallback_that_the_portal_does_not_need_changes_nothing_and_is_reported() -> None:
    files = (
        partner("acme", team(), blocked=["eve@acme.example"]),
        group(grants=[{"developer": "sam@indie.example", "level": "view", "until": "2026-11-30"}]),
    )
    desired = wanted(*files)
    profile = PortalProfile(CAPABILITIES, fallbacks=Fallbacks.model_validate(EVERYTHING))

    assert (project(desired, profile).desired, notes(project(desired, profile))) == (
        desired,
        [
            (
                "unused-fallback",
                f"the fallback {option}: {choice} has no effect, because the portal does not need it",
            )
            for option, choice in EVERYTHING.items()
        ],
    )


def test_a_fallback_that_no_file_needs_is_not_mentioned() -> None:
    can = lacking(*{each for each in CAPABILITIES.fields if each.rpartition(".")[2] in {"until", "level"}})
    can = msgspec.structs.replace(can, team_admins=False)
    chosen = {name: EVERYTHING[name] for name in ("admins", "until", "view")}
    found = projection(can, chosen, partner("acme", team(admins=[], members=[])), group())

    assert (found.findings, found.notes) == ((), ())


def test_only_the_chosen_fallback_counts_and_the_hint_names_the_missing_one() -> None:
    can = lacking("team.delegated", team_admins=False)
    found = projection(can, {"admins": "as-members"}, partner("acme", team()))

    assert [(each.message, each.hint) for each in found.findings] == [
        (
            "the portal does not let admins manage their team, which team/acme/integration requires",
            (
                "add delegated: unmanaged to the fallbacks of the portal in the configuration, or change the"
                " definition"
            ),
        )
    ]


def test_notes_are_at_the_line_of_their_fallback() -> None:
    written = document("fallbacks:\n  view: omit\n  admins: as-members\n", "reconciler.yaml")
    profile = PortalProfile(
        lacking(team_admins=False),
        fallbacks=Fallbacks.model_validate(written.data["fallbacks"]),
        settings=Origin(written, ("fallbacks",)),
    )
    found = project(wanted(ADMIN), profile)

    assert [(each.rule, each.file, each.line, each.column) for each in found.notes] == [
        ("unused-fallback", "reconciler.yaml", 2, 9),
        ("fallback", "reconciler.yaml", 3, 11),
    ]
