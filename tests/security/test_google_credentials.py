"""A branch names an address that Application Default Credentials of Google must not be sent to."""

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.model.remote_portal_settings import ApigeePortal
from tests.cli.running import CONFIGURATION, Place

TOKEN = {"token": {"env": "PORTAL_TOKEN"}}


def settings(**others: Any) -> ApigeePortal:
    return ApigeePortal.model_validate({"type": "apigee", "organization": "acme-apis", **others})


@pytest.mark.parametrize("url", ["https://eu-apigee.googleapis.com", "http://127.0.0.1:8080"])
def test_credentials_of_google_are_sent_to_google_and_within_this_machine(url: str) -> None:
    assert settings(url=url).address == url


@pytest.mark.parametrize(
    "url",
    [
        "https://apigee.example",
        "https://googleapis.com.evil.example",
        "https://evilgoogleapis.com",
        "https://apigee.googleapis.com@evil.example",
        "https://evil.example/.googleapis.com",
        "https://evil.example?.googleapis.com",
        "https://evil.example#.googleapis.com",
        "https://evil.example\\.googleapis.com",
    ],
)
def test_credentials_that_no_configuration_names_are_sent_nowhere_else(url: str) -> None:
    with pytest.raises(ValidationError, match=r"only to googleapis\.com|should match pattern"):
        settings(url=url)
    assert settings(url=url, **TOKEN).url == url


def test_the_place_of_the_address_is_shown(place: Place) -> None:
    configuration = CONFIGURATION.replace(
        "type: embedded, database: .reconciler/portal.db",
        'type: apigee, organization: acme-apis, url: "https://evil.example"',
    )
    ran = place.write(reconciler=configuration).run("plan")

    assert ran.code == 1
    assert (
        "reconciler.yaml:9:12: error: Google credentials are sent only to googleapis.com; for another url, "
        "set token [schema]"
    ) in ran.out
