"""Many people at once: member add and member remove with several addresses and CSV files."""

from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.cli.actions.edits import csv_files
from tests.cli.running import PARTNER, TODAY, Place, Ran

FILE = "partners/acme.yaml"
TEAM = """\
        - name: finance
          admins: [cy@acme.example]
          members:
            - bo@acme.example   # since May
            - {email: di@acme.example, until: 2027-01-31}
    """


@pytest.fixture
def written(place: Place) -> Place:
    """The repository with a team whose members are listed."""
    return place.write(partners__acme=f"{PARTNER.rstrip(' ')}{TEAM}")


def edit(place: Place, *arguments: str) -> Ran:
    return place.run("member", *arguments, "--today", TODAY)


def changed(ran: Ran) -> tuple[int, list[str], list[str]]:
    """Return the exit code, the lines that go and come, and the other messages."""
    lines = ran.err.splitlines()
    diff = [each for each in lines if each[:1] in {"+", "-"} and each[:3] not in {"+++", "---"}]
    others = [each for each in lines if each.startswith(("Note", "Already", "Error", "Hint", "Warning"))]
    return ran.code, diff, others


def test_several_people_are_added_at_once(written: Place) -> None:
    ran = edit(written, "add", "acme/finance", "a@acme.example", "BO@acme.example", "A@acme.example")

    assert changed(ran) == (
        0,
        ["+        - a@acme.example"],
        ["Note: 1 repeated address ignored.", "Already in acme/finance, unchanged: BO@acme.example."],
    )


def test_a_file_has_ends_and_roles(written: Place) -> None:
    Path("p.csv").write_text(
        "Email;Until;Role;Phone\r\n"
        "ed@acme.example;2027-12-31;;1\r\n"
        "bo@acme.example;;admin;2\r\n"
        "di@acme.example;;;3\r\n"
    )

    ran = edit(written, "add", "acme/finance", "--csv", "p.csv", "--until", "2028-01-31")

    assert changed(ran) == (
        0,
        [
            "-      admins: [cy@acme.example]",
            "+      admins: [cy@acme.example, {email: bo@acme.example, until: 2028-01-31}]",
            "-        - bo@acme.example   # since May",
            "-        - {email: di@acme.example, until: 2027-01-31}",
            "+        - {email: di@acme.example, until: 2028-01-31}",
            "+        - {email: ed@acme.example, until: 2027-12-31}",
        ],
        ["Note: columns not used: Phone."],
    )


def test_a_member_becomes_an_admin_and_keeps_the_last_day(written: Place) -> None:
    assert changed(edit(written, "add", "acme/finance", "di@acme.example", "--admin"))[1] == [
        "-      admins: [cy@acme.example]",
        "+      admins: [cy@acme.example, {email: di@acme.example, until: 2027-01-31}]",
        "-        - {email: di@acme.example, until: 2027-01-31}",
    ]


def test_a_delegated_team_gets_admins(written: Place) -> None:
    assert changed(edit(written, "add", "acme/ops", "bo@acme.example", "--admin"))[1] == [
        "-      admins: [ana@acme.example]",
        "+      admins: [ana@acme.example, bo@acme.example]",
    ]
    assert edit(written, "add", "acme/ops", "x@acme.example").err == (
        "Error: the members of acme/ops are delegated to its admins\n"
        "Hint: ask the admins: ana@acme.example, bo@acme.example\n"
    )


def test_an_admin_is_no_member_beside_that(written: Place) -> None:
    same = edit(written, "add", "acme/finance", "cy@acme.example")
    ended = edit(written, "add", "acme/finance", "cy@acme.example", "--until", "2027-12-31")
    admin = edit(written, "add", "acme/finance", "cy@acme.example", "--until", "2027-12-31", "--admin")

    assert same == Ran(0, "", f"{FILE} is already up to date; nothing was written.\n")
    assert ended.err == (
        "Error: cy@acme.example is an admin of acme/finance\n"
        "Hint: add them as admins to change their last day\n"
    )
    assert changed(admin)[1] == [
        "-      admins: [cy@acme.example]",
        "+      admins: [{email: cy@acme.example, until: 2027-12-31}]",
    ]


def test_several_people_are_removed_at_once(written: Place) -> None:
    Path("leavers.csv").write_text("mail\nbo@acme.example\n")

    ran = edit(written, "remove", "acme/finance", "Di@acme.example", "--csv", "leavers.csv")

    assert changed(ran) == (
        0,
        [
            "-      members:",
            "-        - bo@acme.example   # since May",
            "-        - {email: di@acme.example, until: 2027-01-31}",
            "+      members: []",
        ],
        [],
    )


def test_all_who_cannot_be_removed_are_named(written: Place) -> None:
    Path("leavers.csv").write_text("email\nbo@acme.example\nx@acme.example\ncy@acme.example\n")

    assert edit(written, "remove", "acme/finance", "y@acme.example", "--csv", "leavers.csv") == Ran(
        1,
        "",
        "Error: y@acme.example is not a member of acme/finance\n"
        "leavers.csv:3: x@acme.example is not a member of acme/finance\n"
        "leavers.csv:4: cy@acme.example is an admin of acme/finance\n"
        "Hint: its members: bo@acme.example, di@acme.example\n",
    )


