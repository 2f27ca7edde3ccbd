"""Opens lists of the double as a configuration does, and reads their accounts."""

import asyncio
from typing import Any

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.accounts import Accounts
from reconciler.model.crm_settings import RestSource
from reconciler.model.secret import SecretText
from reconciler.sources import Credentials
from reconciler.sources.rest import open_source
from reconciler.testing.faults import no_sleep
from tests.servers.rest_crm import CLIENT_SECRET, TOKEN, URL, RestDouble

FIELDS = {"displayName": "name", "type": {"default": "reseller"}, "owner": {"default": "partnerships"}}
HUBSPOT = {
    "url": f"{URL}/crm/v3/objects/companies",
    "query": {"limit": "2", "properties": "name,domain,contract_end"},
    "items": "results",
    "pagination": {"type": "cursor", "path": "paging.next.after", "parameter": "after"},
    "fields": {**FIELDS, "displayName": "properties.name", "until": "properties.contract_end"},
}
DYNAMICS = {
    "url": f"{URL}/api/data/v9.2/accounts",
    "query": {"$select": "name"},
    "items": "value",
    "pagination": {"type": "link", "path": "@odata.nextLink"},
    "token": None,
    "clientId": "reconciler",
    "clientSecret": {"env": "RECONCILER_CLIENT_SECRET"},
    "tokenUrl": f"{URL}/token",
    "scope": "accounts",
}
NUMBERED = {
    "url": f"{URL}/v1/partners",
    "query": {"status": "all"},
    "items": "data",
    "total": "meta.total",
    "pagination": {"type": "page", "parameter": "page"},
    "tokenHeader": "X-Api-Key",
}
OFFSET = {
    "url": f"{URL}/v1/organizations",
    "items": "items",
    "pagination": {"type": "offset", "parameter": "start"},
    "tokenScheme": "Token",
}
LINKED = {"url": f"{URL}/v1/linked", "pagination": {"type": "link"}}
WHOLE = {"url": f"{URL}/v1/whole"}
_SETTINGS = {"type": "rest", "token": {"env": "RECONCILER_TOKEN"}, "id": "id", "fields": FIELDS}


def read(double: RestDouble, *parts: dict[str, Any], secret: str = CLIENT_SECRET) -> Accounts:
    """Return what is read of a double with these settings."""
    settings: dict[str, Any] = dict(_SETTINGS)
    for part in parts:
        settings.update(part)
    found = RestSource.model_validate({key: each for key, each in settings.items() if each is not None})
    secrets = {
        "token": Credential("RECONCILER_TOKEN", SecretText(TOKEN)),
        "client_secret": Credential("RECONCILER_CLIENT_SECRET", SecretText(secret)),
    }
    credentials = Credentials("crm", secrets, double.application)
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)

    async def reading() -> Accounts:
        async with open_source(found, credentials, policy) as crm:
            return await crm.read(lambda *_: None)

    return asyncio.run(reading())


def values(accounts: Accounts) -> dict[str, dict[str, str]]:
    """Return the columns of accounts by their places."""
    return {each.place: dict(each.values) for each in accounts.accounts}
