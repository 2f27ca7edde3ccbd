"""The settings of the portal type, and what they may send where."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InputError, PortalError
from reconciler.http.request import Response
from reconciler.model.remote_portal_settings import ApigeePortal
from reconciler.portals import portal_type
from reconciler.portals.apigee import PORTAL, error_detail, open_portal
from reconciler.portals.package import Credentials
from reconciler.testing.harness import ALL, quiet
from tests.portals.apigee.estates import organization
from tests.portals.apigee.organizations import within


def settings(**others: Any) -> ApigeePortal:
    return ApigeePortal.model_validate({"type": "apigee", "organization": "acme-apis", **others})


def test_the_type_is_built_in() -> None:
    assert portal_type("apigee") is PORTAL
    assert settings().address == "https://apigee.googleapis.com"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"error": {"code": 403, "message": "Denied.", "status": "PERMISSION_DENIED"}}', "Denied."),
        (b"<h1>Bad gateway</h1>", ""),
        (b'{"error": "x"}', ""),
        (b"[]", ""),
    ],
)
def test_the_explanation_of_an_error(body: bytes, text: str) -> None:
    assert error_detail(Response(400, {}, "application/json", body)) == text


def test_without_a_token_the_credentials_of_the_machine_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")

    async def act() -> None:
        async with open_portal(settings(), Credentials("here", {})) as portal:
            await portal.read(ALL, quiet)

    with pytest.raises(InputError, match='portal "here": no Application Default Credentials'):
        asyncio.run(act())


def test_a_token_that_is_rejected_says_where_it_is_from() -> None:
    with pytest.raises(PortalError) as raised:
        within(organization(), lambda portal: portal.read(ALL, quiet), token="ya29.other")

    assert raised.value.message.endswith(
        "does not accept the token: Request had invalid authentication credentials."
    )
    assert raised.value.hint == "check the token from PORTAL_TOKEN"
