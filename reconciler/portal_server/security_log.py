"""The log of security events: one JSON object a line, on the logger of this module.

It has no secrets, codes and paths with codes. `serve` writes it to stderr; without a handler it is dropped.
"""

import logging
from datetime import datetime
from typing import Final, Literal

import msgspec
from starlette.types import Scope

from reconciler.portal_server.values.formats import instant_text

LOGGER: Final = logging.getLogger(__name__)

# The key of an ASGI scope with the name of the caller, once it is known.
CALLER: Final = "reconciler.caller"
_REFUSALS: Final = frozenset({401, 403, 421, 429})
Event = Literal["sign-in-link", "sign-in", "sign-in-refused", "sign-out", "sessions-ended", "refused"]


def record(now: datetime, event: Event, **fields: object) -> None:
    """Record an event with its fields; those without a value are left out."""
    if LOGGER.isEnabledFor(logging.INFO):
        known = {name: value for name, value in fields.items() if value is not None}
        entry = {"at": instant_text(now), "event": event, **known}
        LOGGER.info("%s", msgspec.json.encode(entry).decode())


def record_refusal(now: datetime, scope: Scope, route: str, status: int) -> None:
    """Record a request that was refused to the caller; other errors are not security events."""
    if status in _REFUSALS:
        client = scope.get("client")
        record(
            now,
            "refused",
            status=status,
            method=scope["method"],
            route=route,
            caller=scope.get(CALLER),
            client=client[0] if client else None,
        )


def send_to_stderr() -> None:
    """Write the events of this process to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
