"""The commands on the page about Keycloak as a source, run as they are with the server's own program."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from reconciler.testing.harness import quiet
from tests.servers.keycloak import ADMIN, HOME, KeycloakServer, Realm
from tests.sources.keycloak.realms import asked, opened

PAGE: Final = Path(__file__).parents[2] / "docs" / "sources" / "keycloak.md"
CLIENT: Final = "reconciler-people"


def commands(realm: str) -> list[list[str]]:
    """Return the commands of the page, for this realm."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ").replace("-r company", f"-r {realm}")
    return [line.split() for line in text.splitlines() if line.strip()]


def secret_of(realm: Realm, client: str) -> str:
    [found] = realm.ask("GET", f"/clients?clientId={client}")
    return str(realm.ask("GET", f"/clients/{found['id']}/client-secret")["value"])


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keycloak")
def test_the_commands_make_an_account_that_reads_people(keycloak: KeycloakServer, tmp_path: Path) -> None:
    realm = keycloak.new_realm(
        (),
        groups=[{"name": "acme"}],
        users=[{"username": "ana", "email": "ana@acme.example", "enabled": True, "groups": ["/acme"]}],
    )
    name, password = ADMIN
    kcadm = [str(HOME / "bin" / "kcadm.sh")]
    config = ["--config", str(tmp_path / "kcadm.config")]
    login = ["--server", keycloak.url, "--realm", "master", "--user", name, "--password", password]

    subprocess.run([*kcadm, "config", "credentials", *login, *config], check=True)
    for program, *arguments in commands(realm.name):
        assert program == "kcadm.sh"
        subprocess.run([*kcadm, *arguments, *config], check=True)

    opening = opened(keycloak.url, realm.name, client=CLIENT, secret=secret_of(realm, CLIENT))
    answers = asked(opening, lambda directory: directory.read(["/acme"], quiet))
    assert [person.email for person in answers["/acme"].people] == ["ana@acme.example"]
    assert answers["/acme"].completeness == "complete"
