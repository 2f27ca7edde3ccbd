import asyncio
from pathlib import Path

import pytest

from reconciler.errors import InputError
from reconciler.forge import RetryPolicy, connect
from reconciler.model.forge import Forge, ForgeSettings, PullRequest
from reconciler.model.secret import SecretText
from tests.forge.stages import NOW, TOKEN, OnGitHub, on

HERE = "GitHub at https://github.example/api/v3"


async def ask(forge: Forge) -> PullRequest:
    return await forge.pull_request(1)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("https://github.example:port", "the address of the forge's API is none: Invalid port: 'port'"),
        ("ftp://github.example", "the address of the forge's API is not one of host and path alone"),
        (
            "https://ana:secret@github.example",
            "the address of the forge's API is not one of host and path alone",
        ),
        ("https:///api", "the address of the forge's API is not one of host and path alone"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(address: str, message: str) -> None:
    stage = OnGitHub()
    settings = ForgeSettings(
        kind="github", address=address, project="a/b", token=SecretText(TOKEN), token_from="GITHUB_TOKEN"
    )
    with pytest.raises(InputError) as raised:
        on(stage, ask, settings)

    assert (raised.value.message, raised.value.hint) == (message, "write it as https://HOST/PATH")


def test_a_token_that_cannot_be_sent_is_refused_and_not_shown() -> None:
    stage = OnGitHub()
    with pytest.raises(InputError) as raised:
        on(stage, ask, stage.settings(token="gh s\n"))

    assert raised.value.message == "GITHUB_TOKEN holds characters that no token has"


def unopened() -> InputError:
    """Return why the line to a forge cannot be opened; a line of the test's own would need none of it."""

    async def run() -> None:
        stage = OnGitHub()
        patience = RetryPolicy(sleep=stage.naps, random=lambda: 1.0, now=lambda: NOW)
        async with connect(stage.settings(), patience):
            pass

    with pytest.raises(InputError) as raised:
        asyncio.run(run())
    return raised.value


def test_a_proxy_that_cannot_be_used_is_not_shown_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks9://ana:hunter2@proxy.example")

    assert unopened().message == f"{HERE}: the proxy that the environment names cannot be used"


def test_authorities_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))

    said = "the authorities that SSL_CERT_FILE names cannot be read: [Errno 2] No such file or directory"
    assert unopened().message == f"{HERE}: {said}"
