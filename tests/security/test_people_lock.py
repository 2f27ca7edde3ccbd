"""Attacks by people.lock: who can edit it, what it can say about others, and what it can be instead."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.test_base import committed, git
from tests.cli.commands.test_people_of_directories import BO, CY, FROM, HEAD, SOURCES, lock
from tests.cli.running import PARTNER, Place, copied

MALLORY = BO.replace("bo@acme", "mallory@acme").replace("7f1c", "e71b")
BOLT = PARTNER.replace("name: acme}", "name: bolt}").replace("acme.example", "bolt.example")


@pytest.fixture
def directory(place: Place) -> Place:
    """Files with a team from a directory."""
    return lock(place.write(reconciler=SOURCES, partners__acme=FROM, partners__bolt=BOLT), BO, CY)


@pytest.fixture
def applied(directory: Place, prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A portal with the team, and a branch of its files."""
    if "people of directories" in prepared:
        copied(prepared["people of directories"], directory.folder)
        return directory
    (directory.folder / ".gitignore").write_text(".reconciler\nplan.json\n")
    git(directory.folder, "init", "--quiet", "--initial-branch=main")
    committed(directory, "Begin")
    directory.run("apply", "--auto-approve")
    git(directory.folder, "switch", "--quiet", "--create", "topic")
    prepared["people of directories"] = copied(directory.folder, tmp_path_factory.mktemp("directory"))
    return directory


def planned(place: Place) -> dict[str, Any]:
    committed(place, "Change people")
    place.run("plan", "--base", "main", "--out", "plan.json")
    made: dict[str, Any] = json.loads(Path("plan.json").read_text())
    return made


def denied(place: Place) -> tuple[int, list[str]]:
    ran = place.run("plan")
    return ran.code, [line for line in ran.out.splitlines() if ": error: " in line]


@pytest.mark.parametrize("rows", [(BO, CY, MALLORY), (BO,)])
def test_a_branch_that_edits_people_lock_asks_the_owner_of_the_partner(
    applied: Place, rows: tuple[str, ...]
) -> None:
    lock(applied, *rows)
    made = planned(applied)

    assert ([each["kind"] for each in made["changes"]], [each["owner"] for each in made["approvals"]]) == (
        ["membership"],
        ["partnerships"],
    )


def test_a_branch_that_gives_a_person_another_address_asks_the_owner_of_the_partner(applied: Place) -> None:
    """No change of the plan shows it, because the portal still has the former address."""
    lock(applied, BO.replace("bo@acme.example}", "mallory@acme.example, previously: [bo@acme.example]}"), CY)
    made = planned(applied)

    assert (made["changes"], {each["owner"] for each in made["approvals"]}) == ([], {"partnerships"})


def test_a_branch_that_gives_a_person_a_former_address_asks_the_owner_of_the_partner(applied: Place) -> None:
    """Whoever is live under that address would be kept as this person."""
    lock(applied, BO.replace("bo@acme.example}", "bo@acme.example, previously: [eve@acme.example]}"), CY)
    made = planned(applied)
    [approval] = made["approvals"]

    assert (made["changes"], approval["owner"], approval["reason"]) == (
        [],
        "partnerships",
        "changes formerAddresses of membership/acme/ops/bo@acme.example",
    )


def test_a_branch_that_names_another_group_of_the_directory_asks_the_owner_of_the_partner(
    applied: Place,
) -> None:
    """The next pull would add everybody in it; no change of the plan shows that."""
    applied.write(partners__acme=FROM.replace("Acme Developers", "All Employees"))
    made = planned(applied)
    [risk] = made["risks"]

    assert (made["changes"], [each["owner"] for each in made["approvals"]]) == ([], ["partnerships"])
    assert (risk["rank"], "All Employees" in risk["message"]) == ("medium", True)


