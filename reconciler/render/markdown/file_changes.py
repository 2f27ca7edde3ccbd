"""File-only changes in Markdown: settings with their old and new values."""

from collections.abc import Iterator

from reconciler.model.counting import counted
from reconciler.model.plan import FileChange, Plan
from reconciler.render.formatting import REORDERED, list_difference, value
from reconciler.render.markdown.escaping import code, folded


def file_changes(plan: Plan) -> list[str]:
    """Return a collapsed list; the risks explain its effect."""
    title = f"{counted(len(plan.file_changes), 'file-only change')}"
    return folded(title, list(file_lines(plan))) if plan.file_changes else []


def file_lines(plan: Plan) -> Iterator[str]:
    """Yield one line per change."""
    for change in plan.file_changes:
        about = change.path if change.about == "configuration" else f"{change.about} {change.path}"
        yield f"- {code(about)} {_difference(change)}"


def _difference(change: FileChange) -> str:
    """Return the old and new value; for a list, the added and removed items."""
    changed = list_difference(change.before, change.after)
    if changed is None:
        return f"{code(value(change.before, change.path))} → {code(value(change.after, change.path))}"
    removed = (f"removed {code(each)}" for each in changed.removed)
    return ", ".join([*(f"added {code(each)}" for each in changed.added), *removed]) or REORDERED
