"""A real Keycloak server, which `.ci/keycloak` prepares, and one new realm for each test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import quote

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.servers.process import CACHE, free_port, running

# The folder of the unpacked server.
HOME: Final = CACHE / "keycloak-26.7.3-scim"
_DATABASE: Final = HOME / "database"
# The administrator in the prepared database.
ADMIN: Final = ("admin", "made-for-tests")
SECRET: Final = "client-made-for-tests"
CLIENT: Final = "reconciler"
_ANSWER_SECONDS: Final = 120
# A token of the administrator is valid for a minute.
_TOKEN_SECONDS: Final = 30
_REALMS: Final = count()
# A server that runs for a few minutes does not earn back what the second compiler costs.
_JAVA_OPTIONS: Final = "-XX:TieredStopAtLevel=1"


class KeycloakServer:
    """A running server, and its administrator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx2.Client(base_url=url, trust_env=False, timeout=_ANSWER_SECONDS)
        self._token = ""
        self._renew_at = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request of the administrator; raise an exception for an error status."""
        headers = {"Authorization": f"Bearer {self._admin_token()}"}
        response = self._client.request(method, f"/admin/realms{path}", json=body, headers=headers)
        response.raise_for_status()
        return response.json() if response.content else None

    def token(self, realm: str, **form: str) -> str:
        """Return an access token of a realm."""
        path = f"/realms/{realm}/protocol/openid-connect/token"
        response = self._client.post(path, data=form).raise_for_status()
        return str(response.json()["access_token"])

    def _admin_token(self) -> str:
        if monotonic() > self._renew_at:
            name, password = ADMIN
            self._token = self.token(
                "master", grant_type="password", client_id="admin-cli", username=name, password=password
            )
            self._renew_at = monotonic() + _TOKEN_SECONDS
        return self._token

    def new_realm(
        self, rights: tuple[str, ...] = ("manage-users", "manage-realm"), **content: Any
    ) -> "Realm":
        """Create a realm with a client whose service account has these roles of realm-management.

        `content` are more fields of its representation, such as groups with their subgroups, users and roles.
        """
        realm = Realm(self, f"r{os.getpid()}-{next(_REALMS)}")
        body = {"realm": realm.name, "enabled": True, "sslRequired": "none", "privateKey": _signing_key()}
        self.admin("POST", "", {**body, **content})
        realm.add_client(CLIENT, rights)
        return realm


class Realm:
    """One realm."""

    def __init__(self, server: KeycloakServer, name: str) -> None:
        self.server = server
        self.name = name

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self.server.url

    @property
    def token_url(self) -> str:
        """The URL of the token endpoint."""
        return f"{self.server.url}/realms/{self.name}/protocol/openid-connect/token"

    def enable_scim(self) -> str:
        """Switch on the SCIM API for the client's tokens, and return its URL."""
        url = f"{self.server.url}/realms/{self.name}/scim/v2"
        self.ask("PUT", "", {"scimApiEnabled": True})
        [client] = self.ask("GET", f"/clients?clientId={CLIENT}")
        mapper = {
            "name": "scim",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "config": {"included.custom.audience": url, "access.token.claim": "true"},
        }
        self.ask("POST", f"/clients/{client['id']}/protocol-mappers/models", mapper)
        return url

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request of the administrator about this realm."""
        return self.server.admin(method, f"/{self.name}{path}", body)

    def token(self, client: str = CLIENT) -> str:
        """Return an access token of a client's service account."""
        return self.server.token(
            self.name, grant_type="client_credentials", client_id=client, client_secret=SECRET
        )

    def token_roles(self, address: str) -> set[str]:
        """Return the realm roles that an access token of the user with this address has."""
        users = self.ask("GET", f"/users?email={quote(address)}&exact=true")
        [client] = self.ask("GET", f"/clients?clientId={CLIENT}")
        if not users:
            return set()
        path = f"/clients/{client['id']}/evaluate-scopes/generate-example-access-token?scope=openid"
        found = self.ask("GET", f"{path}&userId={users[0]['id']}")
        return set(found.get("realm_access", {}).get("roles", ()))

    def add_client(self, name: str, roles: tuple[str, ...]) -> None:
        """Add a client with a service account that has these roles."""
        client = {"clientId": name, "secret": SECRET, "serviceAccountsEnabled": True, "publicClient": False}
        self.ask("POST", "/clients", client)
        [made] = self.ask("GET", f"/clients?clientId={name}")
        [management] = self.ask("GET", "/clients?clientId=realm-management")
        user = self.ask("GET", f"/clients/{made['id']}/service-account-user")
        known = self.ask("GET", f"/clients/{management['id']}/roles")
        wanted = [role for role in known if role["name"] in roles]
        self.ask("POST", f"/users/{user['id']}/role-mappings/clients/{management['id']}", wanted)


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeycloakServer]:
    """A server for all tests of a worker. Mark them with `xdist_group("keycloak")`."""
    if (address := os.environ.get("RECONCILER_TEST_KEYCLOAK")) is not None:
        with closing(KeycloakServer(address)) as server:
            yield server
        return
    if not _DATABASE.exists():
        pytest.skip("no Keycloak server is prepared; .ci/keycloak does that")
    if shutil.which("java") is None:
        pytest.skip("Keycloak needs Java")
    with _running(tmp_path_factory.mktemp("keycloak")) as url, closing(KeycloakServer(url)) as server:
        yield server


@cache
def _signing_key() -> str:
    """Return a key for all realms: it takes the server long to generate one for each of them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return "".join(pem.decode().splitlines()[1:-1])


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """Run a server with a copy of the prepared database."""
    database = shutil.copytree(_DATABASE, folder / "database")
    port, management = free_port(), free_port()
    command = [
        str(HOME / "bin/kc.sh"),
        "start",
        "--optimized",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        "--http-management-host=127.0.0.1",
        f"--http-management-port={management}",
        "--hostname-strict=false",
        "--cache=local",
        f"--db-url=jdbc:h2:file:{database}/keycloak;NON_KEYWORDS=VALUE",
    ]
    environment = {
        "JAVA_OPTS_KC_HEAP": "-Xms128m -Xmx512m",
        "JAVA_OPTS_APPEND": (
            f"{_JAVA_OPTIONS} -Dquarkus.transaction-manager.object-store.directory={folder}/transactions"
        ),
    }
    ready = f"http://127.0.0.1:{management}/health/ready"
    with running(command, environment, folder / "log", ready):
        yield f"http://127.0.0.1:{port}"
