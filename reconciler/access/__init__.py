"""Access: who reaches which API, at which level, through which path, and what changes do to it."""

from reconciler.access.impact import impact, people
from reconciler.access.losing import losing
from reconciler.access.report import report

__all__ = ["impact", "losing", "people", "report"]
