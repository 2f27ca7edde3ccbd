import errno
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.cli.running import CONFIGURATION, Place, Ran, process
from tests.portal_server.driver import Portal


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Serve a portal as a process of its own, on a free port; it ends with the test."""
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", "portal", "serve", "--port", "0", *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stderr is not None
            line = running.stderr.readline()
            found = re.fullmatch(r"Serving \S+ at (http://127\.0\.0\.1:\d+)\n", line)
            assert found, line
            yield running, found[1]
        finally:
            running.kill()


def token(place: Place, scope: str) -> str:
    ran = place.run("portal", "token", "--scope", scope)
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
    return ran.out.strip()


def status(url: str, path: str, bearer: str) -> int:
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx2.get(f"{url}{path}", headers=headers).status_code


def elsewhere(url: str) -> str:
    return CONFIGURATION.replace("http://127.0.0.1:9", url)


def test_a_served_portal_is_planned_and_applied_over_http_and_ends_with_0(place: Place) -> None:
    known = {"environment": {"PORTAL_TOKEN": token(place, "admin")}}
    with served(place.folder) as (running, url):
        place.write(reconciler=elsewhere(url))
        saved = process(place.folder, "plan", "--portal", "away", "--out", "plan.json", **known)
        applied = process(place.folder, "apply", "plan.json", **known)
        again = process(place.folder, "plan", "--portal", "away", **known)
        running.send_signal(signal.SIGTERM)

        assert (saved.code, applied.code, applied.out) == (0, 0, "Applied 6.\n")
        assert again == Ran(0, "No changes.\n")
        assert running.wait(timeout=30) == 0


def test_a_wrong_token_ends_with_5(place: Place) -> None:
    with served(place.folder) as (_, url):
        place.write(reconciler=elsewhere(url))
        ran = process(place.folder, "plan", "--portal", "away", environment={"PORTAL_TOKEN": "wrong"})

    assert (ran.code, ran.out, ran.err.splitlines()[0].startswith("Error: ")) == (5, "", True)


def test_the_token_of_a_team_sees_too_little_to_plan_with(applied: Place) -> None:
    narrow = {"environment": {"PORTAL_TOKEN": token(applied, "team:acme/ops")}}
    with served(applied.folder) as (_, url):
        applied.write(reconciler=elsewhere(url))
        ran = process(applied.folder, "plan", "--portal", "away", **narrow)

    assert (ran.code, ran.out) == (5, "")


def test_nobody_answers_ends_with_5(place: Place) -> None:
    ran = process(place.folder, "plan", "--portal", "away", environment={"PORTAL_TOKEN": "any"})

    assert (ran.code, ran.out, "127.0.0.1:9" in ran.err) == (5, "", True)


def test_a_token_may_do_what_its_scope_says(applied: Place) -> None:
    bearers = [token(applied, scope) for scope in ("admin", "read", "team:acme/ops")]
    with served(applied.folder) as (_, url):
        seen = [status(url, "/me", bearer) for bearer in bearers]
        audited = [status(url, "/audit", bearer) for bearer in bearers]

    assert (seen, audited[0], audited[2]) == ([200, 200, 200], 200, 200)


@pytest.mark.parametrize("scope", ["all", "team", "team:acme", "team:acme/", "admin:x", ""])
def test_a_scope_that_there_is_not_is_refused(place: Place, scope: str) -> None:
    ran = place.run("portal", "token", "--scope", scope)

    assert (
        ran.code,
        ran.out,
        f'"{scope}" is not valid; use admin, read or team:PARTNER/TEAM' in ran.err,
    ) == (
        1,
        "",
        True,
    )


def test_no_token_is_made_for_a_team_that_there_is_not(place: Place) -> None:
    ran = place.run("portal", "token", "--scope", "team:acme/nobody")

    assert (ran.code, ran.out, ran.err.startswith("Error: no token was created: ")) == (1, "", True)


def test_an_emptied_portal_holds_nothing_and_is_another(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.run("apply", "--auto-approve")

    emptied = place.run("portal", "reset", "--yes")

    assert (emptied.code, emptied.out, emptied.err.startswith("Emptied ")) == (0, "", True)
    assert place.run("apply", "plan.json").code == 4
    assert place.run("plan", "--detailed-exitcode").code == 2


def test_nothing_is_emptied_without_a_yes(place: Place) -> None:
    assert place.run("portal", "reset") == Ran(
        1,
        "",
        "Error: there is no terminal to ask on; nothing was written\nHint: --yes empties it without asking\n",
    )


def test_a_database_needs_no_configuration(tmp_path: Path) -> None:
    ran = process(tmp_path, "portal", "token", "--scope", "admin", "--database", "new/portal.db")

    assert (ran.code, ran.err, (tmp_path / "new/portal.db").exists()) == (0, "", True)


def test_a_portal_that_is_served_elsewhere_has_no_database_here(place: Place) -> None:
    assert place.run("portal", "reset", "--yes", "--portal", "away") == Ran(
        1,
        "",
        'Error: portal "away" is served elsewhere, at http://127.0.0.1:9\n'
        "Hint: choose one that has a database with --portal, or give --database\n",
    )


def test_an_emptied_portal_offers_the_catalog_again_also_where_it_is_served(applied: Place) -> None:
    applied.run("portal", "reset", "--yes")

    with Portal(str(applied.folder / ".reconciler" / "portal.db")) as served:
        assert [api["name"] for api in served.items("/apis")] == ["tracking-v2"]


def test_a_port_in_use_is_an_error_of_the_command_line(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        ran = place.run("portal", "serve", "--port", str(port))

    assert ran == Ran(
        1,
        "",
        f"Error: 127.0.0.1:{port} cannot be used: {os.strerror(errno.EADDRINUSE)}\n"
        "Hint: choose another one with --host or --port; --port 0 chooses a free port\n",
    )


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("portal..example", '--host: "portal..example" cannot be resolved: not a valid host name'),
        ("192.0.2.1", f"192.0.2.1:8750 cannot be used: {os.strerror(errno.EADDRNOTAVAIL)}"),
    ],
)
def test_a_host_that_cannot_be_used_is_an_error_of_the_command_line(
    place: Place, host: str, problem: str
) -> None:
    ran = place.run("portal", "serve", "--host", host)

    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (1, "", f"Error: {problem}")


def test_a_damaged_database_comes_with_what_to_do(place: Place) -> None:
    place.run("plan")
    database = place.folder / ".reconciler" / "portal.db"
    for beside in database.parent.glob("portal.db-*"):
        beside.unlink()
    database.write_bytes(b"no database " * 100)
    hint = "Hint: restore it from a backup, or move it away: a new, empty one is created on first use\n"
    planned, token = place.run("plan"), place.run("portal", "token", "--scope", "admin")

    assert (planned.code, planned.err.endswith(f"file is not a database\n{hint}")) == (5, True)
    assert (token.code, token.err.endswith(f"file is not a database\n{hint}")) == (5, True)
