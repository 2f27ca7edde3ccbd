"""Adopting objects of the portal: which ones, what is said before, and that nothing else changes."""

import pytest

from tests.cli.running import CONFIGURATION, PARTNER, Place, Ran

NEWCOMER = CONFIGURATION.replace("our-company", "newcomer")


ALL_ADOPTED = (
    "all objects of the files that exist in the portal are already managed by this configuration."
    " `reconciler plan` shows the others."
)


@pytest.fixture
def foreign(applied: Place) -> Place:
    """A portal that holds what the files ask for, made under another name."""
    return applied.write(reconciler=NEWCOMER)


def test_what_somebody_else_made_is_not_changed(foreign: Place) -> None:
    ran = foreign.run("plan")

    assert (ran.code, ran.out.count("[not-managed]")) == (3, 3)


def test_what_the_files_name_is_taken_over_as_it_is(foreign: Place) -> None:
    ran = foreign.run("adopt", "--all-desired", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1], foreign.run("plan")) == (
        0,
        "Applied 3.",
        Ran(0, "No changes.\n"),
    )


def test_only_what_is_named_is_taken_over(foreign: Place) -> None:
    foreign.run("adopt", "partner/acme", "--auto-approve")

    assert foreign.run("plan").out.count("[not-managed]") == 2


def test_what_cannot_be_taken_over_is_named_all_at_once(foreign: Place) -> None:
    assert foreign.run("adopt", "partner/bolt", "grant/tracking/team/acme/ops") == Ran(
        1,
        "",
        "Error: partner/bolt is not defined in any file\n"
        "grant/tracking/team/acme/ops cannot be adopted on its own; adopt its parent\n"
        "Hint: give ids of partners, teams, products and groups in the files: partner/acme, team/acme/ops\n",
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [("acme", "partner/acme"), ("partner/acme/ops", "team/acme/ops"), ("partner/acne", "partner/acme")],
)
def test_the_id_that_was_probably_meant_is_suggested(foreign: Place, given: str, meant: str) -> None:
    assert foreign.run("adopt", given).err.splitlines()[0] == (
        f'Error: {given} is not defined in any file; did you mean "{meant}"?'
    )


def test_without_a_terminal_the_hint_names_only_what_adopt_accepts(foreign: Place) -> None:
    ran = foreign.run("adopt", "--all-desired")

    assert (ran.code, ran.err.splitlines()[-1]) == (1, "Hint: --auto-approve applies without asking")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["partner/acme"], "these objects are already managed by this configuration."),
        (["--all-desired"], ALL_ADOPTED),
    ],
)
def test_where_nothing_is_left_to_adopt_the_reason_is_shown(
    applied: Place, arguments: list[str], reason: str
) -> None:
    ran = applied.run("adopt", *arguments)

    assert ran == Ran(0, "No changes.\n", f"Nothing to adopt: {reason}\n")


