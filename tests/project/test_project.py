"""What a portal cannot store is an error where it restricts people, and only in git where it informs."""

from typing import Any

import msgspec
import pytest

from reconciler.diff import diff
from reconciler.model.document import Document, Origin
from reconciler.model.finding import Finding
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, TextLimit
from reconciler.model.resource import Live, Resource
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.project import PortalProfile, Projection, project, project_live
from tests.builders import configuration, group, partner, product, team
from tests.states import holding, live, wanted


def lacking(*missing: str, **flags: Any) -> Capabilities:
    """Return the capabilities of a portal without these kinds and fields."""
    return msgspec.structs.replace(
        CAPABILITIES, kinds=CAPABILITIES.kinds - {*missing}, fields=CAPABILITIES.fields - {*missing}, **flags
    )


def projection(can: Capabilities, *documents: Document, held: Live | None = None) -> Projection:
    return project(wanted(*documents), PortalProfile(can), held)


def said(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{each.file}:{each.line}:{each.column} {each.message}" for each in findings]


ADMIN = partner("acme", team())
LISTED = partner("acme", team(admins=[], members=["bo@acme.example"]))
BLOCKED = partner("acme", team(admins=[], members=[]), blocked=["eve@acme.example"])
ENDING = group(grants=[{"developer": "sam@indie.example", "until": "2027-01-31"}])
STAYING = partner("acme", team(admins=[{"email": "ana@acme.example", "until": "2027-01-31"}], members=[]))


def test_a_portal_that_can_store_everything_gets_the_desired_state_as_it_is() -> None:
    desired = wanted(ADMIN, ENDING, product("suite", visibility="public"))

    assert project(desired, PortalProfile(CAPABILITIES)) == Projection(desired, desired)


@pytest.mark.parametrize(
    ("can", "document", "place", "what"),
    [
        (
            lacking(team_admins=False),
            ADMIN,
            "partners/acme.yaml:13:7",
            "does not support team admins, which membership/acme/integration/ana@acme.example requires",
        ),
        (
            lacking("membership.role"),
            ADMIN,
            "partners/acme.yaml:13:7",
            "does not support team admins, which membership/acme/integration/ana@acme.example requires",
        ),
        (
            lacking("team.delegated"),
            ADMIN,
            "partners/acme.yaml:11:11",
            "does not let admins manage their team, which team/acme/integration requires",
        ),
        (
            lacking("partner.blocked"),
            BLOCKED,
            "partners/acme.yaml:11:3",
            "does not keep blocked people out of teams, which partner/acme requires",
        ),
        (
            lacking("partner"),
            BLOCKED,
            "partners/acme.yaml:11:3",
            "does not keep blocked people out of teams, which partner/acme requires",
        ),
        (
            lacking("membership.until"),
            STAYING,
            "partners/acme.yaml:14:14",
            (
                "does not end access on its last day, which "
                "membership/acme/integration/ana@acme.example requires"
            ),
        ),
        (
            lacking("grant.until"),
            ENDING,
            "access-groups/tracking.yaml:12:12",
            "does not end access on its last day, which grant/tracking/developer/sam@indie.example requires",
        ),
        (
            lacking(enforces_until=False),
            ENDING,
            "access-groups/tracking.yaml:12:12",
            "does not end access on its last day, which grant/tracking/developer/sam@indie.example requires",
        ),
        (
            lacking(developer_grants=False),
            ENDING,
            "access-groups/tracking.yaml:11:5",
            (
                "does not support grants to single people, which "
                "grant/tracking/developer/sam@indie.example requires"
            ),
        ),
        (
            lacking("grant.level"),
            group(grants=[{"developer": "sam@indie.example", "level": "view"}]),
            "access-groups/tracking.yaml:12:12",
            "does not have the level view, which grant/tracking/developer/sam@indie.example requires",
        ),
        (
            lacking("api-product.visibility"),
            product("suite"),
            "access-groups/suite.yaml:4:9",
            "cannot restrict the visibility of an API product, which api-product/suite requires",
        ),
        (
            lacking("team"),
            partner("acme", team()),
            "partners/acme.yaml:11:11",
            "does not support the kind team, which team/acme/integration requires",
        ),
    ],
)
def test_a_limit_that_the_portal_cannot_store_is_an_error_at_its_place(
    can: Capabilities, document: Document, place: str, what: str
) -> None:
    [found] = projection(can, document).findings

    assert (found.rule, found.severity.value, said((found,))) == (
        "unsupported",
        "error",
        [f"{place} the portal {what}"],
    )


def test_values_that_restrict_nobody_need_no_field() -> None:
    can = lacking(
        "partner.blocked",
        "partner.status",
        "team.delegated",
        "membership.role",
        "membership.until",
        "grant.level",
        "grant.until",
        "api-product.visibility",
        team_admins=False,
        enforces_until=False,
    )
    documents = (
        partner("acme", team(admins=[], members=["bo@acme.example"], access=["tracking"])),
        group(),
        product("suite", visibility="public"),
    )

    assert projection(can, *documents).findings == ()


def test_information_that_the_portal_cannot_store_is_reported_once_and_only_in_git() -> None:
    can = lacking("partner", "team.displayName", "access-group.owner", "access-group.description")
    found = projection(can, partner("acme", team()), partner("bolt", team()), group(description="Parcels"))

    assert (
        found.findings,
        [(each.rule, each.severity.value, each.message) for each in found.notes],
        found.desired.resources["team/acme/integration"].fields,
        found.desired.resources["access-group/tracking"].fields,
        "partner/acme" in found.desired.resources,
    ) == (
        (),
        [
            (
                "git-only",
                "info",
                (
                    "the portal cannot store some information, which is only in git (partner: agreement,"
                    " displayName, owner, status, type; team: displayName; access-group: description, owner)"
                ),
            )
        ],
        {"delegated": True},
        {"displayName": "Tracking"},
        False,
    )


def test_what_a_portal_does_not_declare_is_left_out_of_the_live_state() -> None:
    held = live(holding(ADMIN))

    assert (
        project_live(held, CAPABILITIES),
        [
            (each.id, each.fields)
            for each in project_live(held, lacking("partner", "membership.role")).resources.values()
        ],
    ) == (
        held,
        [
            ("team/acme/integration", {"displayName": "integration", "delegated": True}),
            ("membership/acme/integration/ana@acme.example", {}),
        ],
    )


def test_a_kind_that_a_portal_does_not_have_is_left_out_of_the_live_state_of_one_that_stores_all() -> None:
    held = live([*holding(ADMIN), Resource("api-grant/tracking/team/acme/integration", {"level": "view"})])

    assert project_live(held, CAPABILITIES) == live(holding(ADMIN))


def test_a_suspended_partner_needs_no_status_because_its_grants_are_withdrawn() -> None:
    suspended = partner("acme", team(members=[]), status="suspended", access=["tracking"])
    found = projection(lacking("partner.status"), suspended, group())

    assert (found.findings, [each for each in found.desired.resources if each.startswith("grant/")]) == (
        (),
        [],
    )


RENAMED = partner("apex", team(admins=[], members=["bo@acme.example"]), metadata={"previously": "acme"})


def test_renaming_a_partner_renames_its_teams_where_the_portal_has_no_partners() -> None:
    can = lacking("partner")
    held = project_live(live(holding(LISTED)), can)
    found = projection(can, RENAMED, held=held)

    def effect(change: Change) -> tuple[str, str, str | None]:
        return change.id, change.action, change.renamed_from

    assert (found.findings, [effect(each) for each in diff(found.desired, held).changes]) == (
        (),
        [("team/apex/integration", "update", "team/acme/integration")],
    )


@pytest.mark.parametrize(
    ("can", "message"),
    [
        (lacking(renames=frozenset()), "the portal cannot rename a partner, which partner/apex requires"),
        (
            lacking("partner", renames=frozenset()),
            "the portal cannot rename a team, which team/apex/integration requires",
        ),
    ],
)
def test_a_rename_that_the_portal_cannot_make_is_an_error(can: Capabilities, message: str) -> None:
    held = project_live(live(holding(LISTED)), can)

    assert [each.message for each in projection(can, RENAMED, held=held).findings] == [message]


def test_moving_a_team_is_an_error_where_the_portal_cannot() -> None:
    held = live(holding(partner("acme", team()), partner("bolt")))
    moved = team(previously="acme/integration")
    found = projection(lacking(moves=frozenset()), partner("acme"), partner("bolt", moved), held=held)

    assert [each.message for each in found.findings] == [
        "the portal cannot move a team to another partner, which team/bolt/integration requires"
    ]


def test_text_that_the_portal_does_not_accept_is_an_error_at_its_line() -> None:
    limits = {"partner.displayName": TextLimit(5), "team.name": TextLimit(40, "[a-z]", "lower-case letters")}
    files = partner("acme", team("ops-2"), displayName="Acme Logistics"), partner("bolt", team("ops"))

    assert said(projection(lacking(limits=limits), *files).findings) == [
        (
            "partners/acme.yaml:7:16 the portal accepts at most 5 characters as displayName of a partner,"
            " not 14, which partner/acme requires"
        ),
        (
            "partners/acme.yaml:11:11 the portal accepts only lower-case letters as name of a team,"
            " which team/acme/ops-2 requires"
        ),
    ]


def test_resources_without_a_place_are_left_out_without_a_finding() -> None:
    desired = msgspec.structs.replace(wanted(), resources={"team/a/b": Resource("team/a/b", {})})

    assert project(desired, PortalProfile(lacking("team"))) == Projection(
        msgspec.structs.replace(desired, resources={}), desired
    )


def test_a_portal_without_owner_labels_cannot_be_managed_which_is_said_once() -> None:
    can = lacking(owner_labels=False)
    configured = configuration(portals={"shop": {"type": "toy"}})
    settings = Origin(configured, ("spec", "portals", "shop", "fallbacks"))
    profile = PortalProfile(can, settings=settings)

    [found] = project(wanted(LISTED, group(), configured=configured), profile).findings

    assert (found.rule, found.severity.value, found.file, found.message, found.hint) == (
        "unsupported",
        "error",
        "reconciler.yaml",
        "the portal cannot store owner labels, so nothing that is created there could be managed later",
        "use another portal; `access --live` reads this one",
    )
    assert project(wanted(configured=configured), profile).findings == ()
