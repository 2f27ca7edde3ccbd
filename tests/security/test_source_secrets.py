"""A branch names variables and addresses in its sources, and its checkout is used to pull people."""

import asyncio
from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.cli.actions.trust import Trust
from reconciler.errors import InputError
from reconciler.http.auth import StaticToken
from reconciler.http.connection import connect
from reconciler.model.directory_settings import DirectorySource, ScimSource
from reconciler.model.secret import SecretText
from reconciler.sources.connection import source_endpoint
from reconciler.workflow.sessions import read_secrets
from reconciler.workflow.sources import choose_source, open_source
from reconciler.workflow.validate import read_configuration
from tests.cli.running import CONFIGURATION

SECRET = "AWS_SECRET_ACCESS_KEY"
SOURCES = f"""\
  sources:
    scim: {{type: scim, url: "https://id.example", token: {{env: {SECRET}}}}}
    ldap: {{type: ldap, url: "ldaps://id.example", base: dc=a, user: cn=a, password: {{env: {SECRET}}}}}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "reconciler.yaml"
    path.write_text(dedent(CONFIGURATION) + SOURCES)
    return path


@pytest.mark.parametrize("name", ["scim", "ldap"])
def test_a_branch_cannot_have_any_variable_read_for_a_source(
    configuration: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(SECRET, "secret")
    document = read_configuration(configuration)

    async def opened() -> None:
        found = choose_source(document, name, DirectorySource)
        async with open_source(document, name, found, Trust(configuration)):
            pass

    with pytest.raises(InputError) as raised:
        asyncio.run(opened())
    begin = f'source "{name}": the name of its secret\'s variable {SECRET} does not begin with'
    assert (raised.value.message, raised.value.hint) == (
        f"{begin} RECONCILER_ or PORTAL_",
        f"a branch could name any variable: rename it, or allow it with --trust-variable {SECRET}",
    )


class _Asked(Trust):
    """Notes which secrets would be sent where."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def secret(self, _service: str, address: str, variable: str) -> str | None:
        self.pairs.append((address, variable))
        return "secret"


def test_a_client_secret_needs_trust_for_the_token_endpoint_and_for_the_directory(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.yaml"
    client = "tokenUrl: 'https://login.example/token', clientId: a, clientSecret: {env: PORTAL_SCIM}"
    path.write_text(
        dedent(CONFIGURATION) + f"  sources:\n    scim: {{type: scim, url: 'https://id.example', {client}}}\n"
    )
    document, asked = read_configuration(path), _Asked()

    read_secrets(document, ("sources", "scim"), choose_source(document, "scim", DirectorySource), asked)

    assert asked.pairs == [
        ("https://id.example", "PORTAL_SCIM"),
        ("https://login.example/token", "PORTAL_SCIM"),
    ]


def test_a_reviewed_configuration_may_use_any_variable(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "secret")
    reviewed = Trust(configuration, reviewed=True)

    assert reviewed.secret('source "scim"', "https://id.example", SECRET) == "secret"


def base_url(**settings: object) -> str:
    """Return the address that the endpoint of a source connects to."""
    written = {"type": "scim", "url": "http://id.example/v2", "token": {"env": "PORTAL_SCIM"}, **settings}
    auth = StaticToken(SecretText("t"), "PORTAL_SCIM")
    endpoint = source_endpoint(ScimSource.model_validate(written), "people", auth)

    async def run() -> str:
        async with connect(endpoint) as client:
            return str(client.base_url)

    return asyncio.run(run())


def test_a_secret_is_sent_unencrypted_only_where_the_settings_allow_it() -> None:
    with pytest.raises(InputError) as raised:
        base_url()

    assert (raised.value.message, raised.value.hint) == (
        'source "people": the token would be sent unencrypted to http://id.example/v2',
        "use https://, or set `allowHttp: true` beside the url in the configuration",
    )
    assert base_url(allowHttp=True) == "http://id.example/v2/"
