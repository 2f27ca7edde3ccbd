"""Plain text for terminals and logs."""

from reconciler.render.text.access import access, explanation
from reconciler.render.text.findings import findings
from reconciler.render.text.forecast import forecast
from reconciler.render.text.health import health
from reconciler.render.text.inventory import inventory
from reconciler.render.text.people_pull import people_pull
from reconciler.render.text.plan import plan
from reconciler.render.text.plans import plans
from reconciler.render.text.receipt import receipt
from reconciler.render.text.sync import sync

__all__ = [
    "access",
    "explanation",
    "findings",
    "forecast",
    "health",
    "inventory",
    "people_pull",
    "plan",
    "plans",
    "receipt",
    "sync",
]
