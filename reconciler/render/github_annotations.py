"""GitHub workflow commands that show findings as annotations; text is escaped against injection."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.render.locations import LocatedFinding, locate

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
# GitHub shows this many annotations of each severity per step; the log has all of them.
_SHOWN: Final = 10


def findings(found: Sequence[Finding], configuration: str) -> str:
    """Return one command per finding, errors first, and a last line with the totals.

    `configuration` is the path of the configuration from the root of the repository.
    """
    return "\n".join([*map(_command, locate(found, configuration)), _counts(found)]) + "\n"


def _command(located: LocatedFinding) -> str:
    finding = located.finding
    hint = f"\n{printable(finding.hint)}" if finding.hint else ""
    where = {"file": located.file, "line": str(located.line)} if finding.file else {}
    column = {"col": str(finding.column)} if finding.file and finding.column else {}
    properties = {**where, **column, "title": finding.rule}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(f'{printable(finding.message)}{hint}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _counts(found: Sequence[Finding]) -> str:
    numbers = Counter(_COMMANDS[finding.severity] for finding in found)
    totals = [counted(numbers[name], name) for name in _COMMANDS.values() if numbers[name]]
    if not totals:
        return "No findings."
    limit = (
        f" GitHub shows {_SHOWN} of each severity; the complete list is above." if _is_cut(numbers) else ""
    )
    return f"{', '.join(totals)}.{limit}"


def _is_cut(numbers: Counter[str]) -> bool:
    return max(numbers.values()) > _SHOWN
