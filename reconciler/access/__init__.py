"""Compute access: who has which level for which API by which path, and how changes and dates affect it."""

from reconciler.access.forecast import AccessState, forecast
from reconciler.access.impact import effect, impact, people
from reconciler.access.inventory import InventoryQuery, inventory_rows
from reconciler.access.losses import people_losing_access
from reconciler.access.report import people_with_access, report

__all__ = [
    "AccessState",
    "InventoryQuery",
    "effect",
    "forecast",
    "impact",
    "inventory_rows",
    "people",
    "people_losing_access",
    "people_with_access",
    "report",
]
