"""Serve the people in people.csv as a directory with SCIM, until Ctrl-C.

It needs scim2-server: `pip install scim2-server`.
"""

import argparse
import csv
import json
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

PEOPLE: Final = Path(__file__).with_name("people.csv")
TOKEN: Final = "only-for-this-example"  # noqa: S105  it protects nothing
_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"
_START_SECONDS: Final = 60
# No proxy is asked for this machine.
_OPENER: Final = build_opener(ProxyHandler({}))


class Directory:
    """The server at a port of this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v2"

    def create(self, kind: str, values: Mapping[str, Any]) -> str:
        """Create a user or a group, and return its id."""
        body = json.dumps({"schemas": [f"{_CORE}:{kind}"], **values}).encode()
        with _OPENER.open(self._request(f"{kind}s", body)) as response:
            return str(json.load(response)["id"])

    def wait(self, process: "subprocess.Popen[bytes]") -> None:
        """Return when the server answers."""
        end = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < end:
            try:
                _OPENER.open(self._request("Groups")).close()
            except HTTPError:
                return
            except URLError:
                time.sleep(0.1)
            else:
                return
        sys.exit("scim2-server did not start.")

    def _request(self, path: str, body: bytes | None = None) -> Request:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        return Request(f"{self.url}/{path}", body, headers)  # noqa: S310  this machine


def fill(directory: Directory) -> tuple[int, int]:
    """Create all people and their groups; return how many of each."""
    groups: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        found = directory.create("User", _user(row))
        groups[row["group"]].append({"value": found, "type": "User"})
    for name, members in groups.items():
        directory.create("Group", {"displayName": name, "members": members})
    return len(rows), len(groups)


def _user(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "userName": row["userName"],
        "name": {"givenName": row["givenName"], "familyName": row["familyName"]},
        "emails": [{"value": row["email"], "type": "work", "primary": True}],
        "active": row["active"] == "true",
    }


def _require_free(port: int) -> None:
    """End with a message if a program uses the port: it may be another of these directories."""
    with socket.socket() as found:
        if found.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"Port {port} is in use. End the other directory, or use --port and change the url.")


def main() -> None:
    """Start the server, fill it, and wait until it ends."""
    parser = argparse.ArgumentParser(description="Serve the people of the example as a SCIM directory.")
    parser.add_argument("--port", type=int, default=8756)
    port = parser.parse_args().port
    _require_free(port)
    program = str(Path(sys.executable).with_name("scim2-server"))
    command = [program, f"--port={port}", f"--bearer-token={TOKEN}"]
    quiet = subprocess.DEVNULL
    # The server ends with this program, however that is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:  # noqa: S603  our own
        try:
            directory = Directory(port)
            directory.wait(process)
            people, groups = fill(directory)
            print(f"{people} people in {groups} groups at {directory.url}; press Ctrl-C to end.", flush=True)
            with suppress(KeyboardInterrupt):
                process.wait()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
