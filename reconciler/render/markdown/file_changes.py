"""What a branch changes that no portal holds, in Markdown: from what to what, all of it."""

from collections.abc import Iterator

from reconciler.model.plan import FileChange, Plan
from reconciler.render.formatting import REORDERED, moves, value
from reconciler.render.markdown.escaping import code, folded
from reconciler.render.text.style import counted


def file_changes(made: Plan) -> list[str]:
    """Return a list, to be unfolded; the risks say what it means."""
    title = f"{counted(len(made.file_changes), 'change')} in the files alone"
    return folded(title, list(file_lines(made))) if made.file_changes else []


def file_lines(made: Plan) -> Iterator[str]:
    """Yield a line for each change."""
    for change in made.file_changes:
        about = change.path if change.about == "configuration" else f"{change.about} {change.path}"
        yield f"- {code(about)} {_difference(change)}"


def _difference(change: FileChange) -> str:
    """Return what comes and goes; of a list its items."""
    moved = moves(change.before, change.after)
    if moved is None:
        return f"{code(value(change.before, change.path))} → {code(value(change.after, change.path))}"
    gone = (f"without {code(each)}" for each in moved.gone)
    return ", ".join([*(f"with {code(each)}" for each in moved.come), *gone]) or REORDERED
