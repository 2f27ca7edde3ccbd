"""A portal's texts reach a terminal, or the log of a runner that obeys commands."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from reconciler.cli import console
from reconciler.cli.logs import RequestLog, log_as_json, log_requests_to
from reconciler.render.text.style import Style, escaped
from tests.cli.running import CONFIGURATION, Place
from tests.forge.serving import served
from tests.portals.embedded.running import running

HOSTILE = "x\n::set-env name=PATH::evil\r\x1b[2J\x1b]0;title\x07##[command]"
TEXTS = st.lists(st.sampled_from([*"\x1b[31m\x9b\r\n\t\u202e\u2028 a:#", "::", "##["])).map("".join)


def obeyed(printed: str) -> list[str]:
    """Return the lines that a terminal or a runner would obey."""
    return [
        line
        for line in printed.split("\n")
        if not line.isprintable() or line.lstrip().startswith("::") or "##[" in line
    ]


@given(TEXTS)
def test_our_colours_are_all_that_is_obeyed_of_painted_lines(said: str) -> None:
    painted = escaped(Style(color=True).paint(said, "red"))

    assert obeyed(painted.replace("\x1b[31m", "").replace("\x1b[0m", "")) == []


@pytest.mark.parametrize(
    "write", [console.log, console.log_lines, console.print_result, console.overwrite_line]
)
def test_no_caller_can_forget_to_escape_a_line(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write(HOSTILE)

    printed = "".join(capsys.readouterr()).removeprefix("\r")
    assert ("set-env" in printed, obeyed(printed)) == (True, [])


def test_a_usage_error_cannot_repeat_a_command_to_the_runner(place: Place) -> None:
    ran = place.run("plan", "--portal", "local", f"\n{HOSTILE}")

    assert (ran.code, "set-env" in ran.err, obeyed(ran.err)) == (1, True, [])


@pytest.mark.parametrize("as_json", [False, True])
def test_the_path_of_a_request_cannot_command_the_runner(
    as_json: bool,  # noqa: FBT001  a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if as_json:
        monkeypatch.setattr(sys, "stderr", sys.stderr)
        log_as_json()

    with log_requests_to(RequestLog()):
        logging.getLogger("reconciler.http.client").info("%s /%s %s %d ms", "GET", HOSTILE, 200, 1)

    printed = capsys.readouterr().err
    assert ("set-env" in printed, printed.count("\n"), obeyed(printed)) == (True, 1, [])


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve a portal whose lease somebody else has, as it says in hostile words; return address and token."""
    (tmp_path / "portal").mkdir()
    with running(tmp_path / "portal") as here:

        async def application(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] != "/lease":
                return await here.application(scope, receive, send)
            problem = {"status": 409, "detail": f"held by {HOSTILE}"}
            return await JSONResponse(problem, 409, media_type="application/problem+json")(
                scope, receive, send
            )

        with served(application) as address:
            yield address, here.token


def test_who_holds_the_lease_cannot_command_the_terminal_of_those_who_wait(
    place: Place, portal: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, token = portal
    monkeypatch.setenv("PORTAL_TOKEN", token)
    away = f'{{type: embedded, url: "{address}", token: {{env: PORTAL_TOKEN}}}}'
    place.write(reconciler=CONFIGURATION + f"    served: {away}\n")

    ran = place.run("apply", "--portal", "served", "--auto-approve", "--lock-timeout", "1", "-v")

    assert (ran.code, ran.err.count("set-env"), obeyed(ran.err)) == (5, 2, [])
