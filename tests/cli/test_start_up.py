"""What a command imports decides how fast it starts."""

import subprocess
import sys

import pytest

from tests.cli.running import Place, process

SLOW = {"pydantic", "sqlalchemy", "httpx2", "yaml", "starlette", "deepdiff", "jsonschema_rs", "asyncio"}
RUN = """
import sys
from reconciler.cli.main import run
code = run(sys.argv[1:])
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

    assert slow == {"pydantic", "yaml", "jsonschema_rs"}


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
