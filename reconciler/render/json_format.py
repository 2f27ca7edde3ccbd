"""JSON output: the published formats, with every documented key in a stable order."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from reconciler.model.access import AccessReport
from reconciler.model.approved_plans import ApprovedPlans
from reconciler.model.finding import Finding, FindingsReport, FindingsSummary, Severity
from reconciler.model.forecast import Forecast
from reconciler.model.health import HealthReport
from reconciler.model.inventory import Inventory
from reconciler.model.people_pull import PeoplePull
from reconciler.model.plan import Plan
from reconciler.model.portal_results import AccessReports, Plans, Receipts
from reconciler.model.printable import disarmed, unseen
from reconciler.model.receipt import Receipt
from reconciler.model.sync_report import SyncReport

# The only control character that JSON encoders do not escape.
_DELETE: Final = {0x7F: "\\u007f"}


def plan(plan: Plan) -> str:
    """Return a plan as `--out` saves it."""
    return _json(plan)


def plans(found: Plans) -> str:
    """Return the plans of several portals."""
    return _json(found)


def receipt(receipt: Receipt) -> str:
    """Return a receipt as it is stored."""
    return _json(receipt)


def receipts(found: Receipts) -> str:
    """Return the receipts of several portals."""
    return _json(found)


def approved_plans(found: ApprovedPlans) -> str:
    """Return the approvals of plans as `approved --out` saves them."""
    return _json(found)


def access(report: AccessReport) -> str:
    """Return an access report."""
    return _json(report)


def access_reports(found: AccessReports) -> str:
    """Return the access reports of several portals."""
    return _json(found)


def forecast(forecast: Forecast) -> str:
    """Return a forecast."""
    return _json(forecast)


def inventory(found: Inventory) -> str:
    """Return partners, teams, people, groups or APIs."""
    return _json(found)


def health(report: HealthReport) -> str:
    """Return what `reconciler doctor` found."""
    return _json(report)


def people_pull(report: PeoplePull) -> str:
    """Return what `reconciler people pull` changes, and what it did not believe."""
    return _json(report)


def sync(report: SyncReport) -> str:
    """Return what a sync changes."""
    return _json(report)


def findings(found: Sequence[Finding], files: int, documents: int) -> str:
    """Return findings with their totals."""
    totals = Counter(finding.severity for finding in found)
    summary = FindingsSummary(files, documents, *(totals[severity] for severity in Severity))
    return _json(FindingsReport(tuple(found), summary))


def _json(document: Any) -> str:
    fields = {field.encode_name: getattr(document, field.name) for field in msgspec.structs.fields(document)}
    built = {"format": fields.pop("format"), **fields}
    return _escaped(msgspec.json.format(msgspec.json.encode(built), indent=2).decode()) + "\n"


def _escaped(text: str) -> str:
    """Escape unprintable characters, which occur only in strings, so that the values stay the same."""
    unprintable = unseen(text) - {"\n"}
    return disarmed(text.translate({ord(each): json.dumps(each)[1:-1] for each in unprintable} | _DELETE))
