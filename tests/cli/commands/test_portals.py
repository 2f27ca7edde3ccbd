"""Documents that are limited to some portals."""

import json

import pytest

from tests.cli.running import CONFIGURATION, GROUP, PARTNER, Place, Ran

AWAY = '    away: {type: embedded, url: "http://127.0.0.1:9", token: {env: PORTAL_TOKEN}}'
LAB = "    lab: {type: embedded, database: .reconciler/lab.db}"
ONLY_LAB = PARTNER.replace("{name: acme}", "{name: acme, portals: [lab]}")


@pytest.fixture
def two(place: Place) -> Place:
    """A repository with two portals."""
    return place.write(reconciler=CONFIGURATION.replace(AWAY, LAB))


def changed(ran: Ran) -> list[str]:
    return [each["id"] for each in json.loads(ran.out)["changes"]]


GROUPS = ["access-group/tracking", "access-item/tracking/api/tracking-v2"]


def test_a_document_is_planned_only_for_its_portals(two: Place) -> None:
    two.write(partners__acme=ONLY_LAB)

    assert [
        sorted(changed(two.run("plan", "--format", "json", "--portal", portal)))
        for portal in ("local", "lab")
    ] == [
        GROUPS,
        [
            *GROUPS,
            "grant/tracking/team/acme/ops",
            "membership/acme/ops/ana@acme.example",
            "partner/acme",
            "team/acme/ops",
        ],
    ]


def test_a_misspelled_portal_is_a_warning_with_the_right_name(two: Place) -> None:
    two.write(partners__acme=ONLY_LAB.replace("[lab]", "[locla]"))
    ran = two.run("validate")

    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        (
            'partners/acme.yaml:3:34: warning: portal "locla" is not defined; did you mean "local"?'
            " [unknown-portal]"
        ),
    )


def test_a_group_that_a_portal_lacks_is_an_error_before_any_plan(two: Place) -> None:
    two.write(**{"access-groups__tracking": GROUP.replace("tracking}", "tracking, portals: [lab]}")})
    ran = two.run("plan")

    assert (ran.code, ran.out.splitlines()[0]) == (
        1,
        (
            'partners/acme.yaml:10:12: error: access group "tracking" does not exist in the portal "local"'
            " (access-groups/tracking.yaml:3:37); limit this document as well, with `portals: [lab]` in"
            " metadata [unknown-reference]"
        ),
    )


def test_a_partner_that_leaves_a_portal_is_not_deleted_there_silently(two: Place) -> None:
    two.run("apply", "--auto-approve")
    two.write(partners__acme=ONLY_LAB)
    ran = two.run("plan", "--format", "json")

    [denied] = [each for each in json.loads(ran.out)["findings"] if each["rule"] == "guard-partner-removed"]
    assert (ran.code, denied["message"], denied["hint"].partition("; or")[0]) == (
        3,
        (
            'partner "acme" still exists in the portal, but metadata.portals does not list it'
            " (partners/acme.yaml:3:33)"
        ),
        "add the portal to metadata.portals",
    )


def test_a_rule_about_a_portal_ignores_the_documents_of_others(two: Place) -> None:
    two.run("plan")
    beta = GROUP.replace("tracking", "beta").replace("beta}", "beta, portals: [lab]}")
    catalog = (
        (two.folder / "catalog.yaml")
        .read_text()
        .replace("apis: [", "apis: [{name: beta-v2, owner: logistics}, ")
    )
    (two.folder / "catalog.yaml").write_text(catalog)
    two.write(**{"access-groups__beta": beta})

    assert [two.run("plan", "--portal", portal).code for portal in ("local", "lab")] == [0, 0]


def test_access_by_the_files_is_that_of_the_chosen_portal(two: Place) -> None:
    two.write(partners__acme=ONLY_LAB)
    rows = {
        portal: json.loads(two.run("access", "--format", "json", *options).out)["rows"]
        for portal, options in {
            "all": (),
            "local": ("--portal", "local"),
            "lab": ("--portal", "lab"),
        }.items()
    }

    assert {portal: [each["person"] for each in found] for portal, found in rows.items()} == {
        "all": ["ana@acme.example"],
        "local": [],
        "lab": ["ana@acme.example"],
    }


def test_a_partner_of_another_portal_is_noted(two: Place) -> None:
    two.write(partners__acme=ONLY_LAB)
    ran = two.run("access", "--partner", "acme", "--portal", "local")

    assert (ran.code, ran.err) == (
        0,
        'Note: partners/acme.yaml:3:33: partner "acme" does not exist in this portal.\n',
    )


def test_an_unknown_portal_is_an_error_of_access_by_the_files_too(two: Place) -> None:
    ran = two.run("access", "--portal", "lap")

    assert (ran.code, ran.err) == (
        1,
        'Error: portal "lap" is not defined in reconciler.yaml\nHint: known: local, lab\n',
    )
