"""A real SCIM server: scim2-server in a process of its own, and scim2-client as another one who writes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Email, Group, GroupMember, ScimProvider, User

from tests.servers.process import free_port

TOKEN: Final = "made-for-tests"
_START_SECONDS: Final = 60
# It dumps what it holds on SIGINT, which processes in the background of a shell ignore.
_PROGRAM: Final = """
import signal, sys
from scim2_server.testserver.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""


class Scim2Server:
    """A running server. Its administrator writes with scim2-client."""

    def __init__(self, url: str) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self._http = httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60)
        # Its types are unions of a resource, an error and a dictionary.
        self._scim: Any = SyncSCIMClient(self._http, provider=ScimProvider(models=[User, Group]))
        # What the server holds, after it has ended.
        self.dump: list[dict[str, Any]] = []

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def add_user(self, email: str) -> str:
        """Create a user and return the id."""
        made = self._scim.create(
            User(user_name=email, active=True, emails=[Email(value=email, primary=True)])
        )
        assert isinstance(made, User)
        return str(made.id)

    def add_group(self, name: str, *users: str) -> str:
        """Create a group and return the id."""
        return str(self._scim.create(Group(display_name=name, members=_members(users) or None)).id)

    def set_members(self, group: str, *users: str, groups: tuple[str, ...] = ()) -> None:
        """Replace the members of a group."""
        found = self._scim.query(Group, group)
        found.members = [*_members(users), *_members(groups, "Group")] or None
        self._scim.replace(found)

    def change_user(self, user: str, *, email: str = "", active: bool = True) -> None:
        """Disable or enable a user, and set another address if one is given."""
        found = self._scim.query(User, user)
        found.active = active
        found.emails = [Email(value=email, primary=True)] if email else found.emails
        self._scim.replace(found)

    def remove_user(self, user: str) -> None:
        """Delete a user; the server leaves it in its groups."""
        self._scim.delete(User, user)

    def addresses(self, group: str) -> set[str]:
        """Return the addresses of the active users in a group, as the dump has them."""
        resources = {each["id"]: each for each in self.dump}
        found: set[str] = set()
        for member in resources[group].get("members", ()):
            each = resources.get(member["value"], {})
            if member.get("type") == "Group":
                found |= self.addresses(member["value"])
            elif each.get("active"):
                found.add(each["emails"][0]["value"])
        return found


def _members(ids: tuple[str, ...], kind: str = "User") -> list[GroupMember]:
    return [GroupMember(value=each, type=kind) for each in ids]


@contextmanager
def scim2_server(folder: Path, settings: dict[str, Any] | None = None) -> Iterator[Scim2Server]:
    """Run a server until the end of the block, with other settings than its own if they are given."""
    port, dump = free_port(), folder / "dump.json"
    command = [
        sys.executable,
        "-c",
        _PROGRAM,
        f"--port={port}",
        f"--bearer-token={TOKEN}",
        f"--dump-resources={dump}",
    ]
    if settings is not None:
        folder.joinpath("settings.json").write_text(json.dumps(settings), "utf-8")
        command.append(f"--service-provider-config={folder / 'settings.json'}")
    with folder.joinpath("log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        server = Scim2Server(f"http://127.0.0.1:{port}/v2")
        try:
            _wait(server.url, process)
            yield server
        finally:
            server.close()
            process.send_signal(signal.SIGINT)
            process.wait(_START_SECONDS)
    server.dump = json.loads(dump.read_text("utf-8"))


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + _START_SECONDS
    with httpx2.Client(trust_env=False) as client:
        while monotonic() < end and process.poll() is None:
            try:
                client.get(url)
            except httpx2.RequestError:
                sleep(0.1)
            else:
                return
    raise RuntimeError("scim2-server did not start")
