"""The accounts of a JSON API: each object of its list is one."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import InputError
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_all
from reconciler.http.request import Request
from reconciler.model.accounts import Account, Accounts, UnreadAccount
from reconciler.model.crm_settings import RestSource
from reconciler.model.portal import Progress
from reconciler.sources.json_columns import ABSENT, keys_of, missing_key, text, value_at
from reconciler.sources.rest.pages import ConfiguredPages


class RestCrm:
    """The list at an address."""

    def __init__(self, http: HttpClient, settings: RestSource) -> None:
        self._http = http
        self._settings = settings

    async def read(self, progress: Progress) -> Accounts:
        """Return all accounts. Raises PortalError where the list cannot be read completely.

        Raises InputError for a column that no account has.
        """
        request = Request(path=urlsplit(self._settings.url).path.lstrip("/"), query=self._settings.query)
        items = await read_all(
            self._http,
            request,
            ConfiguredPages(self._settings),
            lambda number, total: progress("accounts", number, total),
        )
        objects = [each for each in items if isinstance(each, Mapping)]
        self._require_columns(objects)
        found = tuple(
            self._account(number, each) if isinstance(each, Mapping) else _unread(number)
            for number, each in enumerate(items, 1)
        )
        return Accounts(
            tuple(each for each in found if isinstance(each, Account)),
            unread=tuple(each for each in found if isinstance(each, UnreadAccount)),
        )

    def _account(self, number: int, found: Mapping[str, Any]) -> Account:
        values = {column: text(value_at(found, column)) for column in self._settings.columns}
        identity = values[self._settings.id]
        return Account(f"account {identity}" if identity else f"item {number}", values)

    def _require_columns(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Raise InputError for the columns that no object has; nobody may have been merged."""
        missing = [
            column
            for column in self._settings.columns
            if column != self._settings.merged_into
            and all(value_at(found, column) is ABSENT for found in objects)
        ]
        if objects and missing:
            keys = tuple(dict.fromkeys(key for found in objects[:100] for key in keys_of(found)))[:200]
            name = str(self._http.endpoint)
            raise InputError("\n".join(missing_key(name, each, keys) for each in missing))


def _unread(number: int) -> UnreadAccount:
    return UnreadAccount(f"item {number}", "it is not a JSON object")
