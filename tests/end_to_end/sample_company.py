"""The repository of the sample company with another portal, through the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import yaml

from tests.cli.running import TODAY, Place

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 120
Access = dict[str, dict[str, str]]


class SampleCompany:
    """A copy of the sample, whose default portal has these settings."""

    def __init__(self, place: Place, settings: str) -> None:
        self.place = place
        for name in ("partners", "access-groups"):
            shutil.copytree(ROOT / name, place.folder / name)
        shutil.copy(ROOT / "catalog.yaml", place.folder)
        configuration = ROOT.joinpath("reconciler.yaml").read_text("utf-8")
        configuration = configuration.replace("defaultPortal: local", "defaultPortal: there")
        configuration = configuration.replace("  portals:\n", f"  portals:\n    there: {settings}\n")
        place.folder.joinpath("reconciler.yaml").write_text(configuration, "utf-8")
        catalog = yaml.safe_load(ROOT.joinpath("catalog.yaml").read_text("utf-8"))
        self.apis = [str(api["name"]) for api in catalog["spec"]["apis"]]

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that a file has once."""
        path = self.place.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")

    def apply(self, *options: str) -> None:
        """Apply the files."""
        ran = self.place.run("apply", "--auto-approve", *options)
        assert ran.code == 0, ran.out + ran.err

    def apply_until_killed(self, written: Callable[[], bool]) -> None:
        """Apply the files in another process, and kill it as soon as enough was written; changes are left."""
        command = [sys.executable, "-m", "reconciler", "apply", "--auto-approve", "--today", TODAY]
        with subprocess.Popen(
            command, cwd=self.place.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            end = monotonic() + WAIT_SECONDS
            while not written() and monotonic() < end:
                sleep(0.002)
            os.kill(process.pid, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert self.planned() != []

    def planned(self, *options: str) -> list[tuple[str, str]]:
        """Return the actions and ids of a plan."""
        ran = self.place.run("plan", "--format", "json", *options)
        assert ran.code in {0, 3}, ran.out + ran.err
        return [(change["action"], change["id"]) for change in json.loads(ran.out)["changes"]]

    def reported(self, *options: str) -> Access:
        """Return the levels of each person and API that `access` reports."""
        ran = self.place.run("access", "--format", "json", *options)
        assert ran.code == 0, ran.err
        found: Access = defaultdict(dict)
        for row in json.loads(ran.out)["rows"]:
            if found[row["person"]].get(row["api"]) != "consume":
                found[row["person"]][row["api"]] = row["level"]
        return dict(found)
