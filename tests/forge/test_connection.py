import asyncio
from pathlib import Path

import pytest

from reconciler.errors import InputError
from reconciler.forge import connect, retry_policy
from reconciler.model.forge import Forge, ForgeSettings, PullRequest
from reconciler.model.secret import SecretText
from tests.forge.stages import TOKEN, OnGitHub, on

URL = "write it as https://HOST or https://HOST/PATH"


async def ask(forge: Forge) -> PullRequest:
    return await forge.pull_request(1)


@pytest.mark.parametrize(
    ("address", "message", "hint"),
    [
        ("https://github.example:port", "GitHub: invalid URL: Invalid port: 'port'", URL),
        ("ftp://github.example", "GitHub: invalid URL: it needs http:// or https:// and a host", URL),
        (
            "https://ana:secret@github.example",
            "GitHub: the URL may contain only host, port and path",
            f"remove user, password, query and fragment; {URL}",
        ),
        ("https:///api", "GitHub: invalid URL: it needs http:// or https:// and a host", URL),
        ("", "GitHub: invalid URL: it needs http:// or https:// and a host", URL),
    ],
)
def test_an_invalid_address_is_rejected(address: str, message: str, hint: str) -> None:
    settings = ForgeSettings(
        kind="github", address=address, project="a/b", token=SecretText(TOKEN), token_from="GITHUB_TOKEN"
    )
    error = unopened(settings)

    assert (error.message, error.hint) == (message, hint)


def test_a_token_that_cannot_be_sent_is_refused_and_not_shown() -> None:
    stage = OnGitHub()
    with pytest.raises(InputError) as raised:
        on(stage, ask, stage.settings(token="gh s\n"))

    assert raised.value.message == "GitHub: GITHUB_TOKEN contains invalid characters"


def unopened(settings: ForgeSettings | None = None) -> InputError:
    """Return why a forge cannot be opened over the network; a test's own transport needs neither of them."""

    async def run() -> None:
        stage = OnGitHub()
        async with connect(settings or stage.settings(), retry_policy(stage.naps, lambda: 1.0)):
            pass

    with pytest.raises(InputError) as raised:
        asyncio.run(run())
    return raised.value


def test_a_proxy_that_cannot_be_used_is_not_shown_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks9://ana:hunter2@proxy.example")

    assert unopened().message == "GitHub: the proxy from the environment cannot be used"


def test_authorities_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))

    assert unopened().message == (
        "GitHub: the certificates from SSL_CERT_FILE cannot be read: No such file or directory"
    )
