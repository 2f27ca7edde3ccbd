"""Extend access, and suspend, resume and end partners and teams."""

import pytest

from tests.cli.running import GROUP, PARTNER, TODAY, Place, Ran

FILE = "partners/acme.yaml"


@pytest.fixture
def written(place: Place) -> Place:
    """The repository with access that ends in several places."""
    soon = "          access: [{group: rates, until: 2027-01-31}]   # soon\n    "
    place.write(partners__acme=PARTNER.rstrip(" ") + soon)
    rates = GROUP.replace("tracking}", "rates}")
    given = GROUP.replace("tracking}", "given}").replace(
        "    offers", "    grants: [{team: acme/ops, until: 2027-01-31}, {partner: bolt}]\n      offers"
    )
    return place.write(
        **{"access-groups__rates": rates, "access-groups__given": given},
        partners__bolt=PARTNER.replace("acme", "bolt").replace("      access: [tracking]\n", ""),
    )


def edit(place: Place, *arguments: str) -> Ran:
    return place.run(*arguments, "--today", TODAY)


def changed(ran: Ran) -> list[str]:
    """Return the lines that go and come."""
    lines = ran.err.splitlines()
    return [each for each in lines if each[:1] in {"+", "-"} and each[:3] not in {"+++", "---"}]


def notes(ran: Ran) -> list[str]:
    return [each for each in ran.err.splitlines() if each.startswith(("Note", "Warning"))]


def test_the_end_of_an_entry_moves(written: Place) -> None:
    later = edit(written, "extend", "acme/ops", "rates", "--until", "2028-01-31")
    same = edit(written, "extend", "acme/ops", "rates", "--until", "2028-01-31")
    none = edit(written, "extend", "acme/ops", "rates", "--no-end")

    assert (later.out, changed(later)) == (
        f"{FILE}\n",
        [
            "-      access: [{group: rates, until: 2027-01-31}]   # soon",
            "+      access: [{group: rates, until: 2028-01-31}]   # soon",
        ],
    )
    assert same == Ran(0, "", f"{FILE} is already up to date; nothing was written.\n")
    assert changed(none)[1] == "+      access: [{group: rates}]   # soon"


def test_the_end_of_a_grant_to_a_person_moves_and_the_grant_is_revoked(written: Place) -> None:
    grants = "    grants: [{developer: Sam@indie.example, reason: beta, until: 2027-01-31}]\n      offers"
    written.write(
        **{"access-groups__given": GROUP.replace("tracking}", "given}").replace("    offers", grants)}
    )
    later = edit(written, "extend", "sam@indie.example", "given", "--until", "2028-01-31")
    unknown = edit(written, "extend", "bo@indie.example", "given", "--no-end")
    other = edit(written, "revoke", "sam@indie.example", "tracking")
    gone = edit(written, "revoke", "sam@indie.example", "given")

    assert (later.out, changed(later)[1], notes(later)) == (
        "access-groups/given.yaml\n",
        "+  grants: [{developer: Sam@indie.example, reason: beta, until: 2028-01-31}]",
        ["Note: the owner of given grants this at access-groups/given.yaml:8:12: also ask logistics."],
    )
    assert unknown.err == (
        'Error: access group "given" is not granted to bo@indie.example\n'
        "Hint: it is granted to Sam@indie.example\n"
    )
    assert other.err.splitlines()[-1] == "Hint: it is granted to no single person"
    assert changed(gone) == ["-  grants: [{developer: Sam@indie.example, reason: beta, until: 2028-01-31}]"]


