"""The sample company on a realm of a real Keycloak server."""

from pathlib import Path

import pytest

from tests.cli.running import Place
from tests.end_to_end.keycloak_company import Company
from tests.servers.keycloak import SECRET, KeycloakServer


@pytest.fixture
def company(
    keycloak: KeycloakServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Company:
    """The repository of the company, and a new realm to which nothing was applied."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_SECRET", SECRET)
    return Company(Place(tmp_path, capsys), keycloak.new_realm())
