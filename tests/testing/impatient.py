"""The program as it is, but for its patience: it waits a twentieth of the time for a portal that is away."""

import random
from asyncio import sleep
from contextlib import AbstractAsyncContextManager

from reconciler import portals
from reconciler.cli import main
from reconciler.http.asgi import Application
from reconciler.http.retry import RetryPolicy
from reconciler.model.document import EmbeddedPortal
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portals.embedded import open_portal


def impatiently(
    name: str, settings: EmbeddedPortal, token: SecretText, application: Application | None
) -> AbstractAsyncContextManager[Portal]:
    patience = RetryPolicy(sleep=sleep, random=random.random, first=0.025)
    return open_portal(name, settings, token, application, patience)


if __name__ == "__main__":
    # The table is final for all but this process.
    vars(portals)["PORTALS"] = {"embedded": impatiently}
    main()
