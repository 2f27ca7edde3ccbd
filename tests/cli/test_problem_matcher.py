"""The problem matcher of GitHub reads every finding that is printed as text."""

import json
import re
from typing import Any, NamedTuple

import yaml

from tests.cli.running import GROUP, PARTNER, Place
from tests.workflows.acting import ROOT

MATCHERS = ROOT / ".github" / "problem-matchers" / "reconciler.json"
SEVERITIES = {"info": "notice"}


class Issue(NamedTuple):
    """What the runner makes of a line. It drops an issue whose severity it does not know."""

    severity: str
    file: str | None
    line: str | None
    column: str | None
    message: str
    code: str


def issues(output: str) -> list[Issue]:
    """Return what the runner finds: it searches each line with the first matcher that fits."""
    matchers = json.loads(MATCHERS.read_text())["problemMatcher"]
    return [
        found
        for line in output.splitlines()
        for each in matchers
        if (found := _issue(each, line)) is not None
    ]


def _issue(matcher: dict[str, Any], line: str) -> Issue | None:
    [pattern] = matcher["pattern"]
    found = re.search(pattern["regexp"], line, re.ASCII)
    if found is None:
        return None
    values = {key: found[number] for key, number in pattern.items() if key != "regexp"}
    return Issue(**{"severity": matcher.get("severity"), **values})


def expected(place: Place, *command: str) -> list[Issue]:
    """Return the findings of a command, from its JSON."""
    found = json.loads(place.run(*command, "--format", "json").out)["findings"]
    return [
        Issue(
            SEVERITIES.get(each["severity"], each["severity"]),
            each["file"],
            _text(each["line"]),
            _text(each["column"]),
            f"{each['message']}; {each['hint']}" if each["hint"] else each["message"],
            each["rule"],
        )
        for each in found
    ]


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def test_errors_of_files_are_matched(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("displayName: Acme", "displayname: 'error: x [y]'"))
    found = issues(place.run("validate").out)

    assert found == expected(place, "validate")
    assert {each.severity for each in found} >= {"error"}


def test_warnings_notes_and_denials_of_a_plan_are_matched(place: Place) -> None:
    grants = GROUP.replace("offers:", "grants: [{developer: sam@indie.example}]\n      offers:")
    place.write(
        partners__acme=PARTNER.replace("ana@acme", "ana@other"), **{"access-groups__tracking": grants}
    )
    for command in ("validate", "plan"):
        found = issues(place.run(command).out)

        assert sorted(found, key=str) == sorted(expected(place, command), key=str)
        assert {each.severity for each in found} == {"error", "warning", "notice"}


def test_other_lines_are_not_matched(place: Place) -> None:
    assert issues(place.run("plan").out) == []


def test_the_action_registers_the_file() -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    [registered] = [step["run"] for step in steps if "add-matcher" in step["run"]]

    assert registered == f'echo "::add-matcher::$GITHUB_ACTION_PATH/{MATCHERS.relative_to(ROOT)}"'
