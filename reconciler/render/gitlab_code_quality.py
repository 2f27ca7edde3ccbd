"""GitLab code quality reports, which merge requests show."""

from collections.abc import Iterable
from typing import Any, Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.model.rule import file_errors
from reconciler.render import ascii_json
from reconciler.render.locations import LocatedFinding, locate

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def findings(found: Iterable[Finding], configuration: str) -> str:
    """Return the report.

    Errors in files are `blocker` because they prevent a plan; denials are `critical`.
    `configuration` is the path of the configuration from the root of the repository.
    """
    return ascii_json.dumps([_issue(each) for each in locate(found, configuration)])


def _issue(located: LocatedFinding) -> dict[str, Any]:
    finding = located.finding
    hint = f"; {printable(finding.hint)}" if finding.hint else ""
    severity = "blocker" if file_errors([finding]) else _SEVERITIES[finding.severity]
    return {
        "description": f"{printable(finding.message)}{hint}",
        "check_name": printable(finding.rule),
        "fingerprint": located.fingerprint,
        "severity": severity,
        "location": {"path": printable(located.file), "lines": {"begin": located.line}},
    }
