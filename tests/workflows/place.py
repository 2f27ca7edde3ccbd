"""Where pipelines run: a portal, a repository, and what is kept of a run."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler.portal_server import create_app
from tests.forge.faults import Faults
from tests.forge.serving import served
from tests.workflows.acting import ROOT
from tests.workflows.repository import Repository

# When pipelines run here: what the sample grants has not ended.
TODAY: Final = datetime(2026, 11, 24, 4, 17, tzinfo=UTC)
_COMMAND: Final = """\
#!{python}
import sys
sys.path.insert(0, {root!r})
from datetime import datetime
from pytest import MonkeyPatch
from reconciler.cli import main
from tests.clocks import start_at
start_at(datetime.fromisoformat({today!r}), MonkeyPatch())
sys.stdin = open("/dev/null")  # act has a terminal, a runner has none, and nobody answers there
main()
"""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`portal` is the folder of the database, `line` leads to it; `tokens` are named by what they may do.

    `command` is the reconciler on the day of these pipelines.
    """

    command: Path
    portal: Path
    line: Faults
    repository: Repository
    artifacts: Path
    tokens: dict[str, str]

    def forget(self) -> None:
        """Throw away what is kept of the last run."""
        shutil.rmtree(self.artifacts)
        self.artifacts.mkdir()

    def kept(self, artifact: str) -> list[str]:
        """Return the files of an artifact of the last run."""
        return sorted(path.name for path in (self.artifacts / artifact).iterdir())

    def receipts(self, artifact: str) -> dict[str, Any]:
        """Return the receipts in an artifact of the last run, by portal."""
        found = [self.artifact(f"{artifact}/receipts/{each}") for each in self.kept(f"{artifact}/receipts")]
        return {each["portal"]: each for each in found}

    def artifact(self, name: str) -> Any:
        """Return the JSON of a file in an artifact of the last run."""
        return json.loads((self.artifacts / name).read_text())

    def reconcile(self, *arguments: str) -> str:
        """Run the reconciler beside the portal's database, and return what it prints."""
        return reconcile(self.command, self.portal, *arguments, "--portal=local")

    def live(self, partner: str) -> list[dict[str, Any]]:
        """Return what the people of a partner reach in the portal."""
        rows = json.loads(self.reconcile("access", "--live", "--format=json"))["rows"]
        return [row for row in rows if str(row["team"]).startswith(f"{partner}/")]


@contextmanager
def with_production(place: Place) -> Iterator[Place]:
    """Serve a second portal with the content and the tokens of the first, and configure it on main."""
    folder = place.portal.parent / "production"
    shutil.copytree(place.portal, folder)
    database = folder / ".reconciler" / "portal.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE instance SET id = 'production'")
    app = create_app(str(database))
    with closing(app.state.database), served(app) as url:
        configuration = (place.repository.folder / "reconciler.yaml").read_text()
        added = f'    production: {{type: embedded, url: "{url}", token: {{env: PORTAL_TOKEN}}}}\n'
        changed = configuration.replace("  rules:\n", f"{added}  rules:\n")
        place.repository.push({"reconciler.yaml": changed})
        yield msgspec.structs.replace(place, portal=folder)


def write_command(path: Path) -> None:
    """Write the reconciler of TODAY."""
    path.parent.mkdir()
    path.write_text(_COMMAND.format(python=sys.executable, root=str(ROOT), today=TODAY.isoformat()))
    path.chmod(0o755)


def reconcile(command: Path, folder: Path, *arguments: str) -> str:
    """Run the reconciler in a folder, and return what it prints."""
    ran = subprocess.run([command, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
