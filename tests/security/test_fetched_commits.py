"""A commit is fetched with the token of a job, beside a checkout whose files and settings are hostile."""

import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from reconciler.cli.git.fetch import beside
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.errors import InputError
from reconciler.model.secret import SecretText
from tests.cli.git.commits import git
from tests.cli.git.remotely import TOKEN, Remotely, remotely_in
from tests.forge.serving import served
from tests.security.gits import leaving

pytestmark = pytest.mark.usefixtures("any_git")
LOGIN = b64encode(f"x-access-token:{TOKEN}".encode()).decode()


@pytest.fixture
def remotely(tmp_path: Path) -> Iterator[Remotely]:
    with remotely_in(tmp_path) as made:
        yield made


@pytest.fixture
def mark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that is there once a command of the checkout was run."""
    return tmp_path_factory.mktemp("marks") / "mark"


def test_nothing_that_the_configuration_of_the_checkout_names_is_used(remotely: Remotely, mark: Path) -> None:
    checkout = remotely.clone()
    command = f"{leaving(mark)} true"
    nowhere = "http://127.0.0.1:9/"
    for name, value in {
        f"url.{nowhere}.insteadOf": remotely.address.removesuffix("our-company/access.git"),
        f"url.{nowhere}.pushInsteadOf": remotely.address,
        "http.proxy": nowhere,
        f"http.{remotely.address}.proxy": nowhere,
        f"http.{remotely.address}.extraheader": "Authorization: Basic other",
        "http.cookieFile": str(mark),
        "http.saveCookies": "true",
        "credential.helper": f"!{command}",
        "core.askPass": command,
        "core.sshCommand": command,
        "core.gitProxy": command,
        "core.fsmonitor": command,
        "core.alternateRefsCommand": command,
        "core.hooksPath": str(checkout / "hooks"),
        "alias.for-each-ref": f"!{command}",
        "gc.auto": "1",
        "maintenance.auto": "true",
    }.items():
        git(checkout, "config", name, value)
    for hook in ("reference-transaction", "pre-auto-gc", "post-checkout"):
        path = checkout / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)
    before = (checkout / ".git" / "config").read_text()

    with beside(opened(checkout), remotely.remote()) as fetcher:
        fetcher.require(remotely.topic)
        found = fetcher.repository.has(remotely.topic)

    assert (found, mark.exists(), remotely.server.refused) == (True, False, [])
    assert (checkout / ".git" / "config").read_text() == before


def test_nothing_that_the_environment_names_is_used(
    remotely: Remotely, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = opened(remotely.clone())
    program = mark.with_name("program")
    program.write_text(f"#!/bin/sh\n{leaving(mark)}\n")
    program.chmod(0o755)
    trace = mark.with_name("trace")
    for name, value in {
        "GIT_ASKPASS": str(program),
        "SSH_ASKPASS": str(program),
        "GIT_SSH_COMMAND": str(program),
        "GIT_PROXY_COMMAND": str(program),
        "GIT_TRACE": str(trace),
        "GIT_TRACE_CURL": str(trace),
        "GIT_TRACE_REDACT": "0",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.sshCommand",
        "GIT_CONFIG_VALUE_0": str(program),
    }.items():
        monkeypatch.setenv(name, value)

    with (
        beside(checkout, remotely.remote("ghs_other")) as fetcher,
        pytest.raises(InputError, match="git fetch failed"),
    ):
        fetcher.require(remotely.topic)

    assert (mark.exists(), trace.exists()) == (False, False)


def test_the_token_is_in_no_command_line_and_no_file(
    remotely: Remotely, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = opened(remotely.clone())
    seen = tmp_path_factory.mktemp("seen")
    (seen / "git").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> {seen}/lines\nexec "{shutil.which("git")}" "$@"\n'
    )
    (seen / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{seen}{os.pathsep}{os.environ['PATH']}")

    with beside(checkout, remotely.remote()) as fetcher:
        fetcher.require(remotely.topic)
        own = fetcher.repository.top
        files = [path.read_bytes() for path in own.rglob("*") if path.is_file()]

    lines = (seen / "lines").read_text()
    assert f"{remotely.topic}:refs/commits/{remotely.topic}" in lines
    assert [secret for secret in (TOKEN, LOGIN) if secret in lines] == []
    assert [secret for secret in (TOKEN, LOGIN) for file in files if secret.encode() in file] == []
    assert own.exists() is False


def test_a_redirect_to_another_host_does_not_get_the_token(remotely: Remotely) -> None:
    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{scope['path']}?{scope['query_string'].decode()}"
        await RedirectResponse(f"{remotely.address.partition('/our-company')[0]}{path}")(scope, receive, send)

    checkout = opened(remotely.clone())
    with (
        served(elsewhere) as address,
        beside(checkout, Remote(f"{address}/our-company/access.git", SecretText(TOKEN))) as fetcher,
        pytest.raises(InputError, match="git fetch failed"),
    ):
        fetcher.require(remotely.topic)

    assert remotely.server.requests == []
