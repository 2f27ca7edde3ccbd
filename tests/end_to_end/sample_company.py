"""The repository of the sample company with another portal, through the command line."""

import json
import shutil
from collections import defaultdict
from pathlib import Path

import yaml

from tests.cli.running import Place

ROOT = Path(__file__).parents[2]
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
