"""Lifetimes of invitations and stored responses."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from reconciler.portal_server.values.formats import instant_text

INVITATION_LASTS: Final = timedelta(days=7)
SEND_AGAIN_AFTER: Final = timedelta(hours=24)
ANSWER_KEPT: Final = timedelta(hours=24)
QUOTA_COUNTS: Final = timedelta(hours=1)


def expired_before(now: datetime) -> str:
    """Return the time of the latest invitation that has expired."""
    return instant_text(now - INVITATION_LASTS)


def forgotten_before(now: datetime) -> str:
    """Return the time of the latest stored response that is deleted."""
    return instant_text(now - ANSWER_KEPT)


def seconds_until(moment: datetime, now: datetime) -> str:
    """Return the full seconds until a time for Retry-After: at least one."""
    return str(max(1, ceil((moment - now).total_seconds())))
