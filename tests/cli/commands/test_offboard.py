"""`offboard`: people are taken out of all files, and blocked wherever they could come back."""

import json
from textwrap import dedent

import pytest

from tests.cli.running import CONFIGURATION, GROUP, Place
from tests.cli.running import PARTNER as ONE_TEAM

PARTNER = dedent(ONE_TEAM)
BO, ANA = "bo@acme.example", "ana@acme.example"
LISTED = PARTNER.replace("[ana@acme.example]", f"[ana@acme.example, {BO}]")
GRANTS = dedent(GROUP) + f"  grants: [{{developer: {BO}, level: view}}]\n"


def text(place: Place, path: str) -> str:
    return (place.folder / path).read_text()


def test_a_person_is_out_of_all_files_and_blocked_where_admins_manage_members(place: Place) -> None:
    other = PARTNER.replace("name: acme}", "name: bolt}").replace("acme.example", "bolt.example")
    with_both = other.replace(
        "[ana@bolt.example]", f"[ana@bolt.example]\n      members: [{BO}, cy@bolt.example]"
    )
    place.write(partners__acme=LISTED, partners__bolt=with_both, **{"access-groups__tracking": GRANTS})

    ran = place.run("offboard", "Bo@ACME.example")

    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["access-groups/tracking.yaml", "partners/acme.yaml", "partners/bolt.yaml"],
    )
    assert text(place, "partners/acme.yaml") == PARTNER.replace(
        "access: [tracking]", f"blocked: [{BO}]\n  access: [tracking]"
    )
    assert text(place, "partners/bolt.yaml") == with_both.replace(f"{BO}, ", "")
    assert text(place, "access-groups/tracking.yaml") == dedent(GROUP)
    assert place.run("validate").code == 0


def test_a_domain_is_enough_where_a_team_is_delegated(place: Place) -> None:
    listed = PARTNER.replace("name: acme}", "name: bolt}") + "      members: []\n"
    place.write(partners__acme=PARTNER, partners__bolt=listed)

    assert place.run("offboard", "who@acme.example").out.splitlines() == ["partners/acme.yaml"]
    assert "blocked: [who@acme.example]" in text(place, "partners/acme.yaml")


def test_what_has_ended_lets_nobody_in(place: Place) -> None:
    ended = PARTNER.replace("  type:", "  status: ended\n  type:")
    place.write(partners__acme=ended)

    assert place.run("offboard", BO).err.splitlines() == [
        "everything is already up to date; nothing was written.",
        f"Note: {BO} is not in any file; check the address, or search the portal with --live.",
    ]


def test_nothing_is_left_to_do_the_second_time(place: Place) -> None:
    place.write(partners__acme=LISTED).run("offboard", BO)
    again = place.run("offboard", "BO@acme.example")

    assert (again.code, again.out, again.err) == (
        0,
        "",
        "everything is already up to date; nothing was written.\n",
    )


def test_an_address_that_no_file_has_is_said_with_the_one_that_was_meant(place: Place) -> None:
    ran = place.write(partners__acme=LISTED).run("offboard", "boo@acme.example", "--dry-run")

    assert f'Note: boo@acme.example is not in any file; did you mean "{BO}"?' in ran.err.splitlines()


def test_a_team_without_an_admin_is_named_with_those_who_could_be_it(place: Place) -> None:
    finance = (
        "    - {name: finance, admins: [cy@acme.example, bo@acme.example], members: [dan@acme.example]}\n"
    )
    place.write(partners__acme=PARTNER + "      members: [eve@acme.example]\n" + finance)
    ran = place.run("offboard", ANA, BO)

    assert (ran.code, ran.out) == (0, "partners/acme.yaml\n")
    assert (
        "Warning: acme/ops has no admin any more; it could be eve@acme.example (member of acme/ops), "
        "cy@acme.example (admin of acme/finance), dan@acme.example (member of acme/finance)."
    ) in ran.err.splitlines()
    assert 'team "acme/ops" has no admin' in place.run("validate").out


