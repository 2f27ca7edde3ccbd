"""A portal that cannot invite people gives something only to those who have an account."""

from typing import Any

import pytest

from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.snapshot import Snapshot
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.project import PortalProfile, Projection, project
from tests.builders import group, partner, team
from tests.project.test_project import lacking
from tests.states import holding, live, wanted

FILES = (
    partner("acme", team(members=["bo@acme.example"])),
    group(grants=[{"developer": "sam@indie.example"}]),
)
ANA, BO = (f"membership/acme/integration/{each}@acme.example" for each in ("ana", "bo"))
SAM = "grant/tracking/developer/sam@indie.example"
CANNOT = lacking(invitations=False, grants_before_account=False)


def projection(
    can: Capabilities = CANNOT,
    accounts: tuple[str, ...] | None = ("ana@acme.example",),
    files: tuple[Document, ...] = FILES,
    **fallbacks: str,
) -> Projection:
    held = live(accounts=None if accounts is None else frozenset(accounts))
    return project(wanted(*files), PortalProfile(can, fallbacks=Fallbacks.model_validate(fallbacks)), held)


def missing(found: Projection) -> list[str]:
    return [each for each in (ANA, BO, SAM) if each not in found.desired.resources]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"invitations": False}, [BO]),
        ({"grants_before_account": False}, [SAM]),
        ({"invitations": False, "grants_before_account": False}, [SAM, BO]),
        ({}, []),
    ],
)
def test_without_a_fallback_people_without_an_account_are_an_error(
    flags: dict[str, Any], expected: list[str]
) -> None:
    found = projection(lacking(**flags)).findings

    assert sorted((each.id or "", each.rule) for each in found) == [
        (each, "unsupported") for each in expected
    ]


def test_the_error_names_the_person_and_the_fallback() -> None:
    [found] = projection(lacking(invitations=False)).findings

    assert (found.file, found.line, found.message, found.hint) == (
        "partners/acme.yaml",
        15,
        f"the portal cannot invite people who have no account, which {BO} requires",
        (
            "add fallbacks: {invitations: create} (or wait) to the portal in the configuration, or change"
            " the definition"
        ),
    )


def test_those_who_wait_are_left_out_and_named() -> None:
    found = projection(invitations="wait")

    assert (found.findings, missing(found), [(each.rule, each.message) for each in found.notes]) == (
        (),
        [BO, SAM],
        [
            (
                "fallback",
                (
                    "people without an account in this portal get nothing until they have one:"
                    " bo@acme.example, sam@indie.example"
                ),
            )
        ],
    )


def test_those_whose_account_is_created_are_named() -> None:
    found = projection(invitations="create")

    assert (found.findings, missing(found), [(each.rule, each.message) for each in found.notes]) == (
        (),
        [],
        [
            (
                "fallback",
                "people without an account get one in this portal: bo@acme.example, sam@indie.example",
            )
        ],
    )


@pytest.mark.parametrize("accounts", [None, ("ana@acme.example", "bo@acme.example", "sam@indie.example")])
def test_nobody_waits_where_everybody_has_an_account_or_needs_none(accounts: tuple[str, ...] | None) -> None:
    found = projection(accounts=accounts, invitations="wait")

    assert (found.findings, found.notes, missing(found)) == ((), (), [])


def test_what_a_person_already_has_in_the_portal_stays() -> None:
    held = live(holding(*FILES), accounts=frozenset())
    fallbacks = Fallbacks.model_validate({"invitations": "wait"})
    found = project(wanted(*FILES), PortalProfile(CANNOT, fallbacks=fallbacks), held)

    assert diff(found.desired, held).changes == ()


def test_the_member_of_a_team_of_one_waits_while_its_grant_exists() -> None:
    can = lacking("partner", invitations=False, developer_grants=False)
    files = (group(grants=[{"developer": "sam@indie.example"}]),)
    found = projection(can, files=files, invitations="wait", developerGrants="team-of-one")

    assert [each.partition("/")[0] for each in found.desired.resources] == ["access-group", "team", "grant"]


def test_a_portal_that_invites_people_has_no_use_for_the_fallback() -> None:
    found = projection(CAPABILITIES, invitations="wait")

    assert ([each.rule for each in found.notes], missing(found)) == (["unused-fallback"], [])


def test_a_snapshot_passes_the_accounts_on() -> None:
    read = Snapshot(
        portal_id="p", resources={}, apis={}, native={}, proof="counted", accounts=frozenset({"a@b.example"})
    )

    assert read.live.accounts == frozenset({"a@b.example"})
