"""JSON for scripts: the published formats, with every documented key, in a stable order."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from reconciler.model.access import AccessReport
from reconciler.model.finding import Finding, FindingsReport, FindingsSummary, Severity
from reconciler.model.forecast import Forecast
from reconciler.model.inventory import Inventory
from reconciler.model.plan import Plan
from reconciler.model.printable import disarmed, unseen
from reconciler.model.receipt import Receipt

# The one control character that json, too, leaves as it is.
_DELETE: Final = {0x7F: "\\u007f"}


def plan(made: Plan) -> str:
    """Return a plan, as `--out` saves it."""
    return _json(made)


def receipt(written: Receipt) -> str:
    """Return a receipt, as it is kept."""
    return _json(written)


def access(report: AccessReport) -> str:
    """Return who reaches what."""
    return _json(report)


def forecast(made: Forecast) -> str:
    """Return who loses access on which day."""
    return _json(made)


def inventory(found: Inventory) -> str:
    """Return partners, teams, people, groups or APIs."""
    return _json(found)


def findings(found: Sequence[Finding], files: int, documents: int) -> str:
    """Return findings and how many there are."""
    numbers = Counter(finding.severity for finding in found)
    summary = FindingsSummary(files, documents, *(numbers[severity] for severity in Severity))
    return _json(FindingsReport(tuple(found), summary))


def _json(noun: Any) -> str:
    fields = {field.encode_name: getattr(noun, field.name) for field in msgspec.structs.fields(noun)}
    built = {"format": fields.pop("format"), **fields}
    return _escaped(msgspec.json.format(msgspec.json.encode(built), indent=2).decode()) + "\n"


def _escaped(text: str) -> str:
    """Return JSON of the same values that a terminal can be shown; outside of strings all is printable."""
    hidden = unseen(text) - {"\n"}
    return disarmed(text.translate({ord(each): json.dumps(each)[1:-1] for each in hidden} | _DELETE))
