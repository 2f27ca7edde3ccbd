"""Access: who reaches which API, at which level, through which path, and what changes and time do to it."""

from reconciler.access.forecast import Known, forecast
from reconciler.access.impact import effect, impact, people
from reconciler.access.inventory import Inventoried, listed
from reconciler.access.losses import losing
from reconciler.access.report import reaching, report

__all__ = [
    "Inventoried",
    "Known",
    "effect",
    "forecast",
    "impact",
    "listed",
    "losing",
    "people",
    "reaching",
    "report",
]
