"""`apply --only-removals`: people are taken out at once, and nothing is added."""

import json
from textwrap import dedent

import pytest

from tests.cli.commands.test_base import committed, git
from tests.cli.running import CONFIGURATION, GROUP, Place, Ran
from tests.cli.running import PARTNER as ONE_TEAM

PARTNER = dedent(ONE_TEAM)
LISTED = PARTNER + "      members: [bo@acme.example, cy@acme.example]\n"
LEFT = PARTNER.replace("Acme", "Acme Ltd") + "      members: [cy@acme.example, dan@acme.example]\n"
BO, CY = "membership/acme/ops/bo@acme.example", "membership/acme/ops/cy@acme.example"
SECOND = "    - {name: dev, admins: [eve@acme.example], members: []}\n"


def removals(place: Place, *options: str) -> Ran:
    return place.run("apply", "--only-removals", "--auto-approve", *options)


def entries(ran: Ran) -> list[str]:
    """Return what a receipt in JSON says was applied."""
    return [f"{each['action']} {each['id']}" for each in json.loads(ran.out)["entries"]]


def denials(ran: Ran) -> list[str]:
    return [line.rpartition("[")[2].rstrip("]") for line in ran.out.splitlines() if ": error: " in line]


@pytest.fixture
def listed(place: Place) -> Place:
    """A portal with a team whose members are listed, and files in which one of them is replaced."""
    place.write(partners__acme=LISTED).run("apply", "--auto-approve")
    return place.write(partners__acme=LEFT)


def test_who_left_is_out_and_a_later_apply_does_the_rest(listed: Place) -> None:
    ran = removals(listed, "--format", "json")
    rest = listed.run("apply", "--auto-approve", "--format", "json")

    assert (ran.code, entries(ran)) == (0, [f"delete {BO}"])
    assert [each["people"] for each in json.loads(ran.out)["access"]["lost"]] == [["bo@acme.example"]]
    assert entries(rest) == ["update partner/acme", "create membership/acme/ops/dan@acme.example"]
    assert listed.run("plan").out == "No changes.\n"


def test_the_plan_shows_that_it_only_removes(listed: Place) -> None:
    note = "Only removes and lowers access; all other differences are left alone."
    first, second = removals(listed).out, removals(listed).out

    assert note in first.splitlines()
    assert second == f"{note}\nNo changes.\n"


def test_a_rule_does_not_delay_a_removal(listed: Place) -> None:
    listed.write(**{"access-groups__tracking": GROUP.replace("type: reseller", "type: internal")})

    assert listed.run("apply", "--auto-approve").code == 3
    assert entries(removals(listed, "--format", "json")) == [f"delete {BO}"]


def test_the_guard_still_counts(place: Place) -> None:
    people = ", ".join(f"p{number}@acme.example" for number in range(12))
    place.write(partners__acme=PARTNER + f"      members: [{people}]\n").run("apply", "--auto-approve")
    ran = removals(place.write(partners__acme=PARTNER + "      members: []\n"))

    assert (ran.code, denials(ran)) == (3, ["guard-deletions", "guard-people"])
    assert len(json.loads(place.run("access", "--live", "--format", "json").out)["rows"]) == 13
    [digest] = {each.strip(",") for each in ran.out.split() if each.startswith("sha256:")}
    assert len(entries(removals(place, "--allow", digest, "--format", "json"))) == 12


def test_who_moves_keeps_access_and_is_named(place: Place) -> None:
    place.write(partners__acme=LISTED + SECOND).run("apply", "--auto-approve")
    moved = LISTED.replace("bo@acme.example, cy@acme.example", "") + SECOND.replace("[]", "[bo@acme.example]")
    ran = removals(place.write(partners__acme=moved))

    assert (
        f"warning: 1 removal is left out, because of changes that must come first: {BO}; "
        "`reconciler apply` makes all changes in order [removal-left-out]"
    ) in ran.out.splitlines()


