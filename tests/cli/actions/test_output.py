"""What commands print, in every format that they offer."""

import json
import subprocess
from pathlib import Path

import click
import pytest

from reconciler.cli.main import COMMANDS, program
from reconciler.render import FORMATS
from tests.cli.running import GROUP, PARTNER, Place, Ran

GIVEN = GROUP.replace("offers:", "grants: [{developer: sam@indie.example, until: 2027-03-31}]\n      offers:")
FORGES = ("github", "gitlab", "sarif")


def offered(command: click.Command) -> set[str]:
    """The formats that a command, or one below it, offers."""
    below = [offered(each) for each in command.commands.values()] if isinstance(command, click.Group) else []
    chosen = [
        set(map(str, option.type.choices))
        for option in command.params
        if option.name == "output_format" and isinstance(option.type, click.Choice)
    ]
    return set().union(*chosen, *below)


def test_the_table_of_formats_holds_what_commands_offer() -> None:
    with click.Context(program) as context:
        commands = [program.get_command(context, name) for name in COMMANDS]

    assert set().union(*(offered(command) for command in commands if command)) == set(FORMATS)


def test_of_a_plan_forges_are_told_the_findings(place: Place) -> None:
    place.write(**{"access-groups__tracking": GIVEN})

    github, gitlab, sarif = (place.run("plan", "--format", name) for name in FORGES)

    assert github == Ran(
        0,
        "::notice file=access-groups/tracking.yaml,line=8,col=24,title=grant-to-person::"
        'access group "tracking" is granted to a single person, sam@indie.example%0A'
        "grant it to a team, so that access does not depend on one person\n1 notice.\n",
    )
    assert [(issue["check_name"], issue["severity"]) for issue in json.loads(gitlab.out)] == [
        ("grant-to-person", "info")
    ]
    (run,) = json.loads(sarif.out)["runs"]
    assert (run["automationDetails"]["id"], [each["ruleId"] for each in run["results"]]) == (
        "reconciler/plan/local/",
        ["grant-to-person"],
    )


@pytest.mark.parametrize("name", [each for each in FORMATS if each not in {"csv", "ics"}])
def test_where_files_have_errors_every_format_tells_them(place: Place, name: str) -> None:
    place.write(partners__bolt=PARTNER.replace("acme", "bolt").replace("displayName", "displayname"))

    ran = place.run("plan", "--format", name)

    assert (ran.code, "displayname" in ran.out, ran.err) == (1, True, "")


@pytest.mark.parametrize("name", [each for each in FORMATS if each not in {"csv", "ics"}])
def test_a_plan_is_printed_alike_when_it_was_saved(place: Place, name: str) -> None:
    planned = place.run("plan", "--out", "plan.json", "--format", name)

    assert (planned.code, place.run("show", "plan.json", "--format", name)) == (0, planned)


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_places_lead_to_the_files_of_the_commit_below_the_root(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    commit = committed(place, "eu")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "our/access")
    where = f"https://git.example/our/access/blob/{commit}/eu/access-groups/tracking.yaml#L8"

    planned = place.run("plan", "--config", "eu/reconciler.yaml", "--format", name, "--out", "eu/plan.json")
    monkeypatch.chdir("eu")
    shown = place.run("show", "plan.json", "--format", name)
    place.write(eu__partners__bolt="a: [")
    refused = place.run("plan", "--format", name)

    assert [where in each.out for each in (planned, shown, refused)] == [True, True, True]


def committed(place: Place, folder: str) -> str:
    """The commit of a repository in which the configuration stands in a folder; there is a finding in it."""
    place.write(**{"access-groups__tracking": GIVEN})
    (place.folder / folder).mkdir()
    for name in ("partners", "access-groups", "catalog.yaml", "reconciler.yaml"):
        (place.folder / name).rename(place.folder / folder / name)
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@our-company.example"]
    for arguments in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "--message=Begin"]):
        git(place.folder, *arguments)
    return git(place.folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True, text=True)
    return ran.stdout.strip()
