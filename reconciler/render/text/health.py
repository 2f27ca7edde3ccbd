"""What `reconciler doctor` found, as text."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.health import HealthReport, Status, TargetHealth
from reconciler.model.printable import printable
from reconciler.render.text.style import Style, columns

_COLORS: Final[dict[Status, str]] = {"ok": "green", "warning": "yellow", "failed": "red", "skipped": "dim"}


def health(report: HealthReport, *, color: bool) -> str:
    """Return the checks of each target, and the totals."""
    style = Style(color=color)
    lines: list[str] = []
    for target in report.targets:
        lines += [style.paint(_title(target), "bold"), *_rows(target, style), ""]
    return "\n".join([*lines, _summary(report)]) + "\n"


def _title(target: TargetHealth) -> str:
    at = f" at {target.address}" if target.address else ""
    kind = f" ({target.type})" if target.type else ""
    return printable(f"{target.kind.capitalize()} {target.name}".strip() + f"{kind}{at}")


def _rows(target: TargetHealth, style: Style) -> Iterator[str]:
    # Several checks can have the same hint.
    shown: set[str] = set()
    table = columns([(each.status, each.name, each.detail) for each in target.checks])
    for check, row in zip(target.checks, table, strict=True):
        yield f"  {style.paint(row[: len(check.status)], _COLORS[check.status])}{row[len(check.status) :]}"
        if check.hint and check.hint not in shown:
            yield f"           Hint: {printable(check.hint)}"
        if check.fix:
            yield f"           Fix: {printable(check.fix)}"
        shown.add(check.hint)


def _summary(report: HealthReport) -> str:
    found = report.summary
    number = found.ok + found.warnings + found.failed + found.skipped
    parts = [f"{counted(number, 'check')}: {found.ok:,} ok"]
    parts += [counted(found.warnings, "warning")] if found.warnings else []
    parts += [f"{found.failed:,} failed"] if found.failed else []
    parts += [f"{found.skipped:,} skipped"] if found.skipped else []
    return f"{', '.join(parts)}. Reconciler {report.version}."
