"""`reconciler people pull`: what is written, printed and refused."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

import pytest

from reconciler.model.directory import GroupAnswer
from reconciler.sources import SOURCES, Credentials, SourceType
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place
from tests.sources.directories import MemoryDirectory, person

SOURCE = """\
      sources:
        directory: {type: scim, url: "https://id.example.com/v2", token: {env: RECONCILER_ID_TOKEN}}
    """
LOCK = """\
# Written by `reconciler people pull`. Change the groups in the directory, not this file.
apiVersion: reconciler/v1
kind: People
metadata:
  name: people
spec:
  teams:
    acme/ops:
      members:
        - {source: directory, id: "bo", email: bo@acme.example}
        - {source: directory, id: "cy", email: cy@acme.example}
"""


@pytest.fixture
def directory(place: Place, monkeypatch: pytest.MonkeyPatch) -> MemoryDirectory:
    """A repository with a team whose members are a group of a directory, which is in this process."""
    found = MemoryDirectory({"Ops": [person("bo"), person("cy")]})

    @asynccontextmanager
    async def opened(_settings: Any, credentials: Credentials) -> AsyncIterator[MemoryDirectory]:
        assert credentials.require("token", "")[0].reveal() == "token-of-ours"
        yield found

    module = ModuleType("planted_directory")
    vars(module)["SOURCE"] = SourceType(opened)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(dict_of_sources(), "scim", module.__name__)
    monkeypatch.setenv("RECONCILER_ID_TOKEN", "token-of-ours")
    team = PARTNER.replace(
        "admins: [ana@acme.example]",
        "admins: [ana@acme.example]\n          members: {from: directory, group: Ops}",
    )
    place.write(
        reconciler=CONFIGURATION.rstrip(" ") + SOURCE,
        partners__acme=team,
        catalog=CATALOG,
        **{"access-groups__tracking": GROUP},
    )
    return found


def test_without_a_team_that_has_a_group_the_command_says_so(place: Place) -> None:
    ran = place.run("people", "pull")

    assert (ran.code, ran.out, ran.err, content(place)) == (
        0,
        "No changes.\n",
        "No team takes its people from a directory: no `admins` or `members` have `from`.\n",
        None,
    )


def dict_of_sources() -> dict[str, str]:
    assert isinstance(SOURCES, dict)
    return SOURCES


def content(place: Place) -> str | None:
    lock = place.folder / "people.lock"
    return lock.read_text() if lock.exists() else None


@pytest.mark.usefixtures("directory")
def test_who_is_in_the_group_is_written(place: Place) -> None:
    ran = place.run("people", "pull")

    assert (ran.code, content(place)) == (0, LOCK)
    assert ran.out == (
        "acme/ops members\n  + bo@acme.example\n  + cy@acme.example\n2 people added in 1 team.\n"
    )
    assert ran.err == "people.lock was written.\n"


@pytest.mark.usefixtures("directory")
def test_a_second_pull_changes_nothing(place: Place) -> None:
    place.run("people", "pull")
    before = (place.folder / "people.lock").stat()

    ran = place.run("people", "pull", "--detailed-exitcode")

    assert ran == (0, "No changes.\n", "")
    assert (place.folder / "people.lock").stat() == before


@pytest.mark.usefixtures("directory")
def test_a_dry_run_writes_nothing(place: Place) -> None:
    ran = place.run("people", "pull", "--dry-run", "--detailed-exitcode")

    assert (ran.code, ran.err, content(place)) == (2, "", None)


def test_what_was_written_is_read_again(place: Place, directory: MemoryDirectory) -> None:
    directory.groups["Ops"] = [person("7", "O'Neil.x@acme.example"), person('a"\\b', "ü@acme.example")]
    place.run("people", "pull")

    assert place.run("people", "pull").out == "No changes.\n"
    assert "yaml" not in place.run("validate").out


def test_a_limit_ends_with_3_and_prints_what_lets_this_pull_through(
    place: Place, directory: MemoryDirectory
) -> None:
    directory.groups["Ops"] = [person(f"p{number}") for number in range(8)]
    place.run("people", "pull")
    before = content(place)
    directory.groups["Ops"] = [person("p7"), person("new")]

    ran = place.run("people", "pull")
    allow = ran.out.splitlines()[-2].split()[-2:]
    allowed = place.run("people", "pull", *allow)

    assert (ran.code, before) == (3, before)
    missing = ", ".join(f"p{number}@acme.example" for number in range(6))
    assert ran.out.splitlines()[:2] == [
        "Too many leave: directory: partner acme: 7 of 8 people leave (limit: 30 % or 50, above 5)",
        f"  missing: {missing} and 1 more",
    ]
    assert (
        ran.out.splitlines()[4] == "  Nothing of directory is applied. If these people left, allow this pull:"
    )
    assert ran.out.splitlines()[-1] == "No changes."
    assert (allowed.code, "new@acme.example" in (content(place) or "")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        ((), "  8 more limits are exceeded: see --format json."),
        (("--format", "markdown"), "8 more limits are exceeded."),
    ],
)
def test_only_the_first_exceeded_limits_are_printed(
    place: Place, directory: MemoryDirectory, arguments: tuple[str, ...], more: str
) -> None:
    partner = place.folder / "partners/acme.yaml"
    team = "\n    - {name: t%s, admins: [ana@acme.example], members: {from: directory, group: T%s}}"
    partner.write_text(partner.read_text().rstrip() + "".join(team % (each, each) for each in range(11)))
    directory.groups |= {
        f"T{each}": [person(f"p{each}-{number}") for number in range(8)] for each in range(11)
    }
    place.run("people", "pull")
    directory.groups |= {f"T{each}": [person("new")] for each in range(11)}

    ran = place.run("people", "pull", *arguments)

    assert (ran.code, ran.out.count("Too many leave"), more in ran.out.splitlines()) == (3, 5, True)


def test_a_group_that_was_not_believed_ends_with_5_and_the_rest_is_written(
    place: Place, directory: MemoryDirectory
) -> None:
    place.run("people", "pull")
    directory.lies["Ops"] = GroupAnswer("partial", (person("dan"),), "page 2 is missing")

    ran = place.run("people", "pull")

    assert (ran.code, "dan@acme.example" in (content(place) or "")) == (5, True)
    assert ran.out == (
        "acme/ops members\n"
        "  + dan@acme.example\n"
        "Incomplete: directory, group Ops (acme/ops members): page 2 is missing;"
        " 2 people missing in it stay\n"
        "  missing: bo@acme.example, cy@acme.example\n"
        "1 person added in 1 team.\n"
    )


def test_people_of_a_group_that_was_deleted_stay_and_the_pull_ends_with_5(
    place: Place, directory: MemoryDirectory
) -> None:
    place.run("people", "pull")
    del directory.groups["Ops"]

    assert place.run("people", "pull") == (
        5,
        (
            "Not found: directory, group Ops (acme/ops members): there is no such group; 2 people stay\n"
            "  missing: bo@acme.example, cy@acme.example\n"
            "No changes.\n"
        ),
        "",
    )


def test_a_group_that_does_not_exist_yet_is_a_note(place: Place, directory: MemoryDirectory) -> None:
    del directory.groups["Ops"]

    assert place.run("people", "pull") == (
        0,
        (
            "Note: directory, group Ops: there is no such group; create it in the directory, or correct"
            " `group` of acme/ops members\nNo changes.\n"
        ),
        "",
    )


def test_a_source_that_cannot_be_read_ends_with_5(place: Place, directory: MemoryDirectory) -> None:
    directory.broken = "https://id.example.com/v2 answered 401"

    assert place.run("people", "pull") == (
        5,
        "Not read: directory: https://id.example.com/v2 answered 401\nNo changes.\n",
        "",
    )


@pytest.mark.usefixtures("directory")
def test_the_body_of_a_pull_request(place: Place) -> None:
    assert place.run("people", "pull", "--format", "markdown").out == (
        "2 people added in 1 team.\n"
        "\n"
        "### `acme`\n"
        "\n"
        "| Team | Role | Change | Person |\n"
        "| --- | --- | --- | --- |\n"
        "| `ops` | members | added | `bo@acme.example` |\n"
        "| `ops` | members | added | `cy@acme.example` |\n"
    )


@pytest.mark.usefixtures("directory")
def test_json_has_every_change(place: Place) -> None:
    found = json.loads(place.run("people", "pull", "--format", "json").out)

    assert found["format"] == "reconciler-people-pull/1.0"
    assert found["changes"][1] == {
        "team": "acme/ops",
        "role": "members",
        "action": "add",
        "source": "directory",
        "id": "cy",
        "email": "cy@acme.example",
        "previousEmail": None,
        "previousId": None,
    }


@pytest.mark.usefixtures("directory")
def test_a_source_that_is_not_defined_is_refused(place: Place) -> None:
    ran = place.run("people", "pull", "--source", "crm")

    assert (ran.code, ran.err) == (
        1,
        'Error: source "crm" is not defined in reconciler.yaml\nHint: known: directory\n',
    )


@pytest.mark.usefixtures("directory")
def test_a_source_that_is_not_a_directory_is_refused(place: Place) -> None:
    settings = place.folder / "reconciler.yaml"
    columns = "{displayName: Name, type: Type, owner: Owner}"
    crm = f"    crm: {{type: csv, file: crm.csv, id: Id, fields: {columns}}}"
    settings.write_text(settings.read_text().rstrip(" \n") + f"\n{crm}\n")

    ran = place.run("people", "pull", "--source", "crm")

    line = settings.read_text().splitlines().index(crm) + 1
    assert (ran.code, ran.err) == (
        1,
        (
            f'Error: reconciler.yaml:{line}:17: source "crm" has the type csv, and is not a directory\n'
            "Hint: use one of: directory\n"
        ),
    )


@pytest.mark.usefixtures("directory")
def test_a_source_that_only_a_team_names_is_refused_with_the_team(place: Place) -> None:
    partner = place.folder / "partners/acme.yaml"
    partner.write_text(partner.read_text().replace("from: directory", "from: gone"))

    ran = place.run("people", "pull")

    assert (ran.code, ran.err) == (
        1,
        (
            'Error: source "gone" is not defined in reconciler.yaml\n'
            "Hint: known: directory; the members of acme/ops are from it\n"
        ),
    )


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n", LOCK.replace("bo@acme.example", "nobody")])
def test_a_people_lock_with_errors_is_left_alone(place: Place, text: str) -> None:
    (place.folder / "people.lock").write_text(text)

    ran = place.run("people", "pull")

    assert (ran.code, content(place)) == (1, text)
    assert ran.err.endswith("Hint: run `reconciler validate` to see them\n")


@pytest.mark.usefixtures("directory")
def test_a_link_is_neither_read_nor_replaced(place: Place) -> None:
    (place.folder / "elsewhere").write_text(LOCK)
    (place.folder / "people.lock").symlink_to("elsewhere")

    assert place.run("people", "pull").code == 1
    assert (place.folder / "people.lock").is_symlink()


def test_a_file_that_could_not_be_read_again_is_not_written(
    place: Place, directory: MemoryDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.load.files.MAX_PEOPLE_SIZE", 1_000)
    directory.groups["Ops"] = [person(f"p{number}") for number in range(20)]

    ran = place.run("people", "pull")

    assert (ran.code, content(place)) == (1, None)
    assert ran.err == (
        "Error: people.lock has 0 MB, but the limit is 0 MB; it was not written\nHint: use smaller groups\n"
    )


def test_a_leaver_is_out_of_the_portal_by_two_commands_and_a_new_address_invites_nobody(
    place: Place, directory: MemoryDirectory
) -> None:
    place.run("people", "pull")
    place.run("apply", "--auto-approve")
    directory.groups["Ops"] = [person("cy", "cy@new.example"), person("dan")]

    pulled = place.run("people", "pull", "--only-removals")
    applied = place.run("apply", "--only-removals", "--auto-approve")
    changed = json.loads(place.run("plan", "--format", "json").out)["changes"]
    place.run("people", "pull")
    added = json.loads(place.run("plan", "--format", "json").out)["changes"]

    assert pulled.out == "acme/ops members\n  - bo@acme.example\n1 person removed in 1 team.\n"
    assert applied.code == 0
    assert changed == []
    assert [(each["action"], each["id"]) for each in added] == [
        ("create", "membership/acme/ops/dan@acme.example")
    ]
