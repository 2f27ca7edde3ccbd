"""What `reconciler doctor` finds out about a realm."""

import asyncio
import base64
import json
from typing import Any

import httpx2
import msgspec
import pytest

from reconciler.http.auth import StaticToken
from reconciler.model.secret import SecretText
from reconciler.portals.keycloak.adapter import KeycloakAdapter
from reconciler.workflow.checks import CheckRunner
from tests.http.scripted import WHERE, Answering, client, ok

ALL = ("view-users", "view-realm", "manage-users", "manage-realm")
REALM = {"id": "r1", "realm": "partners"}
SERVED: dict[str, Any] = {
    "/": REALM,
    "/users": [{"id": "u1", "username": "ana"}],
    "/groups": [{"id": "g1", "name": "acme"}],
    "/roles": [],
    "/users/count": 2,
    "/groups/count": {"count": 1},
}


def token(*roles: str, client: str = "realm-management") -> str:
    """Return an access token with these roles of a client."""
    claims = {
        "azp": "reconciler",
        "preferred_username": "service-account-reconciler",
        "resource_access": {client: {"roles": roles}},
    }
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{payload}.signature"


def checked(access_token: str, **served: Any) -> dict[str, tuple[str, str]]:
    """Return status and detail of each check; None is not allowed to be read."""
    found = {**SERVED, **{f"/{path.replace('__', '/')}": body for path, body in served.items()}}

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = found[request.url.path]
        return httpx2.Response(403) if body is None else ok(body)

    endpoint = msgspec.structs.replace(
        WHERE, auth=StaticToken(SecretText(access_token), "the client reconciler")
    )
    runner = CheckRunner()
    asyncio.run(runner.run(KeycloakAdapter(client(Answering(answer), endpoint=endpoint)).checks()))
    return {each.name: (each.status, each.detail) for each in runner.reports}


def test_all_checks_of_a_service_account_with_all_roles() -> None:
    assert checked(token(*ALL)) == {
        "account": ("ok", "service-account-reconciler of the client reconciler"),
        "right-plan-realm": ("ok", "reads the settings and the roles"),
        "settings": ("ok", "realm partners: no two users share an e-mail address"),
        "right-plan-users": ("ok", "reads users and groups"),
        "right-apply-realm": ("ok", "the token has the role manage-realm"),
        "right-apply-users": ("ok", "the token has the role manage-users"),
        "rate-limit": ("ok", "no rate limit in the headers of the responses"),
    }


def test_a_service_account_that_only_plans_gets_warnings() -> None:
    found = checked(token("view-users", "view-realm"))

    assert [name for name, (status, _) in found.items() if status != "ok"] == [
        "right-apply-realm",
        "right-apply-users",
    ]
    assert found["right-apply-users"] == ("warning", "the token does not have the role manage-users")


def test_roles_of_another_client_give_no_rights_in_the_realm() -> None:
    found = checked(token(*ALL, client="some-app"))

    assert found["right-apply-realm"] == ("warning", "the token does not have the role manage-realm")
    assert found["right-apply-users"] == ("warning", "the token does not have the role manage-users")


@pytest.mark.parametrize(
    ("served", "check", "detail"),
    [
        ({"": {"realm": "partners"}}, "right-plan-realm", "the settings of the realm are not shown"),
        ({"roles": None}, "right-plan-realm", "rejected the request (403)"),
        ({"users": []}, "right-plan-users", "users or groups exist, but are not shown"),
        ({"groups": []}, "right-plan-users", "users or groups exist, but are not shown"),
        ({"users": None}, "right-plan-users", "rejected the request (403)"),
        ({"": {**REALM, "duplicateEmailsAllowed": True}}, "settings", "several users may have the same"),
    ],
)
def test_what_is_missing_to_plan_is_a_failure(served: dict[str, Any], check: str, detail: str) -> None:
    status, found = checked(token(*ALL), **served)[check]

    assert status == "failed"
    assert detail in found


@pytest.mark.parametrize("access_token", ["opaque", "a.b.c", "a.ISE.c", "a..c", "head.bnVsbA.x"])
def test_a_token_that_cannot_be_read_has_no_known_roles(access_token: str) -> None:
    found = checked(access_token)

    assert found["account"] == ("ok", "the service account of the client in the settings")
    assert found["right-apply-realm"][0] == "warning"
