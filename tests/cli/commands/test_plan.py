import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.model.plan import FORMAT
from tests.cli.running import PARTNER, TODAY, Place, Ran, on_terminal

NEW = """\
Plan for local (our-company), 2026-11-24

partner acme  partners/acme.yaml
  + partner    acme              reseller Acme  :3
  + team       ops               delegated      :12
      + admin  ana@acme.example                 :13
      + grant  → tracking        consume        :10

access group tracking  access-groups/tracking.yaml
  + group  tracking     Tracking  :3
  + API    tracking-v2            :7

Who gains access
  + acme/ops, 1 person: ana@acme.example
      tracking-v2  none → consume  via tracking
Who loses access
  nobody

Risks
  high    Access opened: `tracking-v2` (restricted) is now open to 1 person (`acme/ops`)
  medium  New admin: `ana@acme.example` becomes an admin of `acme/ops`
  medium  New e-mail domain: `acme` may now have people with addresses at `acme.example`

Required approvals
  logistics     access-group/tracking
  partnerships  partner/acme

Plan: 6 to create, 0 to update, 0 to delete; 0 unchanged. 1 person gains access, nobody loses access.
"""


def test_a_plan_is_shown(place: Place) -> None:
    assert place.run("plan") == Ran(0, NEW)


def test_a_plan_changes_nothing(place: Place) -> None:
    assert [place.run("plan"), place.run("plan")] == [Ran(0, NEW), Ran(0, NEW)]


def test_no_changes_are_said_in_two_words(applied: Place) -> None:
    assert applied.run("plan") == Ran(0, "No changes.\n")


def test_changes_end_with_2_only_when_asked_for(place: Place) -> None:
    codes = [place.run("plan").code, place.run("plan", "--detailed-exitcode").code]
    place.run("apply", "--auto-approve")

    assert [*codes, place.run("plan", "--detailed-exitcode").code] == [0, 2, 0]


def test_a_saved_plan_is_what_json_prints(place: Place) -> None:
    ran = place.run("plan", "--out", "plan.json", "--format", "json")

    assert ran == Ran(0, (place.folder / "plan.json").read_text())


def test_a_denied_plan_is_printed_and_saved_all_the_same(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("ana@acme", "ana@other"))

    ran = place.run("plan", "--out", "plan.json", "--detailed-exitcode")

    saved = json.loads((place.folder / "plan.json").read_text())
    assert (ran.code, ran.out.rpartition(". ")[2], len(saved["changes"])) == (3, "Denied by 1 error.\n", 6)


def test_wrong_files_end_with_1_and_no_plan(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("displayName", "displayname"))

    ran = place.run("plan", "--out", "plan.json", "--format", "json")

    assert (ran.code, json.loads(ran.out)["format"], (place.folder / "plan.json").exists()) == (
        1,
        "reconciler-findings/1.2",
        False,
    )


@pytest.mark.parametrize("file", ["partners/acme.yaml", "reconciler.yaml", "notes.txt"])
def test_a_plan_does_not_replace_a_file_that_is_not_a_plan(place: Place, file: str) -> None:
    path = place.folder / file
    if not path.exists():
        path.write_text("my notes")
    before = path.read_bytes()

    assert place.run("plan", "--out", file) == Ran(
        1,
        "",
        f"Error: {file} exists, and is not a plan, so it is not replaced\n"
        "Hint: give another file, or delete this one first\n",
    )
    assert path.read_bytes() == before


def test_a_plan_that_cannot_be_saved_is_an_error(place: Place) -> None:
    (place.folder / "file").write_text("")

    refused = [place.run("plan", "--out", "file/plan.json"), place.run("plan", "--out", "partners")]

    assert refused == [
        Ran(
            1,
            "",
            "Error: file/plan.json cannot be written: file is not a folder\n",
        ),
        Ran(1, "", "Error: partners cannot be written: it is a folder\n"),
    ]


@pytest.mark.parametrize("out", ["/dev/stdout", "/dev/fd/1"])
def test_a_plan_is_saved_to_what_the_shell_opened(place: Place, out: str) -> None:
    printed = place.folder / "printed"
    with printed.open("wb") as stdout:
        subprocess.run(
            [sys.executable, "-m", "reconciler", "plan", "--out", out, "--today", TODAY],
            cwd=place.folder,
            stdout=stdout,
            check=True,
        )

    saved, end = json.JSONDecoder().raw_decode(printed.read_text())
    assert (saved["format"], printed.read_text()[end:].lstrip("\n")) == (FORMAT, NEW)


@pytest.mark.parametrize("out", ["/dev/full", "/dev/stdout"])
def test_a_plan_that_the_device_does_not_take_is_an_error(place: Place, out: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "reconciler", "plan", "--out", out],
            cwd=place.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (ran.returncode, ran.stderr.decode()) == (
        1,
        f"Error: {out} cannot be written: No space left on device\n",
    )


def test_an_unknown_portal_is_refused_with_those_that_are_known(place: Place) -> None:
    assert place.run("plan", "--portal", "nowhere") == Ran(
        1, "", 'Error: portal "nowhere" is not defined in reconciler.yaml\nHint: known: local, away\n'
    )


def test_a_portal_without_a_token_says_where_it_is_looked_for(place: Place) -> None:
    assert place.run("plan", "--portal", "away") == Ran(
        1,
        "",
        'Error: portal "away": there is no token in the environment variable PORTAL_TOKEN, which'
        " reconciler.yaml:10:68 names\n"
        "Hint: the operator of http://127.0.0.1:9 creates one with `reconciler portal token`: --scope read is"
        " enough for plan and access, apply needs --scope admin\n",
    )


def test_on_a_terminal_the_digest_is_shown_below_the_plan(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    digest = json.loads((place.folder / "plan.json").read_text())["digest"]

    shown = on_terminal(place.folder, "plan", "--no-color", "--today", TODAY).out
    place.run("apply", "--auto-approve")
    unchanged = on_terminal(place.folder, "plan", "--no-color", "--today", TODAY).out

    assert shown.splitlines()[-1] == f"Digest, for --approved or --allow: {digest}"
    assert unchanged.endswith("No changes.\n")


def test_a_partner_that_the_portal_calls_otherwise_is_one_error(applied: Place) -> None:
    applied.write(partners__acme=PARTNER.replace("{name: acme}", "{name: acme, externalName: Acme GmbH}"))

    findings = json.loads(applied.run("plan", "--format", "json").out)["findings"]
    assert [(each["rule"], each["message"]) for each in findings] == [
        ("unsupported", 'partner/acme is still called "acme" in the portal, not "Acme GmbH"')
    ]