def test_a_dry_run_prints_the_difference_and_writes_nothing(place: Place) -> None:
    before = text(place.write(partners__acme=LISTED), "partners/acme.yaml")
    ran = place.run("offboard", BO, "--dry-run")

    assert (ran.code, f"+  blocked: [{BO}]" in ran.out.splitlines()) == (0, True)
    assert text(place, "partners/acme.yaml") == before


def test_a_file_with_errors_could_name_the_person_so_nothing_is_written(place: Place) -> None:
    place.write(partners__acme=LISTED, partners__bolt=PARTNER.replace("owner:", "ownr:"))
    ran = place.run("offboard", BO)

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "Error: 1 file has errors, and could name the person: partners/bolt.yaml",
    )
    assert text(place, "partners/acme.yaml") == LISTED


def test_an_owner_is_named_because_the_configuration_is_not_changed(place: Place) -> None:
    ran = place.run("offboard", "P@our-company.example")

    assert (
        "Note: p@our-company.example is the address of the owner partnerships in the configuration."
        in ran.err.splitlines()
    )


def test_live_blocks_in_each_partner_that_has_the_person_in_a_portal(place: Place) -> None:
    """The second portal has Zoe in a team whose members its admins manage."""
    lab = CONFIGURATION.replace(
        "    away: {type: embedded",
        "    lab: {type: embedded, database: .reconciler/lab.db}\n        away: {type: embedded",
    )
    with_zoe = PARTNER + "      members: [zoe@other.example]\n"
    place.write(reconciler=lab, partners__acme=with_zoe).run("apply", "--portal", "lab", "--auto-approve")
    place.write(partners__acme=PARTNER).run("apply", "--portal", "lab", "--auto-approve")

    unseen = place.run("offboard", "zoe@other.example", "--live")
    seen = place.run("offboard", "zoe@other.example", "--live", "--portal", "local,lab")

    assert (unseen.out, "is not in any file" in unseen.err) == ("", True)
    assert (seen.code, seen.out, "is not in any file" in seen.err) == (0, "partners/acme.yaml\n", False)
    removed = place.run("apply", "--portal", "lab", "--only-removals", "--auto-approve", "--format", "json")
    assert [each["id"] for each in json.loads(removed.out)["entries"]] == [
        "partner/acme",
        "membership/acme/ops/zoe@other.example",
    ]


def test_live_knows_the_members_who_could_be_the_next_admin(place: Place) -> None:
    place.write(partners__acme=PARTNER + "      members: [cy@acme.example]\n").run("apply", "--auto-approve")
    place.write(partners__acme=PARTNER).run("apply", "--auto-approve")

    by_files, live = (place.run("offboard", ANA, "--dry-run", *option) for option in ((), ("--live",)))

    ending = "acme/ops has no admin any more; "
    assert f"Warning: {ending}its partner has no other people in its file." in by_files.err.splitlines()
    who = "it could be cy@acme.example (member of acme/ops in a portal)."
    assert f"Warning: {ending}{who}" in live.err.splitlines()


def test_live_names_what_another_configuration_manages(place: Place) -> None:
    place.write(partners__acme=LISTED).run("apply", "--auto-approve")
    place.write(reconciler=CONFIGURATION.replace("name: our-company", "name: others"))
    ran = place.run("offboard", BO, "--live")

    assert ran.code == 0
    assert f"Warning: in local, this is not managed here, and stays: member acme/ops/{BO}." in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bo"], '"bo" is not a valid e-mail address'),
        ([BO, "--portal", "local"], "--portal needs --live."),
        ([BO, "--live", "--portal", "away"], "PORTAL_TOKEN"),
    ],
)
def test_what_cannot_be_done_is_an_error_before_anything_is_written(
    place: Place, arguments: list[str], message: str
) -> None:
    ran = place.write(partners__acme=LISTED).run("offboard", *arguments)

    assert (ran.code in {1, 5}, message in ran.err) == (True, True)
    assert text(place, "partners/acme.yaml") == LISTED
