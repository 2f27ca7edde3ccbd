"""A portal that stores less than the files say is planned for, applied to, and then has no changes."""

import json

import pytest

from reconciler.model.kinds import KINDS
from tests.cli.running import GROUP, PARTNER, Place
from tests.project.conftest import Shelved

INFORMATION = [
    f"{kind.name}.{field}"
    for kind in KINDS.values()
    for field in kind.fields
    if field in {"displayName", "owner", "agreement", "description", "reason", "type", "domains"}
]
BLOCKING = PARTNER.replace("access:", "blocked: [eve@acme.example]\n      access:")
ENDING = PARTNER.replace("access:", "until: 2027-01-31\n      access:")
NOTE = "the portal cannot store some information, which is only in git"


def converged(place: Place) -> tuple[int, int, str]:
    """Apply the files; return the exit codes of that and of the next plan, and what this one prints."""
    first = place.run("apply", "--auto-approve")
    second = place.run("plan", "--detailed-exitcode")
    return first.code, second.code, second.out


def test_a_portal_without_information_and_partners_converges(shelved: Shelved) -> None:
    place = shelved("partner", *INFORMATION)
    code, again, out = converged(place)

    assert (code, again, out.count(NOTE), out.count("No changes.")) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("lacks", "fallback", "partner"),
    [
        (("membership.role",), "admins: as-members", PARTNER),
        (("team_admins",), "admins: as-members", PARTNER),
        (("team.delegated",), "delegated: unmanaged", PARTNER),
        (("partner.blocked",), "blocked: each-run", BLOCKING),
        (("partner",), "blocked: each-run", BLOCKING),
        (("grant.until",), "until: daily-run", ENDING),
        (("enforces_until",), "until: daily-run", ENDING),
        (("grant.level",), "view: omit", PARTNER.replace("[tracking]", "[{group: tracking, level: view}]")),
    ],
)
def test_a_fallback_turns_an_error_into_a_note_and_converges(
    shelved: Shelved, lacks: tuple[str, ...], fallback: str, partner: str
) -> None:
    assert shelved(*lacks, partner=partner).run("plan").code == 3

    place = shelved(*lacks, more=f", fallbacks: {{{fallback}}}", partner=partner)
    code, again, out = converged(place)

    assert (code, again, "No changes." in out, out.count("[fallback]")) == (0, 0, True, 1)


@pytest.mark.parametrize("lacks", [("developer_grants",), ("developer_grants", "partner", "team.delegated")])
def test_a_grant_to_a_person_becomes_a_team_of_one_and_is_read_as_a_grant(
    shelved: Shelved, lacks: tuple[str, ...]
) -> None:
    given = GROUP.replace("offers:", "grants: [{developer: sam@indie.example}]\n      offers:")
    more = ", fallbacks: {developerGrants: team-of-one, delegated: unmanaged}"
    assert shelved(*lacks, group=given).run("plan").code == 3

    place = shelved(*lacks, more=more, group=given)
    code, again, out = converged(place)

    assert (code, again, "No changes." in out, out.count("this one member")) == (0, 0, True, 1)
    shown = place.run("access", "--live", "--person", "sam@indie.example", "--format", "json")
    assert [(each["team"], each["api"]) for each in json.loads(shown.out)["rows"]] == [(None, "tracking-v2")]

    withdrawn = shelved(*lacks, more=more)
    assert (converged(withdrawn)[:2], "sam@" in (place.folder / "shelf.json").read_text()) == ((0, 0), False)


def test_teams_of_one_end_when_the_portal_can_grant_to_people(shelved: Shelved) -> None:
    given = GROUP.replace("offers:", "grants: [{developer: sam@indie.example}]\n      offers:")
    converged(shelved("developer_grants", more=", fallbacks: {developerGrants: team-of-one}", group=given))
    place = shelved(group=given)

    assert converged(place)[:2] == (0, 0)
    assert "developers" not in (place.folder / "shelf.json").read_text()


def test_people_without_an_account_wait_until_they_have_one(shelved: Shelved) -> None:
    more = ", accounts: [ACCOUNTS], fallbacks: {invitations: wait}"
    assert shelved("invitations", more=", accounts: []").run("plan").code == 3

    place = shelved("invitations", more=more.replace("ACCOUNTS", ""))
    code, again, out = converged(place)
    assert (code, again, "until they have one: ana@acme.example" in out) == (0, 0, True)

    place = shelved("invitations", more=more.replace("ACCOUNTS", "ana@acme.example"))
    assert "ana@acme.example" in place.run("plan").out
    code, again, out = converged(place)
    assert (code, again, "[fallback]" in out) == (0, 0, False)


