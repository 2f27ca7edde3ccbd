"""The program as it is, but for its patience: it waits a twentieth of the time for a portal that is away."""

import random
from asyncio import sleep
from contextlib import AbstractAsyncContextManager

import msgspec

from reconciler.cli import main
from reconciler.http.retry import RetryPolicy
from reconciler.model.document import EmbeddedPortal
from reconciler.model.portal import Portal
from reconciler.portals import Credentials, embedded
from reconciler.portals.embedded import PORTAL, open_portal


def impatiently(settings: EmbeddedPortal, credentials: Credentials) -> AbstractAsyncContextManager[Portal]:
    return open_portal(settings, credentials, RetryPolicy(sleep=sleep, random=random.random, first=0.025))


if __name__ == "__main__":
    # The type is final for all but this process.
    vars(embedded)["PORTAL"] = msgspec.structs.replace(PORTAL, open=impatiently)
    main()
