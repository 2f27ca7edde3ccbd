"""The checks of `reconciler doctor` for a Drupal site."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from difflib import get_close_matches
from http import HTTPStatus
from typing import Final

from reconciler.http.attempts import refusal
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.counting import counted
from reconciler.model.health import Check, CheckResult, failed, ok, skipped, warning
from reconciler.portals.drupal.reader import PAGE_SIZE, ListOf, SiteReader, lists_of, proposal
from reconciler.portals.drupal.resource_map import ResourceMap
from reconciler.portals.drupal.rights import RIGHTS
from reconciler.portals.drupal.schemas import DOCUMENT, ITEMS, Entry, Item, Items
from reconciler.portals.drupal.site import USERS
from reconciler.portals.drupal.site_api import MEDIA_TYPE

_MAJOR: Final = "1"
_MAP_HINT: Final = "set the names in the map of the portal's settings"
# Drupal checks the right first, then the title, and then whether there is an object with this id.
_REJECTED: Final = frozenset({HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT})


class DrupalChecks:
    """Who the account is, whether the map fits the site, and what the account may read and write."""

    def __init__(self, client: HttpClient, site_map: ResourceMap, api_path: str) -> None:
        self._client, self._map = client, site_map
        self._reader = SiteReader(client, site_map, api_path)
        self._lists = tuple(lists_of(site_map))
        self._entry = Entry()
        self._first: dict[str, Item] = {}

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        mapped = ("account", "map")
        return [
            Check("account", self._account, needs=()),
            Check("version", self._version),
            Check("map", self._checked_map),
            Check("right-plan", self._right_plan, needs=mapped),
            *(Check(f"right-apply-{kind}", self._writing(kind), needs=mapped) for kind in self._map.objects),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        self._entry = await self._reader.entry()
        address = self._entry.address(self._map.users.type)
        if address is None:
            return ok("the site knows the account")
        request = Request(path=f"{self._client.resolve(address)}/{self._entry.me}")
        found = (await self._client.fetch(request, DOCUMENT)).data.attributes
        name = found.get(self._map.login) or found.get("display_name") or self._entry.me
        return ok(self._client.endpoint.redact(f'account "{name}"'))

    async def _version(self) -> CheckResult:
        """Read the version of JSON:API; a site does not show that of Drupal."""
        version = self._client.endpoint.redact(self._entry.jsonapi.version) or "of an unknown version"
        if version.partition(".")[0] == _MAJOR:
            return ok(f"JSON:API {version}")
        return warning(
            f"JSON:API {version}, but this adapter knows version {_MAJOR}", "update the reconciler"
        )

    async def _checked_map(self) -> CheckResult:
        """Compare the map with the types of the site, and with the first object of each."""
        known = [name for name in self._entry.links if name != "self"]
        lacking = [each for each in self._lists if self._entry.address(each.type) is None]
        problems = [f'no resource type "{each.type}"; {proposal(each, known)}' for each in lacking]
        empty: list[str] = []
        for each in self._lists:
            if each not in lacking:
                items = (await self._page(each, {"page[limit]": "1"})).data
                self._first |= dict(zip((each.name,), items, strict=False))
                problems += self._unknown_fields(each, items)
                empty += [] if items else [each.type]
        if problems:
            return failed("; ".join(map(self._client.endpoint.redact, problems)), _MAP_HINT)
        untried = f"; without an object, the fields of {', '.join(empty)} are not known" if empty else ""
        types = counted(len(self._lists), "type")
        return ok(self._client.endpoint.redact(f"the site has all {types}{untried}"))

    def _unknown_fields(self, each: ListOf, items: list[Item]) -> Iterator[str]:
        if each.name == USERS or not items:
            return
        names = [*items[0].attributes, *items[0].relationships]
        for field in (each.key, *each.fields):
            if field not in names:
                near = get_close_matches(field, names, n=3) or [
                    name for name in names if name.startswith("field_")
                ]
                yield f'"{each.type}" does not show "{field}"; it has {", ".join(near) or "no own fields"}'

    async def _right_plan(self) -> CheckResult:
        """Read the first page of each list."""
        users = self._map.users
        for each in self._lists:
            page = await self._page(each, {**each.query, "page[limit]": str(PAGE_SIZE)})
            if page.meta.get("omitted"):
                return failed(f'the site leaves out objects of the type "{each.type}"', RIGHTS)
            if each.name == USERS and any(
                users.key in item.attributes and users.name not in item.attributes for item in page.data
            ):
                return failed("the site does not show the e-mail addresses of other accounts", RIGHTS)
        return ok(f"reads {counted(len(self._lists), 'list')}")

    def _writing(self, kind: str) -> Callable[[], Awaitable[CheckResult]]:
        async def run() -> CheckResult:
            found, first = self._map.objects[kind], self._first.get(kind)
            if first is None:
                return skipped(f'there is no "{found.type}" to try it with')
            # An object without a title, with an id that exists.
            data = {"type": found.type, "id": first.id}
            path = self._client.resolve(str(self._entry.address(found.type)))
            request = Request(
                method="POST", path=path, body={"data": data}, headers=MEDIA_TYPE, safe=True, once=True
            )
            try:
                refused = await refusal(self._client, request, _REJECTED)
            except ApiError as error:
                if error.status != HTTPStatus.METHOD_NOT_ALLOWED:
                    raise
                return warning("JSON:API accepts no writes, so apply is not possible", error.hint)
            if refused:
                return warning(f'may not create "{found.type}", so apply is not possible', RIGHTS)
            return ok(f'may create "{found.type}"')

        return run

    async def _page(self, each: ListOf, query: Mapping[str, str]) -> Items:
        path = self._client.resolve(str(self._entry.address(each.type)))
        return await self._client.fetch(Request(path=path, query=query), ITEMS)
