import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.model.configuration import ConfigurationSpec
from reconciler.model.crm_settings import JsonlSource
from reconciler.model.portal_settings import EmbeddedPortal, OtherPortal

PORTAL = EmbeddedPortal(type="embedded", database="portal.db")
FIELDS = {"displayName": "Name", "type": "Type", "owner": "Owner"}
# The modules of settings that are imported for a source of one type.
IMPORTED = """
import sys
from reconciler.model.configuration import ConfigurationSpec
def settings():
    return sorted(name.rpartition(".")[2] for name in sys.modules if name.endswith("_settings"))
print(*settings())
source = {"type": "jsonl", "id": "Id", "fields": {"displayName": "A", "type": "B", "owner": "C"}}
ConfigurationSpec.model_validate({"paths": {}, "sources": {"crm": source}})
print(*settings())
"""


def spec(**sections: Any) -> ConfigurationSpec:
    return ConfigurationSpec.model_validate({"paths": {}, **sections})


def test_the_type_of_settings_decides_which_model_validates_them() -> None:
    found = spec(
        portals={"local": {"type": "embedded", "database": "portal.db"}, "other": {"type": "toy", "size": 3}},
        sources={"crm": {"type": "jsonl", "id": "Id", "fields": FIELDS}},
    )

    assert {name: type(each) for name, each in found.portals.items()} == {
        "local": EmbeddedPortal,
        "other": OtherPortal,
    }
    assert type(found.sources["crm"]) is JsonlSource
    assert found.model_dump(exclude_unset=True)["portals"]["local"] == {
        "type": "embedded",
        "database": "portal.db",
    }


def test_settings_that_are_validated_already_are_kept() -> None:
    assert spec(portals={"local": PORTAL}).portals["local"] is PORTAL


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        (
            {"sources": {"crm": {"type": "toy"}}},
            ("sources", "crm"),
            "Value error, type must be one of csv, jsonl, rest, tryton, scim, keycloak, ldap",
        ),
        (
            {"sources": {"crm": []}},
            ("sources", "crm"),
            "Value error, type must be one of csv, jsonl, rest, tryton, scim, keycloak, ldap",
        ),
        ({"portals": {"local": {"type": 3}}}, ("portals", "local", "type"), "Input should be a valid string"),
        (
            {"portals": {"local": {"type": "embedded", "database": 3}}},
            ("portals", "local", "database"),
            "Input should be a valid string",
        ),
    ],
)
def test_an_error_has_its_place(settings: dict[str, Any], place: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        spec(**settings)

    assert [(each["loc"], each["msg"]) for each in error.value.errors()] == [(place, message)]


def test_the_models_of_a_type_are_imported_when_settings_have_this_type() -> None:
    ran = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == [
        "portal_settings source_settings",
        "crm_settings portal_settings source_settings",
    ]
