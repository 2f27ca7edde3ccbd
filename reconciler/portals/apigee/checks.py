"""The checks of `reconciler doctor` for an organization of Apigee."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from reconciler.http.attempts import refusal
from reconciler.http.client import HttpClient
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, ok, warning
from reconciler.model.json_input import ANY_JSON
from reconciler.portals.apigee.rights import RIGHTS
from reconciler.portals.apigee.schemas import ORGANIZATION

_ONE: Final[Mapping[str, Mapping[str, str]]] = {
    "appgroups": {"pageSize": "1"},
    "apps": {"filter": "appType=AppGroup", "expand": "true", "includeCred": "true", "pageSize": "1"},
    "apiproducts": {"count": "1"},
    "developers": {"count": "1"},
}
_NOBODY: Final = "reconciler.doctor-tries-its-rights"
_KEY: Final = f"appgroups/{_NOBODY}/apps/none/keys/none/apiproducts/none"
_ACTION: Final[Mapping[str, str]] = {"Content-Type": "application/octet-stream"}
# Requests that Apigee always rejects: the object does not exist, or required fields are missing.
_TRIED: Final[Mapping[str, Request]] = {
    "appgroups": Request(
        method="PUT", path=f"appgroups/{_NOBODY}", body={"name": _NOBODY}, safe=True, once=True
    ),
    "keys": Request(
        method="POST", path=_KEY, query={"action": "approve"}, headers=_ACTION, safe=True, once=True
    ),
    "developers": Request(method="POST", path="developers", body={}, safe=True, once=True),
}
_REJECTED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})


class ApigeeChecks:
    """Whether the organization exists and has AppGroups, and what the account may read and write."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            *(Check(f"right-plan-{what}", self._reading(what)) for what in _ONE),
            *(Check(f"right-apply-{what}", self._writing(what)) for what in _TRIED),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        """Read the organization. The API does not say who the account is."""
        request = Request(path=self._client.endpoint.address)
        organization = await self._client.fetch(request, ORGANIZATION)
        redact = self._client.endpoint.redact
        return ok(redact(f"organization {organization.name}, with {self._client.endpoint.auth.source}"))

    def _reading(self, what: str) -> Callable[[], Awaitable[CheckResult]]:
        async def run() -> CheckResult:
            await self._client.fetch(Request(path=what, query=_ONE[what]), ANY_JSON)
            return ok(f"reads {what}")

        return run

    def _writing(self, what: str) -> Callable[[], Awaitable[CheckResult]]:
        async def run() -> CheckResult:
            if await refusal(self._client, _TRIED[what], _REJECTED):
                return warning(f"may not write {what}, so apply is not possible", RIGHTS)
            return ok(f"may write {what}")

        return run
