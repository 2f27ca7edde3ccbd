from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.portal_server import ApiEntry, create_app, issue_token
from reconciler.portal_server.api.openapi import openapi
from reconciler.portal_server.operations.metadata import API_VERSION
from reconciler.portal_server.operations.table import operations
from tests.laws import examples, is_full
from tests.portal_server.driver import Portal

CONFIG = SchemathesisConfig.from_dict(
    {
        # A reference to what does not exist is 422 although the schema allows it, and so is a key used twice.
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 404, 409, 422]}},
        # These are thousands of requests, which are generated when tests are collected.
        "phases": {"coverage": {"enabled": is_full()}},
    }
)


class Later:
    """Stands for a portal that is made when tests run, not when they are collected."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


LATER = Later()
SCHEMA = schemathesis.openapi.from_dict(openapi("Portal", API_VERSION, operations("Portal")), config=CONFIG)
SCHEMA.app, SCHEMA.location = LATER, "/openapi.json"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An administrator's token of the portal that the schema is tried on."""
    database = str(tmp_path_factory.mktemp("described") / "portal.db")
    app = create_app(database, apis=[ApiEntry("tracking", "Tracking", "logistics")])
    LATER.app = app
    yield issue_token(database, name="t", scope="admin")
    app.state.database.close()


@pytest.mark.no_cover  # it runs the same lines again and again
@SCHEMA.parametrize()
@settings(examples(8, *HealthCheck), derandomize=True)
def test_the_portal_does_what_its_description_says(case: schemathesis.Case[Any], token: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


def test_the_description_names_every_status_that_an_operation_answers(sqlite_portal: Portal) -> None:
    paths = sqlite_portal.get("/openapi.json").json()["paths"]

    statuses = {
        (method, path): set(paths[path][method]["responses"])
        for path, method in (("/partners", "post"), ("/partners/{id}", "delete"), ("/members/{id}", "get"))
    }
    common = {"400", "401", "403", "422", "429", "500", "503"}
    assert statuses == {
        ("post", "/partners"): common | {"201", "409", "413", "415"},
        ("delete", "/partners/{id}"): common | {"204", "404", "409", "412"},
        ("get", "/members/{id}"): common | {"200", "304", "404"},
    }


def test_every_schema_of_the_description_is_one(sqlite_portal: Portal) -> None:
    schemas = sqlite_portal.get("/openapi.json").json()["components"]["schemas"]

    assert {"NewPartner", "Partner", "Problem"} <= schemas.keys()
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
