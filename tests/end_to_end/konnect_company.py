"""The sample company on a developer portal of Konnect in this process."""

import json
import shutil
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
import yaml

from reconciler.model.portal_settings import KonnectPortal
from reconciler.portals import konnect
from reconciler.portals.package import Credentials, PortalType
from tests.cli.running import Place
from tests.servers.konnect import KonnectServer, KonnectState

ROOT = Path(__file__).parents[2]
_PORTAL = """\
    konnect:
      type: konnect
      region: eu
      portal: Partners
      token: {env: PORTAL_TOKEN}
      fallbacks:
        admins: as-members
        delegated: unmanaged
        blocked: each-run
        developerGrants: team-of-one
        until: daily-run
        invitations: create
"""
Access = dict[str, dict[str, str]]


class Company:
    """A repository with the sample, and a portal with its APIs."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        for name in ("partners", "access-groups"):
            shutil.copytree(ROOT / name, place.folder / name)
        shutil.copy(ROOT / "catalog.yaml", place.folder)
        configuration = ROOT.joinpath("reconciler.yaml").read_text("utf-8")
        configuration = configuration.replace("defaultPortal: local", "defaultPortal: konnect")
        configuration = configuration.replace("  portals:\n", f"  portals:\n{_PORTAL}")
        place.folder.joinpath("reconciler.yaml").write_text(configuration, "utf-8")
        self.state = KonnectState()
        for api in yaml.safe_load(ROOT.joinpath("catalog.yaml").read_text("utf-8"))["spec"]["apis"]:
            visibility = "public" if api.get("visibility") == "public" else "private"
            self.state.publish(self.state.add_api(api["name"]), visibility)
        self.server = KonnectServer(self.state)
        monkeypatch.setattr(konnect, "PORTAL", self._portal_type())

    def _portal_type(self) -> PortalType:
        def opened(settings: KonnectPortal, credentials: Credentials) -> object:
            return konnect.open_portal(
                settings, msgspec.structs.replace(credentials, application=self.server)
            )

        return msgspec.structs.replace(konnect.PORTAL, open=opened)

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
        """Return the levels of each person and restricted API that `access` reports."""
        ran = self.place.run("access", "--format", "json", *options)
        assert ran.code == 0, ran.err
        found: Access = defaultdict(dict)
        for row in json.loads(ran.out)["rows"]:
            if found[row["person"]].get(row["api"]) != "consume":
                found[row["person"]][row["api"]] = row["level"]
        return dict(found)

    def granted(self) -> Access:
        """Return what the portal gives each developer."""
        people = sorted(each["email"] for each in self.state.developers.values())
        return {person: found for person in people if (found := self.state.granted(person))}
