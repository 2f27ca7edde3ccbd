"""What a reviewer has to look at twice, as lines of a comment."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from reconciler.model.plan import FileChange, Plan
from reconciler.render.markdown.escaping import code, codes
from reconciler.render.risks import (
    ADMIN,
    ADOPTED,
    DELEGATION,
    DEPENDED,
    DOMAIN,
    ENDED,
    NAMED,
    REMOVED,
    RISE,
    Risk,
)
from reconciler.render.risks import risks as found

_SIGNS: Final = {
    REMOVED: "🗑️",
    ENDED: "⌛",
    RISE: "⬆️",
    ADMIN: "🔑",
    DOMAIN: "🌐",
    DELEGATION: "🔒",
    DEPENDED: "⚖️",
    ADOPTED: "📎",
}
_CONFIGURED: Final = "⚖️ **Configuration**, which counts once it is merged"
_CATALOG: Final = "🏷️ **Catalog**"
_FILES: Final = {"offers": "🤝 **Offers**", "exceptions": "🙈 **Exceptions from rules**"}


def risks(made: Plan) -> list[str]:
    """Return a line a sort: what is taken away, who gets more power, what lets strangers in."""
    told = [
        f"- {_SIGNS[sort]} **{sort}**: {_listed([_one(risk) for risk in alike])}"
        for sort, alike in groupby(found(made), key=lambda risk: risk.sort)
    ]
    return [*told, *_in_files(made.file_changes)]


def _one(risk: Risk) -> str:
    return f"{codes(risk.what)} in {code(risk.more)}" if risk.sort == ADMIN else codes(risk.what)


def _in_files(changes: Sequence[FileChange]) -> list[str]:
    """Return a line a sort of what no portal holds; all of it, since it stands nowhere else."""
    lines: dict[str, list[str]] = {}
    for change in changes:
        sort = _FILES.get(change.path, _CONFIGURED if change.about == "configuration" else _CATALOG)
        about = change.path if sort is _CONFIGURED else f"{change.about} {change.path}"
        lines.setdefault(sort, []).append(f"{code(about)} {_difference(change)}")
    return [f"- {sort}: {', '.join(lines[sort])}" for sort in sorted(lines)]


def _difference(change: FileChange) -> str:
    """Return what comes and goes; of a list its items."""
    if not isinstance(change.before or change.after, list):
        return f"{code(_said(change.before))} → {code(_said(change.after))}"
    before, after = list(map(_said, change.before or [])), list(map(_said, change.after or []))
    gone = [f"without {code(each)}" for each in before if each not in after]
    return (
        ", ".join([*(f"with {code(each)}" for each in after if each not in before), *gone])
        or "in another order"
    )


def _said(value: Any) -> str:
    """Return a value of a file in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _listed(found: list[str]) -> str:
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    return ", ".join(found[:NAMED]) + more