def test_an_admin_is_removed_only_with_admin_and_never_the_last_one(written: Place) -> None:
    edit(written, "add", "acme/finance", "ed@acme.example", "--admin")
    refused = edit(written, "remove", "acme/finance", "ed@acme.example")
    member = edit(written, "remove", "acme/finance", "bo@acme.example", "--admin")
    done = edit(written, "remove", "acme/finance", "ED@acme.example", "--admin")
    last = edit(written, "remove", "acme/ops", "ana@acme.example", "--admin")

    assert refused.err == (
        "Error: ed@acme.example is an admin of acme/finance\nHint: --admin removes admins\n"
    )
    assert member.err == (
        "Error: bo@acme.example is not an admin of acme/finance\n"
        "Hint: its admins: cy@acme.example, ed@acme.example\n"
    )
    assert changed(done)[1] == [
        "-      admins: [cy@acme.example, ed@acme.example]",
        "+      admins: [cy@acme.example]",
    ]
    assert last.err == (
        "Error: acme/ops would have no admin any more\n"
        "Hint: add another one first: reconciler member add acme/ops EMAIL --admin\n"
    )


def test_all_wrong_addresses_and_rows_are_named_and_nothing_is_written(written: Place) -> None:
    Path("p.csv").write_text("email,until\nx@\na@acme.example,2026-02-30\nb@acme.example\n")
    before = Path(FILE).read_text()

    ran = edit(written, "add", "acme/finance", "y@", "--csv", "p.csv")

    assert (ran, Path(FILE).read_text()) == (
        Ran(
            1,
            "",
            'Error: "y@" is not a valid e-mail address\n'
            'p.csv:2: "x@" is not a valid e-mail address; use name@company.example\n'
            'p.csv:3: "2026-02-30" is not a valid date; check month and day\n'
            "Hint: use name@company.example\n",
        ),
        before,
    )


def test_all_rows_that_ended_are_named(written: Place) -> None:
    Path("p.csv").write_text("email,until\na@acme.example,2026-01-31\nb@acme.example,2026-02-28\n")

    assert edit(written, "add", "acme/finance", "--csv", "p.csv").err == (
        'Error: p.csv:2: "2026-01-31" is in the past\np.csv:3: "2026-02-28" is in the past\n'
        "Hint: use today or a later day, or add --past\n"
    )
    assert edit(written, "add", "acme/finance", "--csv", "p.csv", "--past").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["acme/finance"], "Name at least one e-mail address, or a file with --csv."),
        (["acme/finance", "--csv", "none.csv"], "none.csv cannot be read: No such file or directory"),
        (["acme/finance", "--csv", "binary.csv"], "binary.csv is not UTF-8"),
        (
            ["acme/finance", "--csv", "ends.csv", "--no-until"],
            "--no-until and a last day in the CSV file exclude each other.",
        ),
    ],
)
def test_what_was_given_is_checked(written: Place, arguments: list[str], message: str) -> None:
    Path("binary.csv").write_bytes(b"email\n\xff\n")
    Path("ends.csv").write_text("email,until\na@acme.example,2027-12-31\n")

    ran = edit(written, "add", *arguments)

    assert (ran.code, message in ran.err) == (1, True)


def test_a_huge_file_is_refused(written: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MAX_BYTES", 2_000_000)
    Path("p.csv").write_bytes(b"email\n" + b"x" * 2_000_000)

    assert edit(written, "add", "acme/finance", "--csv", "p.csv").err == (
        "Error: p.csv has more than 2 MB\nHint: split it into several files\n"
    )


def test_a_file_that_would_become_too_large_to_read_is_not_written(
    written: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.workflow.preview.max_size", lambda _: 600)
    Path("p.csv").write_text("email\n" + "".join(f"p{number}@acme.example\n" for number in range(50)))

    ran = edit(written, "add", "acme/finance", "--csv", "p.csv")

    assert (ran.code, ran.err.splitlines()[1]) == (
        1,
        f"{FILE}: {FILE} has 0 MB, but the limit is 5 MB; split it into several files",
    )


@pytest.mark.no_cover
@pytest.mark.real
def test_a_hundred_thousand_people_are_added_and_removed(written: Place) -> None:
    rows = "".join(f"person{number}@acme.example\n" for number in range(100_000))
    Path("p.csv").write_text(f"email\n{rows}")
    before = Path(FILE).read_text()

    assert edit(written, "add", "acme/finance", "--csv", "p.csv").code == 0
    assert Path(FILE).read_text().count("\n") == before.count("\n") + 100_000
    assert edit(written, "remove", "acme/finance", "--csv", "p.csv").code == 0
    assert Path(FILE).read_text() == before


def test_the_fixture_is_a_valid_repository(written: Place) -> None:
    assert written.run("validate").code == 0
    assert dedent(PARTNER) in Path(FILE).read_text()
