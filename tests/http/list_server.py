"""A service on loopback that divides one list into pages, as different portals do."""

import asyncio
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import (
    JsonApi,
    JsonApiBody,
    NextQuery,
    NumberedBody,
    Offset,
    PageNumber,
    Pagination,
    query_of,
)
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.forge.serving import Door
from tests.http.scripted import Naps

JSON_API: Final = "application/vnd.api+json"


class Item(msgspec.Struct, frozen=True):
    id: str


def offset(size: int, *, capped: bool = False) -> Pagination[Item]:
    """Return how Keycloak divides lists."""
    return Offset(msgspec.json.Decoder(list[Item]), size, lambda item: item.id, capped=capped)


def page_number(size: int) -> Pagination[Item]:
    """Return how Kong divides lists."""
    return PageNumber(msgspec.json.Decoder(NumberedBody[Item]), size, lambda item: item.id)


def json_api(size: int) -> Pagination[Item]:
    """Return how Drupal divides lists."""
    return JsonApi(msgspec.json.Decoder(JsonApiBody[Item]), size, lambda item: item.id)


class LinkedBody(msgspec.Struct, frozen=True):
    items: list[Item]
    next: str | None


def next_link(size: int) -> Pagination[Item]:
    """Return how Keystone divides lists."""
    decoder = msgspec.json.Decoder(LinkedBody)
    return NextQuery(
        decoder, {"limit": str(size)}, lambda body: (body.items, query_of(body.next)), lambda item: item.id
    )


class TokenBody(msgspec.Struct, frozen=True):
    items: list[Item]
    token: str = ""


def page_token(size: int) -> Pagination[Item]:
    """Return how Google divides lists."""
    decoder = msgspec.json.Decoder(TokenBody)
    return NextQuery(
        decoder,
        {"pageSize": str(size)},
        lambda body: (body.items, {"pageToken": body.token} if body.token else None),
        lambda item: item.id,
    )


def start_key(size: int) -> Pagination[Item]:
    """Return how Apigee divides its older lists."""
    decoder = msgspec.json.Decoder(TokenBody)

    def read(body: TokenBody) -> tuple[list[Item], dict[str, str] | None]:
        return body.items, {"startKey": body.items[-1].id} if len(body.items) >= size else None

    return NextQuery(decoder, {"count": str(size)}, read, lambda item: item.id, overlap="startKey")


class ListServer:
    """Serves `items`, at most `cap` a page; `hidden` are left out. `changes` are made before a request."""

    def __init__(self, count: int, cap: int = 50) -> None:
        self.items = [f"{number:03}" for number in range(count)]
        self.cap = cap
        self.hidden: set[str] = set()
        self.changes: dict[int, Callable[[list[str]], object]] = {}
        self.requests: list[str] = []
        self.next_link: str | None = None

    def read(self, door: Door, path: str, pagination: Pagination[Item]) -> Listing[str]:
        """Serve the list behind a door, and return what is read of it."""
        door.behind = Starlette(
            routes=[
                Route("/offset", self._offset),
                Route("/numbered", self._numbered),
                Route("/jsonapi", self._jsonapi),
                Route("/linked", self._linked),
                Route("/token", self._token),
                Route("/key", self._key),
            ]
        )
        found = asyncio.run(_read(door.address, path, pagination))
        return Listing([item.id for item in found.items], found.problem)

    def _slice(self, asked: Asked, start: int, size: int) -> list[str]:
        number = len(self.requests)
        self.requests.append("&".join(f"{key}={value}" for key, value in asked.query_params.items()))
        if number in self.changes:
            self.changes[number](self.items)
        return self.items[start : start + min(size, self.cap)]

    async def _offset(self, asked: Asked) -> Response:
        start, size = int(asked.query_params["first"]), int(asked.query_params["max"])
        return JSONResponse([{"id": each} for each in self._slice(asked, start, size)])

    async def _numbered(self, asked: Asked) -> Response:
        number, size = (int(asked.query_params[f"page[{name}]"]) for name in ("number", "size"))
        size = min(size, self.cap)
        found = self._slice(asked, (number - 1) * size, size)
        page = {"number": number, "size": float(size), "total": len(self.items)}
        return JSONResponse({"data": [{"id": each} for each in found], "meta": {"page": page}})

    async def _jsonapi(self, asked: Asked) -> Response:
        start = int(asked.query_params.get("page[offset]", "0"))
        size = min(int(asked.query_params["page[limit]"]), self.cap)
        found = self._slice(asked, start, size)
        links: dict[str, Any] = {"self": {"href": str(asked.url)}}
        if start + size < len(self.items):
            query = urlencode({"page[offset]": start + size, "page[limit]": size})
            href = self.next_link or str(asked.url.replace(query=query))
            links["next"] = {"href": href} if start else href
        hidden = self.hidden.intersection(found)
        omitted = {
            "detail": "Some resources have been omitted because of insufficient authorization.",
            "links": {
                "help": {"href": "https://www.drupal.org/docs"},
                **{f"item--{each}": {} for each in hidden},
            },
        }
        body = {
            "data": [{"id": each} for each in found if each not in hidden],
            "links": links,
            "meta": {"omitted": omitted} if hidden else {},
        }
        return JSONResponse(body, media_type=JSON_API)

    async def _linked(self, asked: Asked) -> Response:
        start, size = int(asked.query_params.get("after", "0")), int(asked.query_params["limit"])
        found = self._slice(asked, start, size)
        query = urlencode({"limit": size, "after": start + len(found)})
        # The service has another address inside.
        link = f"http://inside.invalid/linked?{query}" if start + len(found) < len(self.items) else None
        return JSONResponse({"items": [{"id": each} for each in found], "next": link})

    async def _token(self, asked: Asked) -> Response:
        start, size = int(asked.query_params.get("pageToken", "0")), int(asked.query_params["pageSize"])
        found = self._slice(asked, start, size)
        end = start + len(found)
        more = {"token": str(end)} if end < len(self.items) else {}
        return JSONResponse({"items": [{"id": each} for each in found], **more})

    async def _key(self, asked: Asked) -> Response:
        key = asked.query_params.get("startKey", "")
        start = next((at for at, each in enumerate(self.items) if each >= key), len(self.items))
        found = self._slice(asked, start, int(asked.query_params["count"]))
        return JSONResponse({"items": [{"id": each} for each in found]})


async def _read(address: str, path: str, pagination: Pagination[Item]) -> Listing[Item]:
    auth = StaticToken(SecretText("portal-token"), "TOKEN")
    policy = RetryPolicy(sleep=Naps(), random=lambda: 1.0)
    async with open_client(Endpoint(name="portal", auth=auth, address=address), policy) as client:
        return await read_list(client, Request(path=path), pagination, lambda _count, _total: None)
