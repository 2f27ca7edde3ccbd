"""What a command imports decides how fast it starts."""

import subprocess
import sys
from typing import NamedTuple

import pytest
from click.shell_completion import ShellComplete

from reconciler.cli.main import program
from tests.cli.running import Place, process

SLOW = {"pydantic", "sqlalchemy", "httpx2", "yaml", "starlette", "deepdiff", "jsonschema_rs", "asyncio"}
RUN = """
import sys
programs = []
sys.addaudithook(lambda event, _: programs.append(event) if event == "subprocess.Popen" else None)
before = set(sys.modules)
from reconciler.cli.main import run
code = run(sys.argv[1:])
print(len(programs))
print(*sorted(set(sys.modules) - before))
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


class StartUp(NamedTuple):
    """The modules that a run imports, and how many programs it starts."""

    modules: list[str]
    programs: int

    @property
    def slow(self) -> set[str]:
        """The slow packages."""
        return {name.partition(".")[0] for name in self.modules} & SLOW

    @property
    def own(self) -> set[str]:
        """Our packages."""
        names = (name.split(".") for name in self.modules)
        return {
            name for first, name, *_ in (each for each in names if len(each) > 1) if first == "reconciler"
        }


def start_up(place: Place, *arguments: str) -> StartUp:
    """Run a command in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=place.folder, capture_output=True, text=True, check=True
    )
    *_, programs, modules = ran.stdout.splitlines()
    return StartUp(modules.split(), int(programs))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate", "--help"], ["nonsense"]])
def test_help_imports_nothing_slow(place: Place, arguments: list[str]) -> None:
    started = start_up(place, *arguments)

    assert (started.slow, started.own - {"errors", "model"}, started.programs) == (set(), {"cli"}, 0)


def test_validate_imports_what_reads_files_and_nothing_that_reads_portals(place: Place) -> None:
    started = start_up(place, "validate")

    assert started.slow == {"pydantic", "yaml"}
    assert started.own == {
        "cli",
        "errors",
        "load",
        "model",
        "policy",
        "render",
        "schema",
        "workflow",
    }
    assert started.programs == 0
    # A tenth more than when this limit was set.
    assert len(started.modules) <= 490


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
