"""GitHub workflow commands: findings as annotations; nothing that is said can be a command."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.render.locations import Placed, placed
from reconciler.render.text.style import counted

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
# How many of each command GitHub shows of one step; the log has all of them.
_SHOWN: Final = 10


def findings(found: Sequence[Finding], configuration: str) -> str:
    """Return a command a finding, errors first, and a last line that counts them.

    `configuration` is the configuration's path from the repository's root.
    """
    return "\n".join([*map(_command, placed(found, configuration)), _counts(found)]) + "\n"


def _command(shown: Placed) -> str:
    finding = shown.finding
    hint = f"\n{printable(finding.hint)}" if finding.hint else ""
    where = {"file": shown.file, "line": str(shown.line)} if finding.file else {}
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
    told = [counted(numbers[name], name) for name in _COMMANDS.values() if numbers[name]]
    if not told:
        return "Nothing to say."
    limit = f" GitHub shows {_SHOWN} of each; all of them stand above." if _is_cut(numbers) else ""
    return f"{', '.join(told)}.{limit}"


def _is_cut(numbers: Counter[str]) -> bool:
    return max(numbers.values()) > _SHOWN
