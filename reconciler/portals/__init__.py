"""Adapters, and the only code that speaks HTTP to portals. PORTALS is the whole list.

An adapter and its HTTP client are imported when a portal is opened: what needs no portal pays for none.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, TypeAlias

from reconciler.errors import InputError
from reconciler.http.asgi import Application
from reconciler.model.document import EmbeddedPortal
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.secret import SecretText

Opener: TypeAlias = Callable[
    [str, EmbeddedPortal, SecretText, Application | None], AbstractAsyncContextManager[Portal]
]


def _embedded(
    name: str, settings: EmbeddedPortal, token: SecretText, application: Application | None
) -> AbstractAsyncContextManager[Portal]:
    from reconciler.portals.embedded import open_portal  # noqa: PLC0415  see the module's docstring

    return open_portal(name, settings, token, application)


PORTALS: Final[Mapping[str, Opener]] = {"embedded": _embedded}


def _token_hint(settings: EmbeddedPortal) -> str:
    """Return which token is needed, and who makes it."""
    where = f"the operator of {settings.url}" if settings.url else "its operator"
    return (
        f"{where} creates one with `reconciler portal token`: --scope read is enough for plan and access,"
        " apply needs --scope admin"
    )


def capabilities(settings: EmbeddedPortal) -> Capabilities:
    """Return what portals of a type can hold; nothing is asked of this one."""
    from reconciler.portals.embedded.adapter import CAPABILITIES  # noqa: PLC0415  see the module's docstring

    return {"embedded": CAPABILITIES}[settings.type]


@asynccontextmanager
async def connect(
    name: str,
    settings: EmbeddedPortal,
    *,
    token: SecretText | None,
    application: Application | None = None,
) -> AsyncIterator[Portal]:
    """Open the portal that the configuration calls `name`; one in this process is given as `application`.

    Raises InputError when there is no token, or none that can be sent. Nothing is asked of the portal yet.
    """
    if token is None:
        variable = settings.token.env if settings.token else "its variable"
        message = f'portal "{name}": there is no token in {variable}'
        raise InputError(message, _token_hint(settings))
    # Secrets that are read from files end with a line break that is no part of them.
    stripped = SecretText(token.reveal().strip())
    async with PORTALS[settings.type](name, settings, stripped, application) as portal:
        yield portal
