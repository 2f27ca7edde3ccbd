"""The program around its commands: usage, unexpected errors, streams and colours."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.crash_report import report_crash
from tests.cli.running import CATALOG, Place, Ran, on_terminal, process

USAGE = "Usage: reconciler [OPTIONS] COMMAND [ARGS]...\nTry 'reconciler -h' for help.\n\n"

NOT_ALLOWED = "the kind Catalog is not allowed in this file"


def last(ran: Ran) -> tuple[int, str, str]:
    return ran.code, ran.out, ran.err.splitlines()[-1]


def test_the_version_is_told(place: Place) -> None:
    assert place.run("--version") == Ran(0, f"reconciler {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plam"], "Error: No such command 'plam'. Did you mean 'plan'?"),
        (["zzz"], "Error: No such command 'zzz'."),
        (
            ["plan", "--detailed-exitcodes"],
            "Error: No such option '--detailed-exitcodes'. Did you mean '--detailed-exitcode'?",
        ),
        (["show"], "Error: Missing argument 'PLAN|RECEIPT'."),
        (["list"], "  apis"),
        (
            ["plan", "--format", "yaml"],
            "Error: Invalid value for '--format': 'yaml' is not one of 'text', 'json', 'markdown', 'html', 'github', 'gitlab', 'sarif'.",  # noqa: E501  as it is printed
        ),
        (
            ["portal", "serve", "--port", "99999"],
            "Error: Invalid value for '--port': 99999 is not in the range 0<=x<=65535.",
        ),
        (
            ["access", "--ending", "abc"],
            "Error: Invalid value for '--ending': 'abc' is not a valid whole number.",
        ),
        (
            ["apply", "--lock-timeout", "soon"],
            "Error: Invalid value for '--lock-timeout': 'soon' is not a valid number.",
        ),
        (["adopt"], "Error: Give IDs, --partner or --group; or only --all-desired; or only --from."),
        (
            ["adopt", "partner/acme", "--all-desired"],
            "Error: Give IDs, --partner or --group; or only --all-desired; or only --from.",
        ),
    ],
)
def test_wrong_usage_ends_with_1_and_says_what_is_wrong(
    place: Place, arguments: list[str], said: str
) -> None:
    assert last(place.run(*arguments)) == (1, "", said)


def test_without_a_configuration_it_says_where_it_looked(tmp_path: Path, place: Place) -> None:
    (tmp_path / "reconciler.yaml").rename(tmp_path / "elsewhere.yaml")
    missing = place.run("validate")
    named = place.run("validate", "--config", "elsewhere.yaml")

    assert (missing, named.code) == (
        Ran(
            1,
            "",
            "Error: there is no reconciler.yaml here or in a folder above\n"
            "Hint: change to your repository, or name the file with --config\n",
        ),
        0,
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["validate"], f"reconciler.yaml:2:7: error: {NOT_ALLOWED}; allowed here: Configuration"),
        (["validate", "--format", "json"], f'"message": "{NOT_ALLOWED}"'),
        (["validate", "--format", "sarif"], NOT_ALLOWED),
        (["plan"], f"reconciler.yaml:2:7: error: {NOT_ALLOWED}; allowed here: Configuration"),
        (["portal", "token", "--scope", "read"], f"Error: reconciler.yaml:2:7: {NOT_ALLOWED}"),
        (["list", "partners"], "Error: the files have errors"),
        (["access"], "Error: the files have errors"),
        (["codeowners"], "Error: the files have errors"),
        (["grant", "acme/ops", "tracking"], "Error: the configuration could not be read"),
        (["revoke", "acme/ops", "tracking"], "Error: the configuration could not be read"),
    ],
)
def test_a_document_of_another_kind_is_no_configuration(place: Place, command: list[str], said: str) -> None:
    place.write(reconciler=CATALOG)

    ran = place.run(*command)

    assert (ran.code, said in f"{ran.out}{ran.err}") == (1, True)


def test_the_nearest_configuration_above_is_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder / "partners")

    assert place.run("validate").out == "4 documents in 4 files: no findings.\n"


def test_something_unexpected_is_one_line_that_names_the_details(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    code = report_crash(RuntimeError("the details\x1b[31m"))

    [details] = (place.folder / ".reconciler").glob("crash-*")
    assert (
        code,
        capsys.readouterr().err,
        details.stat().st_mode & 0o777,
        "the details" in details.read_text(),
    ) == (
        1,
        f"Error: unexpected error (RuntimeError); the details are in {details}\n",
        0o600,
        True,
    )


def test_details_that_cannot_be_kept_beside_the_configuration_are_kept_elsewhere(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.folder / ".reconciler").write_text("no folder")

    report_crash(RuntimeError("x"))
    where = Path(capsys.readouterr().err.strip().rpartition(" ")[2])

    assert "RuntimeError: x" in where.read_text()
    where.unlink()


@pytest.mark.parametrize(
    "command", [["plan"], ["portal", "token", "--scope", "read"], ["portal", "reset", "--yes"]]
)
def test_a_database_that_is_a_folder_is_a_portal_that_is_not_reached(
    place: Place, command: list[str]
) -> None:
    (place.folder / ".reconciler" / "portal.db").mkdir(parents=True)

    ran = place.run(*command)

    assert (
        ran.code,
        ran.out,
        ran.err.endswith("portal.db: the database cannot be opened: Is a directory\n"),
    ) == (
        5,
        "",
        True,
    )


def test_a_reader_that_has_gone_is_no_error(place: Place) -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m reconciler plan --format json | head -1; echo done"],
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (ran.stdout, ran.stderr) == ("{\ndone\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
@pytest.mark.parametrize(
    "command",
    [
        ["validate"],
        ["--help"],
        *(
            pytest.param(each, marks=[pytest.mark.no_cover, pytest.mark.real])
            for each in (["plan", "--help"], ["--version"])
        ),
    ],
)
def test_a_full_disk_is_an_error(place: Place, command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "reconciler", *command],
            cwd=place.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (ran.returncode, ran.stderr) == (
        1,
        "Error: the output cannot be written: No space left on device\n",
    )


def test_a_terminal_gets_colours_unless_it_wants_none(place: Place) -> None:
    painted = on_terminal(place.folder, "plan")
    plain = on_terminal(place.folder, "plan", "--no-color")

    assert ("\x1b[32m+\x1b[0m partner" in painted.out, "\x1b[32m" in plain.out) == (True, False)


def test_a_pipe_gets_no_colours(place: Place) -> None:
    assert "\x1b" not in process(place.folder, "plan").out


def test_v_says_on_stderr_what_is_read(place: Place) -> None:
    quiet, verbose = place.run("plan"), place.run("plan", "-v")

    assert (quiet.err, verbose.out, verbose.err != "") == ("", quiet.out, True)


@pytest.mark.parametrize(
    ("command", "option", "digest"),
    [
        ("plan", "--allow", "all"),
        ("apply", "--allow", "SHA256:" + "0" * 64),
        ("apply", "--approved", "sha256:0"),
    ],
)
def test_a_malformed_digest_is_an_error_of_the_command_line(
    place: Place, command: str, option: str, digest: str
) -> None:
    problem = f'"{digest}" is not a digest; write it as sha256: and 64 hexadecimal digits'

    assert last(place.run(command, option, digest)) == (
        1,
        "",
        f"Error: Invalid value for '{option}': {problem}",
    )


@pytest.mark.parametrize(
    ("option", "name", "problem", "hint"),
    [
        ("--out", "", "--out: the name of the file is empty", "name the file to write"),
        ("--config", "", "--config: the name of the file is empty", "name a file, such as reconciler.yaml"),
        (
            "--config",
            "partners",
            "--config: partners is a folder",
            "name the file in it, such as partners/reconciler.yaml",
        ),
    ],
)
def test_an_empty_name_or_a_folder_is_not_a_file(
    place: Place, option: str, name: str, problem: str, hint: str
) -> None:
    assert place.run("plan", option, name) == Ran(1, "", f"Error: {problem}\nHint: {hint}\n")


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"]])
def test_git_ignores_a_new_folder_for_state(place: Place, command: list[str]) -> None:
    place.run(*command)

    assert (place.folder / ".reconciler" / ".gitignore").read_text() == "*\n"


def test_an_existing_folder_for_state_is_left_as_it_is(place: Place) -> None:
    (place.folder / ".reconciler").mkdir()

    place.run("apply", "--auto-approve")

    assert not (place.folder / ".reconciler" / ".gitignore").exists()


def test_git_ignores_the_details_of_an_unexpected_error(place: Place) -> None:
    report_crash(RuntimeError("x"))

    assert (place.folder / ".reconciler" / ".gitignore").read_text() == "*\n"
