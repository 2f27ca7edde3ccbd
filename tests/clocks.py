"""The clocks of the program and of the embedded portal, set by tests."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from typing import TypeAlias

import pytest

import reconciler.cli.clock
import reconciler.portal_server.clock

Now: TypeAlias = Callable[[tzinfo], datetime]


def start_at(moment: datetime, patch: pytest.MonkeyPatch) -> None:
    """Let both clocks run from this moment on."""
    offset = moment - _now(UTC)
    _read(lambda zone: _now(zone) + offset, patch)


def stop_at(moment: datetime, patch: pytest.MonkeyPatch) -> None:
    """Let both clocks show this moment only."""
    _read(moment.astimezone, patch)


def _now(zone: tzinfo) -> datetime:
    return datetime.now(zone)  # noqa: TID251  what the others are set by


def _read(now: Now, patch: pytest.MonkeyPatch) -> None:
    # Whoever has bound `now` reads what it reads.
    for clock in (reconciler.cli.clock, reconciler.portal_server.clock):
        patch.setattr(clock, "datetime", SimpleNamespace(now=now))
