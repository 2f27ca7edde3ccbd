"""The sample company on a developer portal of Konnect in this process."""

import json

import msgspec
import pytest
import yaml

from reconciler.model.remote_portal_settings import KonnectPortal
from reconciler.portals import konnect
from reconciler.portals.package import Credentials, PortalType
from tests.cli.running import Place
from tests.end_to_end.sample_company import ROOT, Access, SampleCompany
from tests.servers.konnect import KonnectServer, KonnectState

SETTINGS = {
    "type": "konnect",
    "region": "eu",
    "portal": "Partners",
    "token": {"env": "PORTAL_TOKEN"},
    "fallbacks": {
        "admins": "as-members",
        "delegated": "unmanaged",
        "blocked": "each-run",
        "developerGrants": "team-of-one",
        "until": "daily-run",
        "invitations": "create",
    },
}


class Company(SampleCompany):
    """A repository with the sample, and a portal with its APIs."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(place, json.dumps(SETTINGS))
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

    def granted(self) -> Access:
        """Return what the portal gives each developer."""
        people = sorted(each["email"] for each in self.state.developers.values())
        return {person: found for person in people if (found := self.state.granted(person))}
