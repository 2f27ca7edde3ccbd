"""`reconciler completion`: the script of a shell, and where it is written."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.running import Place

FILES = {
    "bash": ".local/share/bash-completion/completions/reconciler",
    "zsh": ".local/share/zsh/site-functions/_reconciler",
    "fish": ".config/fish/completions/reconciler.fish",
}
VARIABLES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "BASH_COMPLETION_USER_DIR", "SHELL")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and no variable that names others."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize("shell", FILES)
def test_the_script_is_written_to_where_the_shell_finds_it(place: Place, home: Path, shell: str) -> None:
    first = place.run("completion", "install", "--shell", shell)
    path = home / FILES[shell]
    shown = place.run("completion", "show", "--shell", shell)

    assert (first.code, first.out, path.read_text()) == (0, f"{path}\n", shown.out)
    assert "_RECONCILER_COMPLETE" in shown.out
    assert (
        first.err
        == {
            "bash": "New shells load it if the package bash-completion is installed.\n",
            "zsh": f"In ~/.zshrc, before compinit, zsh needs the line: fpath=({path.parent} $fpath)\n",
            "fish": "New shells load it.\n",
        }[shell]
    )

    written = path.stat().st_mtime_ns
    again = place.run("completion", "install", "--shell", shell)

    assert (again.code, again.out, path.stat().st_mtime_ns) == (0, first.out, written)
    assert again.err == f"The completion is up to date.\n{first.err}"


def test_bash_loads_the_script(place: Place, home: Path) -> None:
    place.run("completion", "install", "--shell", "bash")
    script = f"source {home / FILES['bash']}; complete -p reconciler"
    ran = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "complete -o nosort -F _reconciler_completion reconciler\n"


def test_an_older_script_is_replaced_and_another_file_is_not(place: Place, home: Path) -> None:
    path = home / FILES["fish"]
    path.parent.mkdir(parents=True)
    path.write_text("_RECONCILER_COMPLETE=fish_source reconciler | source\n")

    assert place.run("completion", "install", "--shell", "fish").code == 0
    assert "complete --no-files --command reconciler" in path.read_text()

    path.write_text("mine\n")
    ran = place.run("completion", "install", "--shell", "fish")

    assert (ran.code, ran.err, path.read_text()) == (
        1,
        (
            f"Error: {path} exists, and is not a completion of reconciler, so it is not replaced\n"
            "Hint: rename or remove it\n"
        ),
        "mine\n",
    )


def test_variables_move_the_folders(place: Place, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES[:-1]:
        monkeypatch.setenv(name, str(home / name))
    found = [place.run("completion", "install", "--shell", shell).out for shell in FILES]

    assert found == [
        f"{home / path}\n"
        for path in (
            "BASH_COMPLETION_USER_DIR/completions/reconciler",
            "XDG_DATA_HOME/zsh/site-functions/_reconciler",
            "XDG_CONFIG_HOME/fish/completions/reconciler.fish",
        )
    ]


@pytest.mark.parametrize(
    ("variable", "message"),
    [("/bin/tcsh", 'the shell "tcsh" has no completion'), ("", "the variable SHELL is not set")],
)
def test_the_shell_is_that_of_the_user(
    place: Place, home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, message: str
) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")

    assert place.run("completion", "install").out == f"{home / FILES['fish']}\n"

    monkeypatch.setenv("SHELL", variable)
    ran = place.run("completion", "install")

    assert (ran.code, ran.err) == (1, f"Error: {message}\nHint: name bash, zsh or fish with --shell\n")