def test_a_script_reads_what_is_left_out_on_stderr(place: Place) -> None:
    place.write(partners__acme=LISTED + SECOND).run("apply", "--auto-approve")
    moved = LISTED.replace("bo@acme.example, cy@acme.example", "") + SECOND.replace("[]", "[bo@acme.example]")
    ran = removals(place.write(partners__acme=moved), "--format", "json")

    assert entries(ran) == [f"delete {CY}"]
    assert (
        f"Warning: local: 1 removal is left out, because of changes that must come first: {BO}; "
        "`reconciler apply` makes all changes in order"
    ) in ran.err.splitlines()


def test_a_delegated_team_that_becomes_listed_keeps_those_whom_its_admins_added(place: Place) -> None:
    place.write(partners__acme=LISTED).run("apply", "--auto-approve")
    place.write(partners__acme=PARTNER).run("apply", "--auto-approve")
    ran = removals(place.write(partners__acme=PARTNER + "      members: [cy@acme.example]\n"))

    assert (ran.code, denials(ran)) == (3, ["guard-delegation"])


def test_an_admin_who_is_replaced_goes_first_and_the_team_is_named(place: Place) -> None:
    place.write(partners__acme=LISTED).run("apply", "--auto-approve")
    ran = removals(place.write(partners__acme=LISTED.replace("ana@", "eve@")))

    assert ran.code == 0
    assert 'team "acme/ops" loses its last admin before the next one in the file is added' in ran.out


def test_the_guard_judges_a_team_as_a_whole_where_only_a_part_is_removed(place: Place) -> None:
    """Bo moves, so the team stays for now; Cy, whom its admin could have added, does not go alone."""
    place.write(partners__acme=LISTED + SECOND).run("apply", "--auto-approve")
    place.write(partners__acme=PARTNER + SECOND).run("apply", "--auto-approve")
    without = "".join(PARTNER.partition("    - name: ops")[:1]) + SECOND.replace("[]", "[bo@acme.example]")
    ran = removals(place.write(partners__acme=without))

    assert (ran.code, denials(ran)) == (3, ["guard-delegation"])
    assert 'team "acme/ops" would be deleted with 2 members who are not listed in the files' in ran.out


def test_with_a_base_only_what_a_merge_removes_is_removed(listed: Place) -> None:
    listed.write(partners__acme=LISTED.replace("bo@acme.example, ", ""))
    (listed.folder / ".gitignore").write_text(".reconciler\n")
    git(listed.folder, "init", "--quiet", "--initial-branch=main")
    committed(listed, "Begin")
    listed.write(partners__acme=PARTNER + "      members: []\n")

    assert entries(removals(listed, "--base", "main", "--format", "json")) == [f"delete {CY}"]
    assert entries(removals(listed, "--format", "json")) == [f"delete {BO}"]


def test_every_portal_has_its_own_receipt(place: Place) -> None:
    lab = "    lab: {type: embedded, database: .reconciler/lab.db}"
    away = CONFIGURATION.splitlines()[-2].strip()
    place.write(reconciler=CONFIGURATION.replace(away, lab.strip()), partners__acme=LISTED)
    place.run("apply", "--auto-approve", "--portal", "all")
    ran = removals(place.write(partners__acme=LEFT), "--portal", "all", "--format", "json")

    assert {
        each["portal"]: [entry["id"] for entry in each["entries"]] for each in json.loads(ran.out)["receipts"]
    } == {
        "lab": [BO],
        "local": [BO],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["plan.json"], "--only-removals makes its own plan: leave out PLAN."),
        (["--only-expired"], "--only-expired and --only-removals exclude each other."),
    ],
)
def test_what_does_not_go_with_it_is_an_error(place: Place, options: list[str], message: str) -> None:
    assert removals(place, *options).err.splitlines()[-1] == f"Error: {message}"
