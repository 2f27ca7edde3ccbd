"""How long things last."""

from datetime import datetime, timedelta
from typing import Final

from reconciler.portal_server.formats import instant_text

INVITATION_LASTS: Final = timedelta(days=7)
SEND_AGAIN_AFTER: Final = timedelta(hours=24)
ANSWER_KEPT: Final = timedelta(hours=24)


def expired_before(now: datetime) -> str:
    """An invitation of this time or earlier has expired."""
    return instant_text(now - INVITATION_LASTS)


def forgotten_before(now: datetime) -> str:
    """An answer of this time or earlier is kept no longer."""
    return instant_text(now - ANSWER_KEPT)
