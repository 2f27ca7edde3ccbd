"""The commands and the settings on the page about LDAP work on a real server."""

import asyncio
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from reconciler.model.directory import GroupAnswer
from reconciler.model.directory_settings import LdapSource
from tests.http import certificates
from tests.servers.slapd import ADMIN_PASSWORD, SUFFIX, SlapdServer, running_slapd
from tests.sources.ldap.company import opened

PAGE: Final = Path(__file__).parents[3] / "docs/sources/ldap.md"
CONTENT: Final = f"""
dn: ou=services,{SUFFIX}
objectClass: organizationalUnit
ou: services

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: uid=ana,ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: ana
cn: Ana
sn: Ana
mail: ana@acme.example

dn: cn=Acme Developers,{SUFFIX}
objectClass: groupOfNames
cn: Acme Developers
member: uid=ana,ou=people,{SUFFIX}
"""


def commands(server: SlapdServer) -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    texts = [re.sub(r"^   ", "", each, flags=re.MULTILINE) for each in blocks]
    return [each.replace("ldaps://ldap.example.com", server.url) for each in texts]


def run(command: str, password: str, server: SlapdServer) -> str:
    """Run a command as a person does who types the password."""
    environment = {**os.environ, "LDAPTLS_CACERT": str(server.folder / "ca.pem")}
    command = command.replace(" -W", f" -w {password}")
    return subprocess.run(
        ["bash", "-euc", command], env=environment, check=True, capture_output=True, text=True
    ).stdout


def settings(server: SlapdServer) -> LdapSource:
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    written: dict[str, Any] = yaml.safe_load(block)["sources"]["directory"]
    return LdapSource.model_validate({**written, "url": server.url, "caFile": str(server.folder / "ca.pem")})


def test_the_page_leads_to_the_people_of_a_group(tmp_path: Path, slapd_server: SlapdServer) -> None:
    certificates.authority(tmp_path)
    certificates.server(tmp_path)
    with running_slapd(tmp_path) as server:
        server.add(CONTENT)
        create, check = commands(server)
        run(create, ADMIN_PASSWORD, server)
        shown = run(check, "change-this", server)

        async def read() -> GroupAnswer:
            async with opened(settings(server), "change-this") as directory:
                return (await directory.read(["Acme Developers"], lambda *_: None))["Acme Developers"]

        answer = asyncio.run(read())

    assert f"member: uid=ana,ou=people,{SUFFIX}" in shown
    assert "mail: ana@acme.example" in shown
    assert (answer.completeness, [each.email for each in answer.people]) == ("complete", ["ana@acme.example"])
    assert slapd_server.url != server.url