GROUPS = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: tracking}
    spec:
      displayName: Tracking
      owner: logistics
      products: [suite]
      offers: [{type: reseller}]
    ---
    apiVersion: reconciler/v1
    kind: ApiProduct
    metadata: {name: suite}
    spec: {displayName: Suite, owner: logistics, visibility: restricted, apis: [tracking-v2]}
    """
GIVEN = GROUPS.replace("[suite]", "[suite]\n      grants: [{developer: sam@indie.example}]", 1)
KINDS = CONFIGURATION.replace("[AccessGroup]", "[AccessGroup, ApiProduct]")
BETA = PARTNER.replace("acme", "beta").replace("Acme", "Beta")


@pytest.fixture
def estate(place: Place) -> Place:
    """A portal with more grants and members than the files, made under another name."""
    listed = PARTNER + "      members: [bo@acme.example]\n"
    given = {"access-groups__tracking": GIVEN}
    place.write(reconciler=KINDS, partners__acme=listed, partners__beta=BETA, **given)
    assert place.run("apply", "--auto-approve").code == 0
    (place.folder / "partners" / "beta.yaml").unlink()
    return place.write(
        reconciler=KINDS.replace("our-company", "newcomer"),
        partners__acme=PARTNER.replace("access: [tracking]", "access: []"),
        **{"access-groups__tracking": GROUPS},
    )


def findings(ran: Ran) -> list[str]:
    """Return the findings of a plan without their hints."""
    lines = [line for line in ran.out.splitlines() if line.endswith(("[adoption]", "[unmanaged-grant]"))]
    return [line.partition(";")[0] for line in lines]


def test_a_group_is_adopted_with_its_products_and_what_that_means_is_said_before(estate: Place) -> None:
    before = estate.run("access", "--live").out
    ran = estate.run("adopt", "--group", "tracking", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 2.")
    assert findings(ran) == [
        "warning: after the adoption, the next plan takes access from 1 person: sam@indie.example",
        (
            "access-groups/tracking.yaml:3:18: warning: after the adoption of access-group/tracking, the next"
            " plan removes sam@indie.example → tracking"
        ),
        (
            'access-groups/tracking.yaml:3:18: warning: access group "tracking" is granted to 2 teams not'
            " managed here: acme/ops, beta/ops"
        ),
    ]
    assert estate.run("access", "--live").out == before


def test_a_partner_is_adopted_with_its_teams_whose_grants_are_complete_then(estate: Place) -> None:
    ran = estate.run("adopt", "--partner", "acme", "--group", "tracking", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 4.")
    assert findings(ran) == [
        (
            "warning: after the adoption, the next plan takes access from 3 people: ana@acme.example,"
            " bo@acme.example, sam@indie.example"
        ),
        (
            "access-groups/tracking.yaml:3:18: warning: after the adoption of access-group/tracking, the next"
            " plan removes sam@indie.example → tracking, acme/ops → tracking"
        ),
        (
            'access-groups/tracking.yaml:3:18: warning: access group "tracking" is granted to 1 team not'
            " managed here: beta/ops"
        ),
    ]
    removed = [line for line in estate.run("plan").out.splitlines() if line.lstrip().startswith("- grant")]
    assert [line.split() for line in removed] == [
        ["-", "grant", "→", "tracking"],
        ["-", "grant", "sam@indie.example"],
    ]


def test_an_adopted_team_that_lists_its_members_loses_the_others(estate: Place) -> None:
    estate.write(partners__acme=PARTNER + "      members: []\n")
    ran = estate.run("adopt", "team/acme/ops")

    assert findings(ran) == [
        "warning: after the adoption, the next plan takes access from 1 person: bo@acme.example",
        (
            "partners/acme.yaml:12:13: warning: after the adoption of team/acme/ops, the next plan removes"
            " acme/ops/bo@acme.example"
        ),
    ]


def test_a_formerly_named_owner_is_replaced_only_where_a_file_defines_the_object(estate: Place) -> None:
    ran = estate.run("adopt", "--from", "our-company", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 4.")
    assert findings(ran)[0] == (
        'warning: 2 objects with the owner label "our-company" are not adopted, because no file defines them:'
        " partner/beta, team/beta/ops"
    )
    again = estate.run("adopt", "--from", "our-company")
    assert (again.code, again.err) == (
        1,
        (
            'Error: no file defines any of the 2 objects with the owner label "our-company"\n'
            "Hint: define them first\n"
        ),
    )


def test_an_object_is_adopted_under_its_former_name(foreign: Place) -> None:
    renamed = PARTNER.replace("{name: acme}", "{name: apex, previously: acme}")
    (foreign.folder / "partners" / "acme.yaml").unlink()
    foreign.write(partners__apex=renamed)

    assert foreign.run("adopt", "--partner", "apex", "--auto-approve").out.splitlines()[-1] == "Applied 2."
    assert foreign.run("adopt", "access-group/tracking", "--auto-approve").code == 0
    assert "1 to update" in foreign.run("plan").out.splitlines()[-1]


def test_partners_and_groups_that_cannot_be_adopted_are_named_together(place: Place) -> None:
    ran = place.run("adopt", "--partner", "acme", "--partner", "acne", "--group", "tracking")

    assert ran.err.splitlines() == [
        "Error: partner/acme is not in the portal",
        'partner/acne is not defined in any file; did you mean "partner/acme"?',
        "access-group/tracking is not in the portal",
        "Hint: give the names of partners and access groups that the files define and the portal has",
    ]


def test_a_dry_run_shows_what_would_be_adopted_and_writes_nothing(foreign: Place) -> None:
    ran = foreign.run("adopt", "--partner", "acme", "--dry-run")

    assert (ran.code, " 2 to adopt;" in ran.out.splitlines()[-1]) == (0, True)
    assert foreign.run("plan").out.count("[not-managed]") == 3


def test_an_ended_partner_is_not_adopted(foreign: Place) -> None:
    foreign.write(partners__acme=PARTNER.replace("spec:\n", "spec:\n      status: ended\n", 1))

    assert foreign.run("adopt", "--partner", "acme").err.splitlines()[0] == (
        "Error: partner/acme has ended by the files, so it cannot be adopted"
    )