def test_a_row_for_a_team_that_does_not_take_its_people_from_a_source_has_no_effect(applied: Place) -> None:
    lock(applied, BO, CY)
    with Path("people.lock").open("a") as file:
        file.write(f"    bolt/ops:\n      members:\n{MALLORY}")
    made = planned(applied)

    assert (made["changes"], made["approvals"]) == ([], [])
    assert [each["rule"] for each in made["findings"]] == ["unused-people"]


def test_a_team_cannot_take_the_rows_of_another_one_by_its_name(directory: Place) -> None:
    directory.write(partners__acme=FROM.replace("name: ops", "name: ops\n      previously: bolt/ops"))
    Path("people.lock").write_text(HEAD.replace("acme/ops", "bolt/ops") + BO + CY + MALLORY)
    code, found = denied(directory)

    assert (code, ["duplicate-name" in each for each in found]) == (1, [True])


def test_people_lock_cannot_be_a_link(directory: Place) -> None:
    Path("people.lock").rename("elsewhere.lock")
    Path("people.lock").symlink_to("elsewhere.lock")

    said = "people.lock is a symbolic link, and links are not followed"
    assert denied(directory) == (
        1,
        [f"people.lock: error: {said}; replace the link by a copy of its target [yaml]"],
    )


def test_people_lock_cannot_be_a_pipe_or_a_folder(directory: Place) -> None:
    Path("people.lock").unlink()
    os.mkfifo("people.lock")
    pipe = denied(directory)
    Path("people.lock").unlink()
    Path("people.lock").mkdir()

    assert [(code, len(found)) for code, found in (pipe, denied(directory))] == [(1, 1), (1, 1)]


def test_a_huge_people_lock_is_not_read(directory: Place) -> None:
    os.truncate("people.lock", 25_000_001)

    said = "people.lock has 25 MB, but the limit is 25 MB; use smaller groups"
    assert denied(directory) == (1, [f"people.lock: error: {said} [yaml]"])


@pytest.mark.parametrize(
    "text",
    [
        HEAD + BO + "      members: []\n",
        HEAD + BO.replace("id: 7f1c", "id: !!python/object:os.system [1]"),
        HEAD + BO.replace("email: bo@acme.example", "email: bo@acme.example/../x"),
        HEAD + "        - &a {source: directory, id: a, email: a@acme.example}\n" + "        - *a\n" * 10_001,
        HEAD.replace("kind: People", "kind: Partner") + BO,
        HEAD.replace("acme/ops", "acme/ops/x") + BO,
        HEAD + BO + "---\n" + HEAD + CY,
        HEAD + BO + CY.replace("cy@", "BO@"),
        "\0",
    ],
)
def test_a_malformed_people_lock_removes_nobody(directory: Place, text: str) -> None:
    Path("people.lock").write_text(text)
    code, found = denied(directory)

    assert (code, bool(found)) == (1, True)
    assert directory.run("apply", "--auto-approve").code == 1


def test_a_missing_people_lock_removes_nobody(applied: Place) -> None:
    """Nobody was read then, which is not the same as an empty list."""
    Path("people.lock").unlink()
    ran = applied.run("plan")

    assert (ran.code, "people-not-pulled" in ran.out, "No changes." in ran.out) == (0, True, True)


@pytest.mark.parametrize(
    "row",
    [
        BO.replace("bo@", "b\N{CYRILLIC SMALL LETTER O}@"),
        BO.replace("example}", "example, previously: [b\N{CYRILLIC SMALL LETTER O}@acme.example]}"),
    ],
)
def test_an_address_that_looks_like_another_denies_the_plan(directory: Place, row: str) -> None:
    lock(directory, row, CY)
    code, found = denied(directory)

    assert (code, ["lookalike-email" in each for each in found]) == (3, [True])


def test_no_other_file_can_hold_people(directory: Place) -> None:
    Path("partners", "people.yaml").write_text(HEAD + MALLORY)
    code, found = denied(directory)

    assert (code, any("misplaced-kind" in each for each in found)) == (1, True)
