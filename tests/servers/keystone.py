"""A real Keystone server, which `.ci/keystone` prepares, with the same new content for each test."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.servers.process import CACHE, free_port, running

_HOME: Final = CACHE / "keystone-30.0.0"
_ADMIN: Final = "made-for-tests"
DOMAIN: Final = "apis"
USER: Final = "reconciler"
PASSWORD: Final = "user-made-for-tests"
APIS: Final = ("tracking", "rates")
# The command line of Keystone would read the port as an option of its own.
_SERVE: Final = """
import sys
port = int(sys.argv.pop())
from keystone.server.wsgi import initialize_public_application
from waitress import serve
serve(initialize_public_application(), host="127.0.0.1", port=port, threads=8)
"""
# Without the cache, each request reads the roles of its token with about 90 queries. What is in it after a
# test is the same in the next one.
_CONFIGURATION: Final = """
[database]
connection = sqlite:///{database}
sqlite_synchronous = false
[fernet_tokens]
key_repository = {home}/fernet
[fernet_receipts]
key_repository = {home}/fernet
[credential]
key_repository = {home}/credential
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory
[api]
response_validation = ignore
"""


class KeystoneServer:
    """A running server, and its administrator. `user` is that of the reconciler."""

    def __init__(self, url: str, database: Path) -> None:
        self.url = url
        self._database = database
        self._client = httpx2.Client(base_url=f"{url}/v3", trust_env=False, timeout=60)
        self._client.headers["X-Auth-Token"] = self._token("admin", "Default", _ADMIN)
        self.domain = self.find("domains", name="Default")["id"]
        self.ask("PATCH", f"domains/{self.domain}", {"domain": {"name": DOMAIN}})
        self.ask("DELETE", f"projects/{self.find('projects', name='admin')['id']}")
        self.roles = {role["name"]: role["id"] for role in self.ask("GET", "roles")["roles"]}
        self._user = self.create("users", name=USER, domain_id=self.domain, password=PASSWORD)
        self.ask("PUT", f"system/users/{self._user}/roles/{self.roles['admin']}")
        self.projects = {name: self.create("projects", name=name, domain_id=self.domain) for name in APIS}
        self._new = database.with_suffix(".new")
        shutil.copy(database, self._new)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def reset(self) -> None:
        """Return to the content of a new server: one domain with our user, and a project for each API."""
        with closing(sqlite3.connect(self._new)) as new, closing(sqlite3.connect(self._database)) as now:
            new.backup(now)
        # A change of any role assignment empties the cache of them.
        grant = f"projects/{self.projects[APIS[0]]}/users/{self._user}/roles/{self.roles['reader']}"
        self.ask("PUT", grant)
        self.ask("DELETE", grant)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request of the administrator; raise an exception for an error status."""
        response = self._client.request(method, f"/{path}", json=body).raise_for_status()
        return response.json() if response.content else None

    def create(self, names: str, **values: Any) -> str:
        """Create an object, and return its id."""
        name = names.removesuffix("s")
        return str(self.ask("POST", names, {name: values})[name]["id"])

    def find(self, names: str, **query: str) -> dict[str, Any]:
        """Return the one object with these values."""
        [found] = self.ask("GET", f"{names}?{httpx2.QueryParams(query)}")[names]
        return dict(found)

    def give_role(self, name: str, *, instead_of: str) -> None:
        """Give the user of the reconciler another role on the system."""
        self.ask("PUT", f"system/users/{self._user}/roles/{self.roles[name]}")
        self.ask("DELETE", f"system/users/{self._user}/roles/{self.roles[instead_of]}")

    def effective_access(self) -> set[tuple[str, str, str]]:
        """Return who has which role in the project of which API, as Keystone itself works it out."""
        found = self.ask("GET", "role_assignments?effective&include_names")["role_assignments"]
        return {
            (each["user"]["name"], each["scope"]["project"]["name"], each["role"]["name"])
            for each in found
            if each["scope"].get("project", {}).get("domain", {}).get("name") == DOMAIN
        }

    def _token(self, user: str, domain: str, password: str) -> str:
        who = {"name": user, "domain": {"name": domain}, "password": password}
        identity = {"methods": ["password"], "password": {"user": who}}
        body = {"auth": {"identity": identity, "scope": {"system": {"all": True}}}}
        response = self._client.post("/auth/tokens", json=body).raise_for_status()
        return str(response.headers["X-Subject-Token"])


@pytest.fixture(scope="session")
def keystone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeystoneServer]:
    """A server for all tests of a worker. Mark them with `xdist_group("keystone")`."""
    if not (_HOME / "prepared").exists():
        pytest.skip("no Keystone server is prepared; .ci/keystone does that")
    folder = tmp_path_factory.mktemp("keystone")
    shutil.copy(_HOME / "keystone.db", folder)
    database, port = folder / "keystone.db", free_port()
    (folder / "keystone.conf").write_text(_CONFIGURATION.format(database=database, home=_HOME))
    environment = {"OS_KEYSTONE_CONFIG_DIR": str(folder), "OS_KEYSTONE_CONFIG_FILES": "keystone.conf"}
    command = [str(_HOME / "environment/bin/python"), "-I", "-c", _SERVE, str(port)]
    url = f"http://127.0.0.1:{port}"
    with (
        running(command, environment, folder / "log", f"{url}/v3"),
        closing(KeystoneServer(url, database)) as server,
    ):
        yield server


@pytest.fixture
def keystone(keystone_server: KeystoneServer) -> KeystoneServer:
    """A server with the content of a new one."""
    keystone_server.reset()
    return keystone_server