def test_accounts_are_created_by_the_adapter(shelved: Shelved) -> None:
    place = shelved("invitations", more=", accounts: [], fallbacks: {invitations: create}")

    assert "people without an account get one in this portal: ana@acme.example" in place.run("plan").out
    assert converged(place)[:2] == (0, 0)


NAMED = {
    "partner": PARTNER.replace("{name: acme}", "{name: acme, externalName: ACME Logistics}").replace(
        "- name: ops", "- name: ops\n          externalName: {local: Operations}"
    ),
    "group": GROUP.replace("{name: tracking}", "{name: tracking, externalName: Tracking APIs}"),
}


def test_objects_have_their_external_names_in_the_portal_and_ours_everywhere_else(shelved: Shelved) -> None:
    place = shelved(**NAMED)
    code, again, out = converged(place)
    stored = json.loads((place.folder / "shelf.json").read_text())

    assert (code, again, "No changes." in out) == (0, 0, True)
    assert {*stored} == {
        "partner/ACME Logistics",
        "team/ACME Logistics/Operations",
        "membership/ACME Logistics/Operations/ana@acme.example",
        "access-group/Tracking APIs",
        "access-item/Tracking APIs/api/tracking-v2",
        "grant/Tracking APIs/team/ACME Logistics/Operations",
    }
    shown = json.loads(place.run("access", "--live", "--format", "json").out)
    assert [(each["team"], each["via"]) for each in shown["rows"]] == [
        ("acme/ops", ["access-group/tracking"])
    ]


def test_a_saved_plan_has_the_external_names_that_it_needs(shelved: Shelved) -> None:
    place = shelved(**NAMED)
    assert place.run("plan", "--out", "plan.json").code == 0
    names = json.loads((place.folder / "plan.json").read_text())["externalNames"]
    place.write(partners__acme=None)

    assert names == {
        "partner/acme": "ACME Logistics",
        "team/acme/ops": "Operations",
        "access-group/tracking": "Tracking APIs",
    }
    assert place.run("apply", "plan.json").code == 0
    assert "team/ACME Logistics/Operations" in (place.folder / "shelf.json").read_text()


def test_a_renamed_object_with_an_external_name_is_renamed_in_the_portal(shelved: Shelved) -> None:
    converged(shelved())
    new = PARTNER.replace("{name: acme}", "{name: apex, previously: acme, externalName: APEX Ltd}")
    place = shelved(partner=new)

    assert converged(place)[:2] == (0, 0)
    assert {
        each.split("/")[1]
        for each in json.loads((place.folder / "shelf.json").read_text())
        if each.startswith(("partner/", "team/", "membership/"))
    } == {"APEX Ltd"}


def test_an_external_name_that_the_portal_does_not_have_replaces_nothing(shelved: Shelved) -> None:
    converged(shelved())
    before = (shelved().folder / "shelf.json").read_text()
    ran = (place := shelved(**NAMED)).run("apply", "--auto-approve")

    assert (ran.code, (place.folder / "shelf.json").read_text()) == (3, before)


def test_access_ends_by_the_daily_run_in_a_portal_that_stores_no_end(shelved: Shelved) -> None:
    place = shelved(
        "grant.until",
        more=", fallbacks: {until: daily-run}",
        partner=ENDING.replace("2027-01-31", "2026-11-30"),
    )
    place.run("apply", "--auto-approve")
    daily = ("apply", "--only-expired", "--auto-approve", "--today")

    assert (place.run(*daily, "2026-11-30").code, "grant/" in (place.folder / "shelf.json").read_text()) == (
        0,
        True,
    )
    assert (place.run(*daily, "2026-12-01").code, "grant/" in (place.folder / "shelf.json").read_text()) == (
        0,
        False,
    )


