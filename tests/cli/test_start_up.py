"""What a command imports decides how fast it starts."""

import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from reconciler.cli.main import program
from tests.cli.running import Place, process

SLOW = {"pydantic", "sqlalchemy", "httpx2", "yaml", "starlette", "deepdiff", "jsonschema_rs", "asyncio"}
RUN = """
import sys
from reconciler.cli.main import run
code = run(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
# Keys that are not names of portals, and one that a shell would run.
OTHER = """
a: {spec: {portals: {no: 1}}}
b: [{portals: 1}]
spec: {portals: {other: {type: [{no: 1}], no: no}, $(no): 8}}
"""
COMPLETE = """
import sys
from click.shell_completion import ShellComplete
from reconciler.cli.main import program
found = ShellComplete(program, {}, "reconciler", "").get_completions(["plan", "--portal"], "")
print(*(each.value for each in found))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def imported(place: Place, *arguments: str) -> set[str]:
    """Return the packages that a run imports."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=place.folder, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate", "--help"], ["nonsense"]])
def test_help_imports_nothing_slow(place: Place, arguments: list[str]) -> None:
    assert imported(place, *arguments) & SLOW == set()


def test_validate_imports_what_reads_files_and_nothing_that_reads_portals(place: Place) -> None:
    slow = imported(place, "validate") & SLOW

    assert slow == {"pydantic", "yaml"}


def test_a_shell_gets_its_completion(place: Place) -> None:
    ran = process(place.folder, environment={"_RECONCILER_COMPLETE": "bash_source"})

    assert (ran.code, "complete -o nosort -F _reconciler_completion reconciler" in ran.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("reconciler pl", ["plain,plan"]),
        ("reconciler plan --det", ["plain,--detailed-exitcode"]),
        ("reconciler portal to", ["plain,token"]),
        ("reconciler access --format c", ["plain,csv"]),
    ],
)
def test_commands_options_and_choices_are_completed(place: Place, words: str, found: list[str]) -> None:
    asked = {
        "_RECONCILER_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    ran = process(place.folder, environment=asked)

    assert ran.out.split() == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("plan", "--portal", ""), ["local", "away", "all"]),
        (("plan", "--portal", "a"), ["away", "all"]),
        (("plan", "--portal", "local,"), ["local,away"]),
        (("adopt", "--portal", "lo"), ["local"]),
        (("list", "--portal", "a"), ["away"]),
        (("plan", "--config", "other.yaml", "--portal", ""), ["other", "all"]),
        (("plan", "--config", "missing.yaml", "--portal", ""), ["all"]),
    ],
)
def test_names_of_portals_are_completed(place: Place, words: tuple[str, ...], found: list[str]) -> None:
    place.write(other=OTHER)

    assert values(*words) == found


@pytest.mark.parametrize("content", ["", "[", "spec: 1", "spec: {portals: 1}", "a: *b", "[" * 100_000])
def test_a_configuration_that_cannot_be_read_completes_no_portal(place: Place, content: str) -> None:
    place.write(reconciler=content)

    assert values("list", "--portal", "") == []


def values(*words: str) -> list[str]:
    """Return the values that the last word is completed to."""
    *given, typed = words
    found = ShellComplete(program, {}, "reconciler", "").get_completions(given, typed)
    return [each.value for each in found]


def test_completion_of_portals_imports_nothing_slow_but_yaml(place: Place) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", COMPLETE], cwd=place.folder, capture_output=True, text=True, check=True
    )
    names, modules = ran.stdout.splitlines()

    assert (names, set(modules.split()) & SLOW) == ("local away all", {"yaml"})
