"""Ask for access and decide about it, through the API."""

from typing import Any

from tests.portal_server.driver import Portal
from tests.portal_server.pages.company import Company


def asked(portal: Portal, company: Company, **fields: Any) -> dict[str, Any]:
    body = {"teamId": company.integration, "groupId": company.group, "until": "2027-12-31"} | fields
    return portal.made("/access-requests", **body)


def decide(portal: Portal, request: dict[str, Any], verb: str, body: Any = None, **more: Any) -> Any:
    return portal.post(f"/access-requests/{request['id']}/{verb}", body, **more)