def test_the_end_of_a_grant_moves_in_the_file_of_its_group_and_its_owner_is_named(written: Place) -> None:
    ran = edit(written, "extend", "acme/ops", "given", "--until", "2028-01-31")

    assert (ran.out, changed(ran), notes(ran)) == (
        "access-groups/given.yaml\n",
        [
            "-  grants: [{team: acme/ops, until: 2027-01-31}, {partner: bolt}]",
            "+  grants: [{team: acme/ops, until: 2028-01-31}, {partner: bolt}]",
        ],
        ["Note: the owner of given grants this at access-groups/given.yaml:8:12: also ask logistics."],
    )


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ["acme/ops", "rates", "--until", "2026-12-31"],
            f"the access at {FILE}:14:16 ends on 2027-01-31, later than 2026-12-31",
            "use `reconciler grant` with --until to end it earlier",
        ),
        (
            ["acme", "tracking", "--until", "2027-12-31"],
            f"the access at {FILE}:10:12 has no end",
            "use `reconciler grant` with --until to end it",
        ),
        (
            ["acme/ops", "tracking", "--until", "2027-12-31"],
            'acme/ops has access group "tracking" because acme has it for all its teams',
            "use `reconciler extend acme tracking` to extend it for all of them",
        ),
        (
            ["bolt/ops", "given", "--until", "2027-12-31"],
            'bolt/ops has access group "given" because bolt has it for all its teams',
            "use `reconciler extend bolt given` to extend it for all of them",
        ),
        (
            ["acme", "rates", "--until", "2027-12-31"],
            'acme does not use access group "rates"',
            "its access groups: tracking",
        ),
        (["acme", "track", "--no-end"], 'access group "track" is not defined in any file', ""),
        (
            ["acme/ops", "rates", "--until", "2026-11-23"],
            '--until: "2026-11-23" is in the past',
            "use today or a later day, or add --past",
        ),
    ],
)
def test_what_cannot_be_extended_says_why(
    written: Place, arguments: list[str], message: str, hint: str
) -> None:
    ran = edit(written, "extend", *arguments)

    assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: {message}")
    assert hint in ran.err


@pytest.mark.parametrize("arguments", [[], ["--until", "2027-12-31", "--no-end"]])
def test_one_new_end_is_given(written: Place, arguments: list[str]) -> None:
    ran = edit(written, "extend", "acme/ops", "rates", *arguments)

    assert (ran.code, "Give either --until or --no-end." in ran.err) == (1, True)


def test_the_end_of_the_partner_counts(written: Place) -> None:
    text = (written.folder / FILE).read_text()
    (written.folder / FILE).write_text(text.replace("spec:\n", "spec:\n  until: 2027-06-30\n"))
    place = f"all access of acme ends on 2027-06-30, with the partner, at {FILE}:5:10"

    beyond = edit(written, "extend", "acme/ops", "rates", "--until", "2028-01-31")
    again = edit(written, "extend", "acme/ops", "rates", "--until", "2029-01-31")

    assert (beyond.code, notes(beyond)) == (0, [f"Note: {place}."])
    assert again.err == f"Error: {place}\nHint: change until of the partner in its file\n"


def test_an_offer_that_limits_the_days_denies_a_later_end(written: Place) -> None:
    rates = (written.folder / "access-groups/rates.yaml").read_text()
    (written.folder / "access-groups/rates.yaml").write_text(
        rates.replace("reseller}", "reseller, maxDays: 100}")
    )

    ran = edit(written, "extend", "acme/ops", "rates", "--until", "2028-01-31")

    assert (ran.code, "100 days" in ran.err) == (3, True)


def test_a_partner_is_suspended_and_resumed_and_all_is_as_before(written: Place) -> None:
    before = (written.folder / FILE).read_text()
    suspended = edit(written, "suspend", "acme")
    again = edit(written, "suspend", "acme")
    resumed = edit(written, "resume", "acme")

    assert (suspended.code, suspended.out, changed(suspended)) == (0, f"{FILE}\n", ["+  status: suspended"])
    assert notes(suspended) == [
        "Note: with the next apply, all grants to the teams of acme are withdrawn; teams and people stay.",
        "Note: by the files, 1 person loses access through acme.",
        "Note: the members of delegated teams are not counted: acme/ops.",
    ]
    assert again == Ran(0, "", f"{FILE} is already up to date; nothing was written.\n")
    assert (resumed.code, (written.folder / FILE).read_text()) == (0, before)


def test_a_partner_or_team_ends_once_and_for_all(written: Place) -> None:
    team = edit(written, "end", "acme/ops")
    partner = edit(written, "end", "acme")
    resumed = edit(written, "resume", "acme")

    assert changed(team) == ["+      status: ended"]
    assert (partner.code, changed(partner)) == (0, ["+  status: ended"])
    assert resumed == Ran(
        1,
        "",
        'Error: partner "acme" has ended: what was applied of that is deleted\n'
        "Hint: remove `status: ended` from the file by hand to create it again\n",
    )


def test_a_team_is_not_suspended(written: Place) -> None:
    assert edit(written, "suspend", "acme/ops").err == (
        "Error: acme/ops is a team, and only partners can be suspended\nHint: use `reconciler revoke`\n"
    )
