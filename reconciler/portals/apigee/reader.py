"""Read an organization: four lists, which have everything inline."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import NextQuery, Pagination
from reconciler.http.request import Request
from reconciler.model.portal import Progress
from reconciler.portals.apigee.app_group import AppGroup
from reconciler.portals.apigee.schemas import (
    APP_GROUPS,
    APPS,
    DEVELOPERS,
    PRODUCTS,
    App,
    Developer,
    Product,
    TokenPage,
)

PAGE_SIZE: Final = 1000
_WITH_KEYS: Final = {"filter": "appType=AppGroup", "expand": "true", "includeCred": "true"}

Item = TypeVar("Item")
Body = TypeVar("Body")
Tokens = TypeVar("Tokens", bound=TokenPage)


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in an organization that matters here. `problem` is why something may be missing."""

    groups: list[AppGroup]
    apps: list[App]
    products: list[Product]
    developers: list[Developer]
    problem: str


async def read_lists(client: HttpClient, progress: Progress, size: int = PAGE_SIZE) -> Lists:
    """Read everything. Raises nothing: after an error, `problem` says what is missing."""

    async def read(path: str, pages: Pagination[Item], query: dict[str, str] | None = None) -> Listing[Item]:
        request = Request(path=path, query=query or {})
        return await read_list(client, request, pages, _reporting(progress, path))

    groups, apps, products, developers = await asyncio.gather(
        read("appgroups", _by_token(APP_GROUPS, size, lambda page: page.app_groups, lambda each: each.name)),
        read(
            "apps",
            _by_token(APPS, size, lambda page: page.app, lambda app: f"{app.app_group}/{app.name}"),
            _WITH_KEYS,
        ),
        read("apiproducts", _by_key(PRODUCTS, size, lambda page: page.api_product, lambda each: each.name)),
        read("developers", _by_key(DEVELOPERS, size, lambda page: page.developer, lambda each: each.email)),
    )
    problems = [each.problem for each in (groups, apps, products, developers) if each.problem]
    return Lists(
        groups=groups.items,
        apps=apps.items,
        products=products.items,
        developers=developers.items,
        problem="; ".join([*problems, *_unreadable(groups.items)]),
    )


def _by_token(
    decoder: "msgspec.json.Decoder[Tokens]",
    size: int,
    items: Callable[[Tokens], list[Item]],
    key: Callable[[Item], str],
) -> Pagination[Item]:
    return NextQuery(decoder, {"pageSize": str(size)}, lambda body: (items(body), body.following), key)


def _by_key(
    decoder: "msgspec.json.Decoder[Body]",
    size: int,
    items: Callable[[Body], list[Item]],
    key: Callable[[Item], str],
) -> Pagination[Item]:
    """Return the pages of a list that are requested by their first item. One that is not full is the last."""

    def read(body: Any) -> tuple[list[Item], dict[str, str] | None]:
        found = items(body)
        return found, {"startKey": key(found[-1])} if len(found) >= size else None

    return NextQuery(decoder, {"count": str(size)}, read, key, overlap="startKey")


def _reporting(progress: Progress, what: str) -> Callable[[int, int | None], None]:
    return lambda count, total: progress(what, count, total)


def _unreadable(groups: list[AppGroup]) -> list[str]:
    """Return the AppGroups whose members cannot be read."""
    found = []
    for group in groups:
        try:
            group.entries  # noqa: B018  it raises
        except ValueError as error:
            found.append(f"AppGroup {group.name}: {error}")
    return found
