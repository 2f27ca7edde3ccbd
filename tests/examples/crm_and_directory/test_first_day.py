"""The example with a CRM and a directory: its commands lead from nothing to `No changes.`"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.cli.running import Place, Ran
from tests.clocks import stop_at
from tests.servers.process import free_port

pytestmark = [pytest.mark.real, pytest.mark.no_cover]
EXAMPLE: Final = Path(__file__).parents[3] / "examples/crm-and-directory"
README: Final = (EXAMPLE / "README.md").read_text("utf-8")
ADDRESS: Final = "http://127.0.0.1:8756/v2"


@contextmanager
def directory(folder: Path, port: int) -> Iterator[str]:
    """Start the directory by the command of the README; return the line that it prints when it is ready."""
    [command] = re.findall(r"^python (directory/serve\.py)$", README, re.MULTILINE)
    with subprocess.Popen(
        [sys.executable, command, f"--port={port}"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def example(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A copy of the example, whose directory is at a free port."""
    place = Place(Path(shutil.copytree(EXAMPLE, tmp_path / "first-day")), capsys)
    monkeypatch.chdir(place.folder)
    stop_at(datetime(2026, 11, 24, 12, tzinfo=UTC), monkeypatch)
    settings = place.folder / "reconciler.yaml"
    settings.write_text(settings.read_text().replace(":8756/", f":{port}/"))
    name, value = re.findall(r"^export (\w+)=(\S+)$", README, re.MULTILINE)[0]
    monkeypatch.setenv(name, value)
    return place


def commands() -> list[str]:
    """Return the commands of the README that run the reconciler, without the last one."""
    return re.findall(r"^reconciler (.*)$", README, re.MULTILINE)


def run(example: Place, command: str) -> Ran:
    return example.run(*command.split(), *(["--auto-approve"] if command.startswith("apply") else []))


def lock(example: Place) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((example.folder / "people.lock").read_text())["spec"]["teams"]
    return found


def partners(example: Place) -> list[str]:
    return sorted(path.stem for path in (example.folder / "partners").glob("*.yaml"))


def test_three_commands_lead_from_nothing_to_no_changes(example: Place, port: int) -> None:
    with directory(example.folder, port) as ready:
        ran = [run(example, command) for command in commands()]
    plan = example.run("plan")
    checked = example.run("validate")

    assert ready == f"200 people in 33 groups at {ADDRESS.replace('8756', str(port))}; press Ctrl-C to end."
    assert commands() == ["sync crm", "people pull", "apply"]
    assert [each.code for each in ran] == [0, 0, 0]
    assert len(partners(example)) == 16
    people = [each["email"] for team in lock(example).values() for role in team.values() for each in role]
    assert (len(lock(example)), len(people), len(set(people))) == (16, 192, 192)
    assert "192 people gain access, nobody loses access." in ran[2].out
    assert plan.out.endswith("No changes.\n")
    assert checked.out == "20 documents in 20 files: no findings.\n"
    shown = example.run("access", "--person", people[0]).out
    assert "tracking-v2" in shown


def test_what_the_crm_and_the_directory_say_later_changes_only_that(example: Place, port: int) -> None:
    accounts, staff = example.folder / "crm/accounts.csv", example.folder / "directory/people.csv"
    with directory(example.folder, port):
        for command in commands():
            run(example, command)
    held = accounts.read_text().replace("Kaufwerk SE;Reseller;Active", "Kaufwerk SE;Reseller;On hold")
    accounts.write_text(held)
    before = {path: path.read_text() for path in (example.folder / "partners").glob("*.yaml")}
    synced = run(example, "sync crm")
    with directory(example.folder, port):
        pulled = run(example, "people pull")

    changed = {path.stem for path, text in before.items() if path.read_text() != text}
    assert (synced.code, changed) == (0, {"kaufwerk-se"})
    assert "12 people lose access" in example.run("plan").out
    assert len(staff.read_text().splitlines()) == 201
    # The directory was built again, so that every person has another id.
    assert (pulled.code, "Too many leave" in pulled.err + pulled.out) == (3, True)


def test_a_second_directory_at_the_same_port_ends_with_a_message(example: Place, port: int) -> None:
    with directory(example.folder, port):
        command = [sys.executable, "directory/serve.py", f"--port={port}"]
        ran = subprocess.run(command, cwd=example.folder, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"Port {port} is in use. End the other directory, or use --port and change the url.\n"
    )
