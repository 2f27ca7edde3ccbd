"""From a real SCIM server into people.lock, and from there into a portal, until people leave again."""

import re
from pathlib import Path

import pytest

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place
from tests.servers.scim2_server import TOKEN, Scim2Server, scim2_server

pytestmark = [pytest.mark.real, pytest.mark.no_cover]

MEMBERS = "admins: [ana@acme.example]\n          members: {from: sso, group: Acme Developers}"


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A repository, which is the current folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PORTAL_SCIM_TOKEN", TOKEN)
    return Place(folder, capsys)


def write(place: Place, server: Scim2Server) -> None:
    sso = f'sso: {{type: scim, url: "{server.url}", token: {{env: PORTAL_SCIM_TOKEN}}}}'
    place.write(
        reconciler=f"{CONFIGURATION.rstrip(' ')}      sources:\n        {sso}\n    ",
        catalog=CATALOG,
        partners__acme=PARTNER.replace("admins: [ana@acme.example]", MEMBERS),
        **{"access-groups__tracking": GROUP},
    )


def locked(place: Place) -> dict[str, str]:
    """Return the ids in people.lock, by address."""
    lock = (place.folder / "people.lock").read_text()
    return {email: key for key, email in re.findall(r'id: "?([^",]+)"?, email: ([^,}\s]+)', lock)}


def test_people_come_change_their_address_and_leave(place: Place, tmp_path: Path) -> None:
    with scim2_server(tmp_path) as server:
        write(place, server)
        ben, cid, dee = (server.add_user(f"{name}@acme.example") for name in ("ben", "cid", "dee"))
        group = server.add_group("Acme Developers", ben, cid, dee)

        assert place.run("doctor", "--source", "sso").code == 0
        assert place.run("people", "pull").code == 0
        assert locked(place) == {
            f"{name}@acme.example": key for name, key in (("ben", ben), ("cid", cid), ("dee", dee))
        }
        assert place.run("apply", "--auto-approve").code == 0
        assert place.run("plan").out.startswith("No changes.")

        server.change_user(ben, email="ben.new@acme.example")
        server.set_members(group, ben, cid)
        ran = place.run("people", "pull")
        assert ran.code == 0, ran
        assert locked(place) == {"ben.new@acme.example": ben, "cid@acme.example": cid}
        plan = place.run("plan").out
        assert ("dee@acme.example" in plan, "ben" in plan) == (True, False)
        assert place.run("apply", "--auto-approve", "--only-removals").code == 0

        server.change_user(cid, active=False)
        server.remove_user(ben)
        assert place.run("people", "pull").code == 0
        assert locked(place) == {}
        assert place.run("people", "pull").out.endswith("\nNo changes.\n")
