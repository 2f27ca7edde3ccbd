"""How long things last."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from reconciler.portal_server.formats import instant_text

INVITATION_LASTS: Final = timedelta(days=7)
SEND_AGAIN_AFTER: Final = timedelta(hours=24)
ANSWER_KEPT: Final = timedelta(hours=24)
QUOTA_COUNTS: Final = timedelta(hours=1)


def expired_before(now: datetime) -> str:
    """An invitation of this time or earlier has expired."""
    return instant_text(now - INVITATION_LASTS)


def forgotten_before(now: datetime) -> str:
    """An answer of this time or earlier is kept no longer."""
    return instant_text(now - ANSWER_KEPT)


def seconds_until(moment: datetime, now: datetime) -> str:
    """Return the whole seconds until a moment, as Retry-After has them: at least one."""
    return str(max(1, ceil((moment - now).total_seconds())))
