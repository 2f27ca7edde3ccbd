"""GitLab's code quality report: findings as its merge requests show them."""

from collections.abc import Iterable
from typing import Any, Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.model.rule import file_errors
from reconciler.render import ascii_json
from reconciler.render.locations import Placed, placed

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def findings(found: Iterable[Finding], configuration: str) -> str:
    """Return the report: errors of the files block, since there is no plan; denials are critical.

    `configuration` is the configuration's path from the repository's root.
    """
    return ascii_json.written([_issue(each) for each in placed(found, configuration)])


def _issue(shown: Placed) -> dict[str, Any]:
    finding = shown.finding
    hint = f"; {printable(finding.hint)}" if finding.hint else ""
    severity = "blocker" if file_errors([finding]) else _SEVERITIES[finding.severity]
    return {
        "description": f"{printable(finding.message)}{hint}",
        "check_name": printable(finding.rule),
        "fingerprint": shown.fingerprint,
        "severity": severity,
        "location": {"path": printable(shown.file), "lines": {"begin": shown.line}},
    }
