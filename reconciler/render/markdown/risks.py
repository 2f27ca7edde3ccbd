"""What a reviewer has to look at twice, as lines of a comment."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from reconciler.model.plan import FileChange, Plan
from reconciler.render.markdown.escaping import code, codes
from reconciler.render.risks import (
    ADMIN,
    ADOPTED,
    DELEGATION,
    DEPENDED,
    DOMAIN,
    ENDED,
    LATER,
    NAMED,
    REMOVED,
    RISE,
    SOONER,
    WHOLE,
    Risk,
)
from reconciler.render.risks import risks as found
from reconciler.render.values import REORDERED, moves, value

_SIGNS: Final = {
    REMOVED: "🗑️",
    ENDED: "⌛",
    RISE: "⬆️",
    ADMIN: "🔑",
    DOMAIN: "🌐",
    LATER: "📅",
    SOONER: "📅",
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
        f"- {_SIGNS[sort]} **{sort}**: {_listed(list(map(_one, alike)), None if sort in WHOLE else NAMED)}"
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
    moved = moves(change.before, change.after)
    if moved is None:
        return f"{code(value(change.before, change.path))} → {code(value(change.after, change.path))}"
    gone = (f"without {code(each)}" for each in moved.gone)
    return ", ".join([*(f"with {code(each)}" for each in moved.come), *gone]) or REORDERED


def _listed(found: list[str], most: int | None) -> str:
    more = f" and {len(found) - most:,} more" if most is not None and len(found) > most else ""
    return ", ".join(found[:most]) + more
