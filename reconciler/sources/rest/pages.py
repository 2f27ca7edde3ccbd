"""The pages of a JSON API, as the settings of the source describe them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.errors import foreign_link, unexpected
from reconciler.http.pagination import Page, next_link
from reconciler.http.request import Request, Response
from reconciler.model.crm_settings import RestSource
from reconciler.model.http_text import whole_number
from reconciler.model.json_input import ANY_JSON
from reconciler.model.rest_pages import CursorPages, LinkPages, NumberedPages, OffsetPages
from reconciler.sources.json_columns import text, value_at

# Keys with which APIs say that there is another page; without case and separators.
_MORE: Final = frozenset(
    {
        "more",
        "hasmore",
        "hasnext",
        "hasnextpage",
        "moreitemsincollection",
        "next",
        "nextcursor",
        "nextlink",
        "nextoffset",
        "nextpage",
        "nextpagetoken",
        "nextpageurl",
        "nextrecordsurl",
        "nextstart",
        "nexttoken",
        "nexturl",
    }
)
_EMPTY: Final[tuple[Any, ...]] = (None, False, "", 0, [], {})
_LEVELS: Final = 4


class ConfiguredPages:
    """Reads one list at a time; `first` begins it."""

    def __init__(self, settings: RestSource) -> None:
        self._settings = settings
        self._count = 0

    def first(self, request: Request) -> Request:
        """Return the request for the first page."""
        self._count = 0
        match self._settings.pagination:
            case NumberedPages(parameter=parameter, first=number):
                return request.with_query(**{parameter: str(number)})
            case OffsetPages(parameter=parameter):
                return request.with_query(**{parameter: "0"})
            case _:
                return request

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Any]:
        """Return the page. Raises PortalError for an unexpected response, and for a list that goes on."""
        body = client.decode(response, ANY_JSON)
        items = self._items(client, body)
        self._count += len(items)
        total = self._total(client, body)
        following = self._following(client, request, response, body)
        if isinstance(self._settings.pagination, NumberedPages | OffsetPages):
            # The list ends with the total, or with an empty page.
            following = None if not items or self._count == total else following
        elif following is None:
            self._require_end(client, response, body)
        identities = (text(value_at(item, self._settings.id)) for item in items)
        return Page(items, following, total, [each for each in identities if each])

    def _items(self, client: HttpClient, body: Any) -> list[Any]:
        path = self._settings.items
        items = body if path is None else value_at(body, path)
        if not isinstance(items, list):
            where = "the answer is not a list" if path is None else f'there is no list at "{path}"'
            raise PortalError(
                f"{client.endpoint}: {where}", "set `items` to the keys that lead to the list in the answer"
            )
        return items

    def _total(self, client: HttpClient, body: Any) -> int | None:
        path = self._settings.total
        if path is None:
            return None
        total = whole_number(text(value_at(body, path)))
        if total is None:
            raise unexpected(client.endpoint, f'there is no number at "{path}"')
        return int(total)

    def _following(
        self, client: HttpClient, request: Request, response: Response, body: Any
    ) -> Request | None:
        match self._settings.pagination:
            case LinkPages(path=path):
                link = next_link(response) if path is None else text(value_at(body, path))
                return self._linked(client, request, link) if link else None
            case CursorPages(path=path, parameter=parameter):
                cursor = text(value_at(body, path))
                return request.with_query(**{parameter: cursor}) if cursor else None
            case NumberedPages(parameter=parameter):
                return request.with_query(**{parameter: str(int(request.query[parameter]) + 1)})
            case OffsetPages(parameter=parameter):
                return request.with_query(**{parameter: str(self._count)})
            case _:
                return None

    def _linked(self, client: HttpClient, request: Request, link: str) -> Request:
        """Return the request for a link, which may be relative to the page that has it."""
        page = request.path if "://" in request.path else self._settings.url
        try:
            joined = urljoin(page, link)
        except ValueError:
            raise foreign_link(client.endpoint, link) from None
        return msgspec.structs.replace(request, path=client.resolve(joined), query={})

    def _require_end(self, client: HttpClient, response: Response, body: Any) -> None:
        """Raise PortalError for a last page that says that another one follows."""
        more = next(_more(body, self._settings.items), "")
        if next_link(response):
            more = "the header Link"
        if more:
            raise PortalError(
                f"{client.endpoint}: the last page has {client.endpoint.redact(more)}, so there are more",
                "set `pagination` to how this API divides its list into pages",
            )


def _more(body: Any, items: str | None, above: str = "", levels: int = _LEVELS) -> Iterator[str]:
    """Yield the paths of keys outside of the list with which an answer says that there are more pages."""
    if not isinstance(body, Mapping) or not levels:
        return
    for key, value in body.items():
        path = f"{above}{key}"
        plain = key.removeprefix("@odata.").replace("_", "").replace("-", "").lower()
        if plain in _MORE and _is_set(value):
            yield path
        if path != items:
            yield from _more(value, items, f"{path}.", levels - 1)


def _is_set(value: Any) -> bool:
    """Return whether a value is neither empty nor an object of empty values."""
    if isinstance(value, Mapping):
        return any(each not in _EMPTY for each in value.values())
    return value not in _EMPTY
