"""Tryton: its parties are accounts, each with a subscription."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.errors import PortalError
from reconciler.http.auth import Auth, SecretInBody
from reconciler.http.connection import in_process, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.renewal import open_renewed_token
from reconciler.http.retry import RetryPolicy
from reconciler.model.accounts import Crm
from reconciler.model.crm_settings import TrytonSource
from reconciler.sources.connection import RETRIES, source_endpoint
from reconciler.sources.package import Credentials, SourceType
from reconciler.sources.tryton.adapter import TrytonCrm
from reconciler.sources.tryton.columns import check_columns
from reconciler.sources.tryton.rpc import Login, TrytonRpc

_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: "check that the server is Tryton 8.2 or later",
    HTTPStatus.NOT_FOUND: "check url and database",
    HTTPStatus.TOO_MANY_REQUESTS: "wait some minutes: the server has seen too many wrong passwords",
}


@asynccontextmanager
async def open_source(
    settings: TrytonSource, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Crm]:
    """Open the database of these settings. Tests give the retry policy."""
    check_columns(credentials.source, settings.columns)
    password, source = credentials.require("password", f"it is the password of the user {settings.user}")
    transport = in_process(credentials.application) if credentials.application is not None else None
    secret = SecretInBody(password, source, f"password of {settings.user}")
    begin, login = _endpoint(settings, credentials.source, secret), Login(settings.user, password)
    async with (
        open_renewed_token(begin, login.issue, retries, transport) as session,
        open_client(_endpoint(settings, credentials.source, session), retries, transport) as http,
    ):
        rpc = TrytonRpc(http)
        try:
            yield TrytonCrm(rpc, settings.categories, settings.columns)
        finally:
            # A session ends by itself, too, but only after weeks.
            with suppress(PortalError):
                if login.began:
                    await rpc.end_session()


SOURCE: Final = SourceType(open_source)


def _endpoint(settings: TrytonSource, name: str, auth: Auth) -> Endpoint:
    endpoint = source_endpoint(settings, name, auth, f"/{quote(settings.database, safe='')}", _HINTS)
    return msgspec.structs.replace(endpoint, html_errors=True)
