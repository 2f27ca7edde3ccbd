"""A real OpenLDAP server. Each test has a subtree of its own, or a server that it may kill."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from tests.http import certificates
from tests.servers.process import free_port, running

SUFFIX: Final = "dc=example,dc=com"
READER: Final = f"cn=reconciler,{SUFFIX}"
# An account for which a search ends after five entries.
LIMITED: Final = f"cn=limited,{SUFFIX}"
PASSWORD: Final = "reader-made-for-tests"
_ADMIN: Final = f"cn=admin,{SUFFIX}"
ADMIN_PASSWORD: Final = "made-for-tests"
_SCHEMAS: Final = Path("/etc/ldap/schema")
_MODULES: Final = Path("/usr/lib/ldap")
# The description of an entry decides what the reader may see of it.
_CONFIGURATION: Final = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/nis.schema
include {schemas}/inetorgperson.schema
include {schemas}/dyngroup.schema
modulepath {modules}
moduleload back_mdb
moduleload dyngroup
moduleload memberof
moduleload ppolicy
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
pidfile {folder}/slapd.pid
sizelimit size.soft=500 size.hard=500
access to dn.base="" by * read
access to filter="(description=no entry)" by * none
access to filter="(description=no members)" attrs=member,uniqueMember,memberUid by * none
access to filter="(description=no id)" attrs=entryUUID by * none
access to dn.subtree="{suffix}" attrs=userPassword by anonymous auth
access to dn.subtree="{suffix}" by users read by anonymous auth
database mdb
suffix "{suffix}"
rootdn "{admin}"
rootpw {password}
directory {folder}/data
dbnosync
maxsize 268435456
index objectClass,cn,uid,member,entryUUID eq
limits dn.exact="{limited}" size.soft=5 size.hard=5 size.prtotal=5
limits dn.exact="{reader}" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited
overlay memberof
overlay ppolicy
"""
_FIRST: Final = f"""
dn: {SUFFIX}
objectClass: domain
dc: example

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reconciler
userPassword: {PASSWORD}

dn: {LIMITED}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: limited
userPassword: {PASSWORD}
"""


class SlapdServer:
    """A running server. `folder` has the certificate of its authority, `ca.pem`."""

    def __init__(self, folder: Path, port: int, tls_port: int) -> None:
        self.folder = folder
        self.plain = f"ldap://127.0.0.1:{port}"
        self.url = f"ldaps://127.0.0.1:{tls_port}"
        self._subtrees = count(1)

    def has_started(self) -> bool:
        """Return whether it answers."""
        command = ["ldapsearch", "-x", "-H", self.plain, "-b", "", "-s", "base", "1.1"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def subtree(self) -> str:
        """Add a subtree that no test has used, and return its DN."""
        number = next(self._subtrees)
        base = f"ou=t{number},{SUFFIX}"
        self.add(f"dn: {base}\nobjectClass: organizationalUnit\nou: t{number}\n")
        return base

    def stop(self) -> None:
        """End the server at once."""
        os.kill(int((self.folder / "slapd.pid").read_text()), signal.SIGKILL)

    def value(self, dn: str, attribute: str) -> str:
        """Return the one value of an attribute, as the administrator sees it."""
        found = self._run("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", dn, "-s", "base", attribute)
        [line] = [each for each in found.splitlines() if each.startswith(f"{attribute}:")]
        return line.partition(": ")[2]

    def add(self, ldif: str) -> None:
        """Add entries."""
        self.modify(ldif, "-a")

    def modify(self, ldif: str, *options: str) -> None:
        """Apply changes in LDIF."""
        self._run("ldapmodify", *options, text=ldif)

    def delete(self, dn: str) -> None:
        """Delete an entry."""
        self._run("ldapdelete", dn)

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        """Run a program of OpenLDAP as the administrator, and return its output."""
        command = [program, "-x", "-H", self.plain, "-D", _ADMIN, "-w", ADMIN_PASSWORD, *arguments]
        return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout


@contextmanager
def running_slapd(folder: Path) -> Iterator[SlapdServer]:
    """Run a server; the folder has its certificate, `server.pem` and `server.key`."""
    server = SlapdServer(folder, free_port(), free_port())
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(
        _CONFIGURATION.format(
            schemas=_SCHEMAS,
            modules=_MODULES,
            folder=folder,
            suffix=SUFFIX,
            admin=_ADMIN,
            password=ADMIN_PASSWORD,
            reader=READER,
            limited=LIMITED,
        )
    )
    command = [slapd(), "-d", "0", "-h", f"{server.plain}/ {server.url}/", "-f", str(folder / "slapd.conf")]
    with running(command, {}, folder / "log", server.has_started):
        server.add(_FIRST)
        yield server


@pytest.fixture(scope="session")
def slapd_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlapdServer]:
    """A server for all tests of a worker."""
    slapd()
    folder = tmp_path_factory.mktemp("slapd")
    certificates.authority(folder)
    certificates.server(folder)
    with running_slapd(folder) as server:
        yield server


def slapd() -> str:
    """Return the path of the program. Skips the test where it is missing."""
    found = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/libexec")
    if found is None or shutil.which("ldapmodify") is None:
        pytest.skip("slapd or ldap-utils is not installed")
    return found
