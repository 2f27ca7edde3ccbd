"""From a real LDAP server into people.lock, and from there into a portal, until people leave again."""

import re
from pathlib import Path

import pytest

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place
from tests.servers.slapd import PASSWORD, READER, SlapdServer
from tests.sources.ldap.company import Company

pytestmark = [pytest.mark.real, pytest.mark.no_cover]

MEMBERS = "admins: [ana@acme.example]\n          members: {from: directory, group: Acme Developers}"


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A repository, which is the current folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PORTAL_LDAP_PASSWORD", PASSWORD)
    return Place(folder, capsys)


def write(place: Place, company: Company) -> None:
    server = company.server
    settings = {
        "type": "ldap",
        "url": server.url,
        "base": company.base,
        "user": READER,
        "caFile": str(server.folder / "ca.pem"),
    }
    lines = "".join(f'          {key}: "{value}"\n' for key, value in settings.items())
    place.write(
        reconciler=f"{CONFIGURATION.rstrip(' ')}      sources:\n        directory:\n{lines}"
        "          password: {env: PORTAL_LDAP_PASSWORD}\n    ",
        catalog=CATALOG,
        partners__acme=PARTNER.replace("admins: [ana@acme.example]", MEMBERS),
        **{"access-groups__tracking": GROUP},
    )


def locked(place: Place) -> dict[str, str]:
    """Return the ids in people.lock, by address."""
    lock = (place.folder / "people.lock").read_text()
    return {email: key for key, email in re.findall(r'id: "?([^",]+)"?, email: ([^,}\s]+)', lock)}


def test_people_come_move_and_leave(place: Place, slapd_server: SlapdServer) -> None:
    company = Company(slapd_server)
    write(place, company)
    ben, cid, dee = (company.person(each) for each in ("ben", "cid", "dee"))
    ids = {dn: company.id(dn) for dn in (ben, cid, dee)}
    group = company.group("Acme Developers", ben, cid, dee)

    assert place.run("doctor", "--source", "directory").code == 0
    ran = place.run("people", "pull")
    assert ran.code == 0, ran
    assert locked(place) == {
        "ben@acme.example": ids[ben],
        "cid@acme.example": ids[cid],
        "dee@acme.example": ids[dee],
    }
    assert place.run("apply", "--auto-approve").code == 0
    assert place.run("plan").out.startswith("No changes.")

    company.change(ben, "replace: mail", "mail: ben.new@acme.example")
    slapd_server.modify(f"dn: {ben}\nchangetype: modrdn\nnewrdn: uid=ben.new\ndeleteoldrdn: 1\n")
    moved = f"uid=ben.new,ou=people,{company.base}"
    company.change(group, "replace: member", f"member: {moved}", f"member: {cid}")
    ran = place.run("people", "pull")
    assert ran.code == 0, ran
    assert locked(place) == {"ben.new@acme.example": ids[ben], "cid@acme.example": ids[cid]}
    plan = place.run("plan").out
    assert ("dee@acme.example" in plan, "ben" in plan) == (True, False)
    assert place.run("apply", "--auto-approve", "--only-removals").code == 0

    # A group that hides its members removes nobody.
    company.change(group, "add: description", "description: no members")
    ran = place.run("people", "pull")
    assert (ran.code, "the account may not read its attribute member" in ran.out + ran.err) == (5, True)
    assert set(locked(place)) == {"ben.new@acme.example", "cid@acme.example"}

    company.change(group, "delete: description")
    company.change(group, "replace: member", f"member: {group}")
    company.change(cid, "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    slapd_server.delete(moved)
    assert place.run("people", "pull").code == 0
    assert locked(place) == {}
    assert place.run("people", "pull").out == "No changes.\n"
