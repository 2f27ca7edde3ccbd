"""Generate the schemas of outputs (plan, receipt, findings and others) from their structs."""

import re
from typing import Any, Final

import msgspec

from reconciler.model.access import AccessReport
from reconciler.model.approved_plans import ApprovedPlans
from reconciler.model.finding import FindingsReport
from reconciler.model.forecast import Forecast
from reconciler.model.health import HealthReport
from reconciler.model.inventory import Inventory
from reconciler.model.people_pull import PeoplePull
from reconciler.model.plan import Plan
from reconciler.model.portal_results import AccessReports, Plans, Receipts
from reconciler.model.receipt import Receipt
from reconciler.model.sync_report import SyncReport
from reconciler.schema.titles import title

OUTPUTS: Final[dict[str, Any]] = {
    "plan": Plan,
    "plans": Plans,
    "receipt": Receipt,
    "receipts": Receipts,
    "findings": FindingsReport,
    "access": AccessReport,
    "access-reports": AccessReports,
    "forecast": Forecast,
    "list": Inventory,
    "doctor": HealthReport,
    "approvals": ApprovedPlans,
    "people-pull": PeoplePull,
    "sync": SyncReport,
}


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one output. It allows unknown keys, as readers of the format must."""
    noun = OUTPUTS[name]
    [_], parts = msgspec.json.schema_components([noun])
    parts = {part: _published(schema) for part, schema in parts.items()}
    whole = parts.pop(noun.__name__)
    whole["properties"] |= {"format": _version(noun)}
    return {"$defs": parts, **whole}


def _published(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a part as it is printed: every key is always present, so there are no defaults."""
    made = {**schema, "title": title(schema["title"]), "description": _prose(schema.get("description", ""))}
    if "properties" in schema:
        made["properties"] = {
            key: {keyword: value for keyword, value in below.items() if keyword != "default"}
            for key, below in schema["properties"].items()
        }
        made["required"] = list(schema["properties"])
    return made


def _version(noun: Any) -> dict[str, Any]:
    """Return the schema of `format`: this major version with any minor version."""
    known: str = msgspec.structs.fields(noun)[-1].default
    major = known.partition(".")[0]
    return {"type": "string", "pattern": rf"^{major}\.[0-9]+$", "examples": [known]}


def _prose(docstring: str) -> str:
    """Convert a docstring for readers of JSON: without line breaks, and null instead of None."""
    return re.sub(r"\bNone\b", "null", " ".join(docstring.split()))
