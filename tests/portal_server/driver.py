"""A portal under test: the real application over ASGI, with a clock that the test moves."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self

import httpx2

from reconciler.portal_server import ApiEntry, Operator, RateLimit, Site, create_app, issue_token

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Portal:
    """Speaks to one portal with one token; `clock` is the portal's time."""

    def __init__(
        self,
        database: str,
        *,
        rate_limit: RateLimit | None = None,
        apis: tuple[ApiEntry, ...] = (),
        operator: Operator | None = None,
        site: Site | None = None,
    ) -> None:
        self.database = database
        self.clock = START
        self.app = create_app(
            database,
            now=lambda: self.clock,
            rate_limit=rate_limit,
            apis=apis,
            operator=operator,
            site=site,
        )
        self.runner = asyncio.Runner()
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://portal")
        self.admin = issue_token(database, name="the administrator", scope="admin")
        self._names = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()
        self.app.state.database.close()

    def send(self, method: str, path: str, *, token: str | None = "", **request: Any) -> httpx2.Response:
        """Send one request, as the administrator unless another token, or None, is given."""
        bearer = self.admin if token == "" else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        headers.update(request.pop("headers", {}))
        return self.runner.run(self.client.request(method, path, headers=headers, **request))

    def get(self, path: str, **request: Any) -> httpx2.Response:
        return self.send("GET", path, **request)

    def post(self, path: str, body: object, **request: Any) -> httpx2.Response:
        return self.send("POST", path, json=body, **request)

    def patch(self, path: str, body: object, **request: Any) -> httpx2.Response:
        return self.send("PATCH", path, json=body, **request)

    def delete(self, path: str, **request: Any) -> httpx2.Response:
        return self.send("DELETE", path, **request)

    def items(self, path: str, **request: Any) -> list[dict[str, Any]]:
        return list(self.get(path, **request).json()["items"])

    def pass_time(self, **span: float) -> None:
        self.clock += timedelta(**span)

    def made(self, path: str, **body: Any) -> dict[str, Any]:
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def named(self, path: str, **fields: Any) -> dict[str, Any]:
        """Something with a name and a display name, new each time."""
        name = f"n{next(self._names)}"
        return self.made(path, **{"name": name, "displayName": name, **fields})

    def partner(self, **fields: Any) -> dict[str, Any]:
        return self.named("/partners", **{"type": "reseller", "owner": "sales", **fields})

    def team(self, partner: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        return self.named("/teams", partnerId=(partner or self.partner())["id"], **fields)

    def member(self, team: dict[str, Any], email: str, role: str = "member", **fields: Any) -> dict[str, Any]:
        return self.made("/members", teamId=team["id"], email=email, role=role, **fields)

    def api(self, **fields: Any) -> dict[str, Any]:
        return self.named("/apis", **{"owner": "platform", **fields})

    def product(self, **fields: Any) -> dict[str, Any]:
        return self.named("/products", **{"owner": "platform", **fields})

    def group(self, **fields: Any) -> dict[str, Any]:
        return self.named("/access-groups", **{"owner": "platform", **fields})

    def token(self, scope: str, team: dict[str, Any] | None = None) -> str:
        fields = {"teamId": team["id"]} if team else {}
        return str(self.made("/tokens", name=f"a {scope} token", scope=scope, **fields)["token"])

    def codes(self, email: str) -> list[str]:
        """The codes in the mails that went to an address, oldest first."""
        mails = self.items("/mailbox", params={"to": email})
        return [re.findall(r"/invitations/([\w-]+)", mail["text"])[0] for mail in mails]

    def answer(self, code: str, verb: str) -> httpx2.Response:
        return self.send("POST", f"/invitations/{code}/{verb}", token=None)

    def reaches(self, email: str, on: str | None = None) -> dict[str, str]:
        params = {"on": on} if on else {}
        found = self.get(f"/people/{email}/access", params=params).json()["access"]
        return {each["api"]: each["level"] for each in found}
