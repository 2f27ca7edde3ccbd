"""The settings of a portal of Konnect, and the address that its token is sent to."""

from pathlib import Path

import pytest

from reconciler.model.remote_portal_settings import KonnectPortal
from tests.cli.running import CONFIGURATION, Place

SETTINGS = {"type": "konnect", "region": "eu", "portal": "Partners", "token": {"env": "PORTAL_TOKEN"}}


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "https://eu.api.konghq.com/v3"),
        ({"region": "us"}, "https://us.api.konghq.com/v3"),
        ({"url": "https://proxy.example.com/konnect/"}, "https://proxy.example.com/konnect"),
    ],
)
def test_a_token_is_sent_to_its_region_or_to_the_url(changes: dict[str, str], address: str) -> None:
    settings = KonnectPortal.model_validate({**SETTINGS, **changes})

    assert (settings.address, list(settings.secrets)) == (address, ["token"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{type: konnect, region: mars, portal: Partners, token: {env: PORTAL_TOKEN}}",
            'spec.portals.local.region must be us, eu, au, me, in or sg, not "mars"',
        ),
        (
            "{type: konnect, region: eu, token: {env: PORTAL_TOKEN}}",
            (
                'spec.portals.local is missing the key "portal";'
                " add it: the id or the name of the developer portal"
            ),
        ),
    ],
)
def test_wrong_settings_are_errors_at_their_place(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    local = "{type: embedded, database: .reconciler/portal.db}"
    place = Place(tmp_path, capsys).write(reconciler=CONFIGURATION.replace(local, text))
    ran = place.run("validate")

    assert ran.code == 1
    assert message in ran.out
