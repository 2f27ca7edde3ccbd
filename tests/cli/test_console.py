import subprocess
import sys

from tests.cli.running import Place, Ran, process


def shell(place: Place, command: str) -> Ran:
    """Run a line of sh, in which `reconciler` is the program."""
    ran = subprocess.run(
        ["/bin/sh", "-c", f"reconciler() {{ '{sys.executable}' -m reconciler \"$@\"; }}; {command}"],
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_a_command_ends_as_it_would_when_its_reader_has_gone(place: Place) -> None:
    ran = shell(place, "{ reconciler plan --format json --detailed-exitcode; echo $? >&2; } | true")

    assert ran == Ran(0, "", "2\n")


def test_what_was_approved_is_applied_although_its_reader_has_gone(place: Place) -> None:
    shell(place, "reconciler apply --auto-approve | true")

    assert place.run("plan") == Ran(0, "No changes.\n")


def test_a_closed_stdout_and_a_closed_stderr_are_no_errors(place: Place) -> None:
    closed = [shell(place, f"reconciler plan --detailed-exitcode {which}") for which in (">&-", ">&- 2>&-")]

    assert closed == [Ran(2, ""), Ran(2, "")]


def test_what_an_encoding_lacks_is_written_as_an_escape(place: Place) -> None:
    ran = process(place.folder, "plan", environment={"PYTHONIOENCODING": "latin-1"})

    assert (ran.code, r"\u2192 tracking" in ran.out) == (0, True)
