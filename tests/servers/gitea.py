"""A real Gitea server, which `.ci/gitea` prepares, with users and repositories of its own for each test."""

import os
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx2
import pytest

from tests.servers.process import CACHE, free_port, running

_HOME: Final = CACHE / "gitea-1.26.0"
_DATABASE: Final = _HOME / "database"
# The administrator in the prepared database.
_ADMIN: Final = ("root", "made-for-tests")
_PASSWORD: Final = "user-made-for-tests"
_ANSWER_SECONDS: Final = 60
_NUMBERS: Final = count()
_SCOPES: Final = ("write:repository", "write:issue", "write:user", "write:organization")
# The key of the internal token is that of its value, which every server accepts that has it.
_CONFIGURATION: Final = """
WORK_PATH = {folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {home}/static
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
PASSWORD_HASH_ALGO = pbkdf2$1$50
SECRET_KEY = made-for-tests
[oauth2]
ENABLED = false
[lfs]
[queue]
TYPE = channel
[indexer]
ISSUE_INDEXER_TYPE = db
[session]
PROVIDER = memory
[actions]
ENABLED = true
[log]
LEVEL = Warn
"""


class GiteaServer:
    """A running server, and its administrator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx2.Client(base_url=f"{url}/api/v1", trust_env=False, timeout=_ANSWER_SECONDS)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def new_user(self, scopes: tuple[str, ...] = _SCOPES) -> "User":
        """Create a user with a token that has these scopes."""
        login = f"u{os.getpid()}-{next(_NUMBERS)}"
        values = {"username": login, "password": _PASSWORD, "email": f"{login}@example.com"}
        body = {**values, "must_change_password": False}
        self.client.post("/admin/users", json=body, auth=_ADMIN).raise_for_status()
        return User(self, login, self.new_token(login, scopes))

    def new_token(self, login: str, scopes: tuple[str, ...]) -> str:
        """Create another token for a user."""
        body = {"name": f"token-{next(_NUMBERS)}", "scopes": scopes}
        response = self.client.post(f"/users/{login}/tokens", json=body, auth=(login, _PASSWORD))
        return str(response.raise_for_status().json()["sha1"])


class User:
    """A user, with a token."""

    def __init__(self, server: GiteaServer, login: str, token: str) -> None:
        self.server = server
        self.login = login
        self.token = token

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request with the token; raise an exception for an error status."""
        headers = {"Authorization": f"token {self.token}"}
        response = self.server.client.request(method, path, json=body, headers=headers)
        response.raise_for_status()
        return response.json() if response.content else None

    def new_repository(self, files: Mapping[str, str] | None = None) -> "Repository":
        """Create a public repository whose branch main has these files; an empty one without files."""
        body = {"name": f"access-{next(_NUMBERS)}", "default_branch": "main"}
        repository = Repository(self, self.ask("POST", "/user/repos", body)["full_name"])
        if files is not None:
            repository.commit(files)
        return repository


class Repository:
    """A repository. Its owner sends the requests unless another user is named."""

    def __init__(self, owner: User, name: str) -> None:
        self.owner = owner
        # With the name of the owner.
        self.name = name

    @property
    def address(self) -> str:
        """The address for git, without a token."""
        return f"{self.owner.server.url}/{self.name}.git"

    def ask(self, method: str, path: str, body: Any = None, *, by: User | None = None) -> Any:
        """Send a request about this repository; raise an exception for an error status."""
        return (by or self.owner).ask(method, f"/repos/{self.name}{path}", body)

    def add(self, user: User, permission: str = "write") -> None:
        """Give a user access."""
        self.ask("PUT", f"/collaborators/{user.login}", {"permission": permission})

    def commit(self, files: Mapping[str, str], branch: str = "main", *, by: User | None = None) -> str:
        """Add files, or replace them, in one commit on a branch, which is created from main if it is new."""
        # An empty repository has no branches, which Gitea sends as null.
        known = [each["name"] for each in self.ask("GET", "/branches") or ()]
        is_new = bool(known) and branch not in known
        branches = {"branch": "main", "new_branch": branch} if is_new else {"branch": branch}
        changes = [
            {"operation": "upload", "path": path, "content": b64encode(text.encode()).decode()}
            for path, text in files.items()
        ]
        made = self.ask("POST", "/contents", {**branches, "files": changes, "message": "Change files"}, by=by)
        return str(made["commit"]["sha"])

    def address_of(self, user: User) -> str:
        """Return the address for git with the token of a user."""
        return self.address.replace("://", f"://{user.login}:{user.token}@")

    def open_pull(self, branch: str, *, by: User | None = None) -> int:
        """Open a pull request from a branch to main."""
        body = {"head": branch, "base": "main", "title": f"Merge {branch}"}
        return int(self.ask("POST", "/pulls", body, by=by)["number"])

    def merge(self, number: int) -> str:
        """Merge a pull request, and return the commit that it made."""
        end = monotonic() + _ANSWER_SECONDS
        while True:
            try:
                self.ask("POST", f"/pulls/{number}/merge", {"Do": "merge"})
            except httpx2.HTTPStatusError as error:
                # Gitea checks for conflicts in the background, and until then refuses to merge.
                if error.response.status_code != httpx2.codes.METHOD_NOT_ALLOWED or monotonic() > end:
                    raise
                sleep(0.1)
            else:
                return str(self.ask("GET", f"/pulls/{number}")["merge_commit_sha"])


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GiteaServer]:
    """A server for all tests of a worker. Mark them with `xdist_group("gitea")`."""
    if (address := os.environ.get("RECONCILER_TEST_GITEA")) is not None:
        with closing(GiteaServer(address)) as server:
            yield server
        return
    if not _DATABASE.exists():
        pytest.skip("no Gitea server is prepared; .ci/gitea does that")
    with _running(tmp_path_factory.mktemp("gitea")) as url, closing(GiteaServer(url)) as server:
        yield server


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """Run a server with a copy of the prepared database."""
    shutil.copy(_DATABASE, folder / "gitea.db")
    port = free_port()
    configuration = folder / "app.ini"
    configuration.write_text(_CONFIGURATION.format(folder=folder, home=_HOME, port=port))
    command = [str(_HOME / "gitea"), "web", "--config", str(configuration)]
    # A test in a container runs as root.
    environment = {"GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"}
    url = f"http://127.0.0.1:{port}"
    with running(command, environment, folder / "log", f"{url}/api/healthz"):
        yield url
