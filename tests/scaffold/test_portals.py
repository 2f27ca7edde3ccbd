"""Settings of portals for a new configuration, from a type or an address."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.errors import InputError
from reconciler.portals import PORTALS
from reconciler.scaffold import EXAMPLES, portal_at, portal_of_type, type_of

PAGES = Path(__file__).parents[2] / "docs" / "portals"
TOKEN = {"token": {"env": "PORTAL_TOKEN"}}


def settings(address: str, kind: str) -> dict[str, Any]:
    """The settings without type and fallbacks, which follow from each other."""
    found = dict(portal_at(address, kind).settings)
    return {key: value for key, value in found.items() if key not in {"type", "fallbacks"}}


def test_every_built_in_type_has_settings() -> None:
    assert set(EXAMPLES) == set(PORTALS)
    assert {kind: portal_of_type(kind).settings["type"] for kind in EXAMPLES} == {
        each: each for each in EXAMPLES
    }


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {"embedded"}))
def test_the_settings_of_a_type_are_those_that_its_page_shows(kind: str) -> None:
    block = re.search(r"```yaml\n(.*?)```", (PAGES / f"{kind}.md").read_text("utf-8"), re.DOTALL)
    assert block
    [shown] = yaml.safe_load(block[1])["portals"].values()

    # Without a token, Apigee uses credentials of the machine.
    assert {**(TOKEN if kind == "apigee" else {}), **shown} == portal_of_type(kind).settings


def test_the_embedded_portal_is_a_database_that_git_ignores() -> None:
    assert portal_of_type("embedded").settings == {"type": "embedded", "database": ".reconciler/portal.db"}


@pytest.mark.parametrize(
    ("address", "kind", "found"),
    [
        ("https://id.example/realms/acme", "keycloak", {"url": "https://id.example", "realm": "acme"}),
        (
            "https://id.example/auth/realms/acme/x/",
            "keycloak",
            {"url": "https://id.example/auth", "realm": "acme"},
        ),
        (
            "http://127.0.0.1:80/admin/realms/acme",
            "keycloak",
            {"url": "http://127.0.0.1:80", "realm": "acme"},
        ),
        (
            "https://id.example/auth/admin/master/console/#/acme/users",
            "keycloak",
            {"url": "https://id.example/auth", "realm": "acme"},
        ),
        ("https://dev.example/jsonapi", "drupal", {"url": "https://dev.example"}),
        ("https://dev.example/de/jsonapi/", "drupal", {"url": "https://dev.example/de"}),
        ("https://apigee.googleapis.com/v1/organizations/acme/appgroups", "apigee", {"organization": "acme"}),
        (
            "https://eu-apigee.googleapis.com/v1/organizations/acme",
            "apigee",
            {"organization": "acme", "url": "https://eu-apigee.googleapis.com"},
        ),
        ("https://eu.api.konghq.com/v3/portals/1f3c", "konnect", {"region": "eu", "portal": "1f3c"}),
    ],
)
def test_the_form_of_an_address_shows_the_type(address: str, kind: str, found: dict[str, str]) -> None:
    assert type_of(address) == kind
    made = portal_at(address, kind)

    assert {**made.settings, **found} == made.settings


@pytest.mark.parametrize("address", ["https://dev.example", "http://127.0.0.1:8750/api"])
def test_other_addresses_do_not_show_a_type(address: str) -> None:
    assert type_of(address) is None


def test_the_given_type_counts_more_than_the_form_of_the_address() -> None:
    assert settings("https://dev.example/jsonapi", "embedded") == {
        "url": "https://dev.example/jsonapi",
        **TOKEN,
    }


@pytest.mark.parametrize(
    ("address", "kind", "message"),
    [
        ("https://dev.example", "kong", '"kong" is not a portal type'),
        ("ftp://dev.example", "embedded", "ftp://dev.example is not a valid URL"),
        ("https://", "embedded", "https:// is not a valid URL"),
        (
            "https://dev.example:x",
            "embedded",
            "https://dev.example:x is not a valid URL: Port could not be cast to integer value as 'x'",
        ),
        ("https://dev.example/a b", "embedded", "https://dev.example/a b is not a valid URL"),
        (
            "https://ana:secret@dev.example/jsonapi",
            "embedded",
            "the address of the portal has a password in it",
        ),
        ("https://id.example/auth", "keycloak", "https://id.example/auth does not name the realm"),
        (
            "https://apigee.googleapis.com/x",
            "apigee",
            "https://apigee.googleapis.com/x does not name the organization",
        ),
        (
            "https://eu.api.konghq.com",
            "konnect",
            "https://eu.api.konghq.com does not name a region of Konnect and a portal in it",
        ),
    ],
)
def test_an_address_that_lacks_something_is_refused(address: str, kind: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        portal_at(address, kind)

    assert refused.value.message == message


def test_a_type_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError) as refused:
        portal_of_type("keyclaok")

    assert (refused.value.message, refused.value.hint) == (
        '"keyclaok" is not a portal type',
        "known: embedded, keycloak, drupal, apigee, konnect",
    )
