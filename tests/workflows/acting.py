"""Runs the workflows as they stand with act, on this machine, without Docker and without network."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

ROOT: Final = Path(__file__).parents[2]
WORKFLOWS: Final = ROOT / ".github" / "workflows"
STAND_INS: Final = Path(__file__).parent / "stand_ins"
COMMANDS: Final = Path(sys.executable).parent
TOKEN: Final = "ghs_of_the_run"
APP_TOKEN: Final = "ghs_of_an_app"
# With these, a repository has an App that opens pull requests.
APP_VARIABLES: Final = {"RECONCILER_APP_CLIENT_ID": "Iv23of-an-app"}
APP_SECRETS: Final = {"RECONCILER_APP_KEY": "key-of-an-app"}


class Ran(msgspec.Struct, frozen=True):
    """What became of a run: each job's result, skipped ones left out, and all that was printed."""

    jobs: dict[str, str]
    log: str


class Actor(msgspec.Struct, frozen=True):
    """Runs workflows in a working copy; `environment` is what the machine of each job has."""

    folder: Path
    environment: dict[str, str]

    def run(
        self,
        workflow: Path,
        event: str,
        payload: Mapping[str, Any],
        secrets: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> Ran:
        """Run a workflow for an event."""
        home = self.folder.parent / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        event_file = home / "event.json"
        event_file.write_text(json.dumps(payload))
        command = [
            str(COMMANDS / "act"),
            event,
            "--json",
            f"--workflows={_known_to_act(workflow, home)}",
            f"--eventpath={event_file}",
            f"--action-cache-path={home / 'cache'}",
            "--platform=ubuntu-latest=-self-hosted",
            "--no-skip-checkout",
            "--no-cache-server",
            "--defaultbranch=main",
            *(
                f"--local-repository={used}={STAND_INS / Path(used.partition('@')[0]).name}"
                for used in actions()
            ),
            *(f"--env={name}={value}" for name, value in self.environment.items()),
            *(f"--var={name}={value}" for name, value in variables.items()),
            *(f"--secret={name}={value}" for name, value in secrets.items()),
        ]
        path = f"{self.folder.parent / 'commands'}:/usr/local/bin:/usr/bin:/bin"
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env={"HOME": str(home), "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
        results = {line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line}
        return Ran(results, "".join(line["msg"] for line in lines) + ran.stderr)


def actions() -> list[str]:
    """Return the actions of others that the workflows use."""
    used = re.findall(r"uses: (\S+@\S+)", "".join(path.read_text() for path in WORKFLOWS.glob("*.yml")))
    return sorted(each for each in set(used) if (STAND_INS / Path(each.partition("@")[0]).name).is_dir())


def permissions(workflow: Path) -> frozenset[str]:
    """Return all that a workflow's jobs may do."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return frozenset(
        f"{name.replace('-', '_')}:{level}" for job in jobs for name, level in job["permissions"].items()
    )


def _known_to_act(workflow: Path, folder: Path) -> Path:
    """Return a workflow without the one key that act does not know yet, which is about runs that wait."""
    place = folder / workflow.name
    place.write_text(re.sub(r"^ +queue: max\n", "", workflow.read_text(), flags=re.MULTILINE))
    return place