def test_an_unknown_fallback_is_an_error_with_the_known_ones(shelved: Shelved) -> None:
    ran = shelved(more=", fallbacks: {admins: as-owners, viewers: omit}").run("validate")

    assert (ran.code, ran.out.splitlines()[:2]) == (
        1,
        [
            (
                "reconciler.yaml:9:75: error: spec.portals.local.fallbacks.admins must be as-members, not"
                ' "as-owners"; did you mean "as-members"? [schema]'
            ),
            ('reconciler.yaml:9:86: error: unknown key "viewers"; did you mean "view"? [schema]'),
        ],
    )


def test_an_object_of_a_kind_that_the_portal_lacks_is_an_error_before_any_write(shelved: Shelved) -> None:
    place = shelved("team_admins")

    ran = place.run("plan")
    assert (ran.code, "partners/acme.yaml:13:16" in ran.out, (place.folder / "shelf.json").exists()) == (
        3,
        True,
        False,
    )
    assert place.run("validate", "--portal", "local").code == 3


def test_renaming_a_partner_keeps_its_teams_in_a_portal_without_partners(shelved: Shelved) -> None:
    assert converged(shelved("partner"))[:2] == (0, 0)
    renamed = PARTNER.replace("{name: acme}", "{name: apex, previously: acme}")

    place = shelved("partner", partner=renamed)
    planned = place.run("plan").out
    code, again, out = converged(place)

    assert ("renamed from acme" in planned, code, again, "No changes." in out) == (True, 0, 0, True)


GRANTS_APIS = ("grant", "access-group", "access-item", "api-product", "product-item")
TO_PERSON = GROUP.replace(
    "apis: [tracking-v2]", "apis: [tracking-v2]\n      grants: [{developer: sam@indie.example}]"
)


@pytest.mark.parametrize(
    ("lacks", "fallback", "partner"),
    [
        ((), "", PARTNER),
        (("partner", "team.delegated"), "delegated: unmanaged", PARTNER),
        (("developer_grants",), "developerGrants: team-of-one", PARTNER),
        (("api-grant.until",), "until: daily-run", ENDING),
        (("enforces_until",), "until: daily-run", ENDING),
        (
            ("api-grant.level",),
            "view: omit",
            PARTNER.replace("[tracking]", "[{group: tracking, level: view}]"),
        ),
    ],
)
def test_a_portal_that_grants_apis_converges(
    shelved: Shelved, lacks: tuple[str, ...], fallback: str, partner: str
) -> None:
    more = f", fallbacks: {{{fallback}}}" if fallback else ""
    place = shelved(*GRANTS_APIS, *lacks, more=more, partner=partner, group=TO_PERSON)
    code, again, out = converged(place)

    assert (code, again, "No changes." in out, out.count("[fallback]")) == (0, 0, True, int(bool(fallback)))


def test_a_team_of_one_is_read_as_a_grant_in_a_portal_that_grants_apis(shelved: Shelved) -> None:
    more = ", fallbacks: {developerGrants: team-of-one}"
    place = shelved(*GRANTS_APIS, "developer_grants", more=more, group=TO_PERSON)
    place.run("apply", "--auto-approve")
    shown = place.run("access", "--live", "--person", "sam@indie.example", "--format", "json")

    assert [(each["team"], each["via"]) for each in json.loads(shown.out)["rows"]] == [
        (None, ["access-group/tracking"])
    ]


def test_a_portal_that_grants_apis_loses_what_the_files_no_longer_grant(shelved: Shelved) -> None:
    place = shelved(*GRANTS_APIS, group=TO_PERSON)
    place.run("apply", "--auto-approve")
    shelved(*GRANTS_APIS, group=GROUP, partner=PARTNER.replace("access: [tracking]", "access: []"))
    plan = place.run("plan", "--format", "json")

    assert [(each["action"], each["id"]) for each in json.loads(plan.out)["changes"]] == [
        ("delete", "api-grant/tracking-v2/developer/sam@indie.example"),
        ("delete", "api-grant/tracking-v2/team/acme/ops"),
    ]


def test_owners_of_groups_and_apis_approve_grants_of_apis(shelved: Shelved) -> None:
    plan = shelved(*GRANTS_APIS, group=TO_PERSON).run("plan", "--format", "json")
    reasons = {(each["owner"], each["reason"]) for each in json.loads(plan.out)["approvals"]}

    assert reasons == {
        ("logistics", "changes access-group/tracking"),
        ("logistics", "adds their API to partner/acme"),
        ("partnerships", "changes partner/acme"),
    }
