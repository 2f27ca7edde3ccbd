"""Opens a Tryton database as a configuration does, and reads its accounts."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.accounts import Account, Accounts, Crm
from reconciler.model.crm_settings import TrytonSource
from reconciler.model.secret import SecretText
from reconciler.sources import Credentials
from reconciler.sources.tryton import open_source
from reconciler.testing.faults import no_sleep
from tests.servers.tryton_rpc import PASSWORD, USER, TrytonDouble

FIELDS = {
    "displayName": "name",
    "type": {"default": "reseller"},
    "owner": {"default": "partnerships"},
    "agreement": "subscription.reference",
    "until": "subscription.end",
    "status": {"column": "subscription.state", "values": {"running": "active"}, "default": "suspended"},
}
_SETTINGS = {
    "type": "tryton",
    "url": "http://tryton.invalid",
    "database": "crm",
    "user": USER,
    "password": {"env": "RECONCILER_TRYTON"},
    "allowHttp": True,
    "id": "id",
    "fields": FIELDS,
}


def opened(
    double: TrytonDouble | None = None, password: str = PASSWORD, **settings: Any
) -> AbstractAsyncContextManager[Crm]:
    """Open a double, or the server of the settings."""
    secrets = {"password": Credential("RECONCILER_TRYTON", SecretText(password))}
    found = TrytonSource.model_validate({**_SETTINGS, **settings})
    credentials = Credentials("crm", secrets, double.application if double else None)
    return open_source(found, credentials, RetryPolicy(sleep=no_sleep, random=lambda: 0.5))


def read(double: TrytonDouble | None = None, password: str = PASSWORD, **settings: Any) -> Accounts:
    """Return what is read of a double, or of the server of the settings."""

    async def reading() -> Accounts:
        async with opened(double, password, **settings) as crm:
            return await crm.read(lambda *_: None)

    return asyncio.run(reading())


def values(accounts: Accounts) -> dict[str, dict[str, str]]:
    """Return the columns of accounts by their places, without those that are empty."""
    return {each.place: _filled(each) for each in accounts.accounts}


def _filled(account: Account) -> dict[str, str]:
    return {column: text for column, text in account.values.items() if text}
