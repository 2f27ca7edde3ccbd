"""A double of the lists of common CRMs in this process, each with its own pages and credentials."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

URL: Final = "https://crm.invalid"
TOKEN: Final = "token-of-the-double"
CLIENT_SECRET: Final = "secret-of-the-double"
_PAGE: Final = 2
_Account = dict[str, Any]


class RestDouble:
    """The accounts of a CRM, listed at an address for each style; `alter` changes what it answers."""

    def __init__(self, *accounts: _Account) -> None:
        self.accounts = list(accounts)
        self.requests: list[str] = []
        # Is given each page as it would be sent, and its headers, which it may change, or answers itself.
        self.alter: Callable[[Any, dict[str, str]], Any] = lambda body, _headers: body
        self.host = URL
        self._tokens: set[str] = {TOKEN}
        self.application = Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/crm/v3/objects/companies", self._hubspot),
                Route("/api/data/v9.2/accounts", self._dynamics),
                Route("/v1/partners", self._numbered),
                Route("/v1/organizations", self._offset),
                Route("/v1/linked", self._linked),
                Route("/v1/whole", self._whole),
            ]
        )

    async def _token(self, request: Request) -> Response:
        scheme, _, basic = request.headers.get("Authorization", "").partition(" ")
        _, _, secret = b64decode(basic).decode().partition(":")
        form = dict(parse_qsl((await request.body()).decode()))
        if (scheme, unquote(secret)) != ("Basic", CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        assert form == {"grant_type": "client_credentials", "scope": "accounts"}
        self._tokens = {"issued"}
        return JSONResponse({"access_token": "issued", "token_type": "Bearer", "expires_in": 3600})

    def _hubspot(self, request: Request) -> Response:
        query = self._query(request, "limit", "after", "properties")
        start = int(query.get("after", "0"))
        page = self.accounts[start : start + int(query["limit"])]
        properties = [
            {"id": each["id"], "properties": {key: each.get(key) for key in query["properties"].split(",")}}
            for each in page
        ]
        body: dict[str, Any] = {"results": properties}
        if start + len(page) < len(self.accounts):
            body["paging"] = {"next": {"after": str(start + len(page)), "link": f"{URL}/ignored"}}
        return self._answer(request, body)

    def _dynamics(self, request: Request) -> Response:
        query = self._query(request, "$select", "$skiptoken")
        start = int(query.get("$skiptoken", "0"))
        page = self.accounts[start : start + _PAGE]
        body: dict[str, Any] = {"@odata.context": f"{self.host}/$metadata#accounts", "value": page}
        if start + len(page) < len(self.accounts):
            path = "/api/data/v9.2/accounts"
            link = f"{self.host}{path}?$select=name&$skiptoken={start + len(page)}"
            body["@odata.nextLink"] = link
        return self._answer(request, body)

    def _numbered(self, request: Request) -> Response:
        query = self._query(request, "page", "status")
        number = int(query["page"])
        page = self.accounts[(number - 1) * _PAGE : number * _PAGE]
        meta = {"total": len(self.accounts), "next_page": number + 1}
        return self._answer(request, {"data": page, "meta": meta}, "X-Api-Key", TOKEN)

    def _offset(self, request: Request) -> Response:
        query = self._query(request, "start")
        start = int(query["start"])
        page = self.accounts[start : start + _PAGE]
        return self._answer(request, {"items": page}, scheme="Token")

    def _linked(self, request: Request) -> Response:
        query = self._query(request, "cursor")
        start = int(query.get("cursor", "0"))
        page = self.accounts[start : start + _PAGE]
        more = start + len(page) < len(self.accounts)
        headers = {"Link": f'<?cursor={start + len(page)}>; rel="next"'} if more else {}
        return self._answer(request, page, headers=headers)

    def _whole(self, request: Request) -> Response:
        self._query(request)
        return self._answer(request, self.accounts)

    def _query(self, request: Request, *known: str) -> Mapping[str, str]:
        query = dict(request.query_params)
        assert set(query) <= set(known)
        self.requests.append(f"{request.url.path}?{request.url.query}")
        return query

    def _answer(
        self,
        request: Request,
        body: Any,
        header: str = "Authorization",
        token: str | None = None,
        *,
        scheme: str = "Bearer",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        accepted = {token} if token else {f"{scheme} {each}" for each in self._tokens}
        if request.headers.get(header) not in accepted:
            return JSONResponse({"message": "the token is not valid", "category": "AUTH"}, 401)
        own = dict(headers or {})
        altered = self.alter(body, own)
        return altered if isinstance(altered, Response) else JSONResponse(altered, headers=own)
