"""Read an organization: four lists, which have everything inline."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import PageToken, Pagination, StartKey
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
)

PAGE_SIZE: Final = 1000
_WITH_KEYS: Final = {"filter": "appType=AppGroup", "expand": "true", "includeCred": "true"}

Item = TypeVar("Item")


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
        read("appgroups", app_group_pages(size)),
        read("apps", _apps(size), _WITH_KEYS),
        read("apiproducts", _products(size)),
        read("developers", _developers(size)),
    )
    problems = [each.problem for each in (groups, apps, products, developers) if each.problem]
    return Lists(
        groups=groups.items,
        apps=apps.items,
        products=products.items,
        developers=developers.items,
        problem="; ".join([*problems, *_unreadable(groups.items)]),
    )


def app_group_pages(size: int) -> Pagination[AppGroup]:
    """Return the pages of the list of AppGroups."""
    return PageToken(
        APP_GROUPS, size, lambda body: (body.app_groups, body.next_page_token), lambda group: group.name
    )


def _apps(size: int) -> Pagination[App]:
    return PageToken(
        APPS, size, lambda body: (body.app, body.next_page_token), lambda app: f"{app.app_group}/{app.name}"
    )


def _products(size: int) -> Pagination[Product]:
    return StartKey(PRODUCTS, size, lambda body: body.api_product, lambda product: product.name)


def _developers(size: int) -> Pagination[Developer]:
    return StartKey(DEVELOPERS, size, lambda body: body.developer, lambda developer: developer.email)


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
