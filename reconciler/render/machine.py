"""JSON for scripts: the published formats, with every documented key, in a stable order."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from reconciler.model.access import AccessReport
from reconciler.model.finding import FORMAT, Finding, Severity
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt


def plan(made: Plan) -> str:
    """Return a plan, as `--out` saves it."""
    return _json(made)


def receipt(written: Receipt) -> str:
    """Return a receipt, as it is kept."""
    return _json(written)


def access(report: AccessReport) -> str:
    """Return who reaches what."""
    return _json(report)


def findings(found: Sequence[Finding], files: int, documents: int) -> str:
    """Return findings and how many there are."""
    numbers = Counter(finding.severity for finding in found)
    summary = {
        "files": files,
        "documents": documents,
        "errors": numbers[Severity.ERROR],
        "warnings": numbers[Severity.WARNING],
    }
    return _json({"format": FORMAT, "findings": found, "summary": summary})


def _json(noun: Any) -> str:
    built = msgspec.to_builtins(noun)
    if isinstance(built, dict) and "format" in built:
        built = {"format": built.pop("format"), **built}
    return msgspec.json.format(msgspec.json.encode(built), indent=2).decode() + "\n"
