"""What a reviewer has to look at twice, whatever else a plan does."""

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.model.plan import Change, FileChange, Plan
from reconciler.render.markdown.escaping import code, codes

# More of one sort are counted; each of them stands in the changes below.
_NAMED = 10


def risks(made: Plan) -> list[str]:
    """Return a line a risk: what is taken away, who gets more power, what lets strangers in."""
    lines: dict[str, list[str]] = {}
    admins: dict[str, list[str]] = {}
    for change in made.changes:
        for sort, what in _risks(change):
            lines.setdefault(sort, []).append(what)
        if _makes_admin(change):
            _, partner, team, person = change.id.split("/", 3)
            admins.setdefault(f"{partner}/{team}", []).append(person)
    if admins:
        lines[_ADMIN] = [f"{codes(people)} in {code(team)}" for team, people in admins.items()]
    told = [f"- {sort}: {_listed(lines[sort])}" for sort in sorted(lines, key=_ORDER.index)]
    return [*told, *_in_files(made.file_changes)]


def _risks(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the risks of one change: of which sort, and what it is about."""
    before, after = change.before or {}, change.after or {}
    if change.action == "delete":
        yield (_ENDED if change.because == "expired" else _REMOVED), code(change.id)
    if change.action == "adopt":
        yield _ADOPTED, code(change.id)
    if change.kind == "grant" and (before.get("level"), after.get("level")) == ("view", "consume"):
        yield _RISE, code(change.id)
    if change.kind == "partner":
        new = sorted({*after.get("domains", [])} - {*before.get("domains", [])})
        if new:
            yield _DOMAIN, ", ".join(map(code, new))
    if change.kind == "team" and (before.get("delegated"), after.get("delegated")) == (True, False):
        yield _DELEGATION, code(change.id)
    for field in change.fields if change.action == "update" else ():
        if (change.kind, field.path) in _WATCHED:
            yield (
                _RULES,
                f"{code(change.id)} {field.path} {code(str(field.before))} → {code(str(field.after))}",
            )


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


def _makes_admin(change: Change) -> bool:
    """Whether somebody becomes an admin who was none."""
    before, after = change.before or {}, change.after or {}
    return change.kind == "membership" and after.get("role") == "admin" and before.get("role") != "admin"


def _listed(found: list[str]) -> str:
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


_REMOVED = "🗑️ **Removed**"
_ENDED = "⌛ **Ended by its date**"
_RISE = "⬆️ **Raised from view to consume**"
_ADMIN = "🔑 **New admin**"
_DOMAIN = "🌐 **New e-mail domain**"
_DELEGATION = "🔒 **Delegation ends**"
_RULES = "⚖️ **Changed what others depend on**"
_ADOPTED = "📎 **Taken over**"
_CONFIGURED = "⚖️ **Configuration**, which counts once it is merged"
_CATALOG = "🏷️ **Catalog**"
_FILES = {"offers": "🤝 **Offers**", "exceptions": "🙈 **Exceptions from rules**"}
_ORDER = [_REMOVED, _ENDED, _RISE, _ADMIN, _DOMAIN, _DELEGATION, _RULES, _ADOPTED]
_WATCHED = {
    ("partner", "type"),
    ("partner", "status"),
    ("api-product", "owner"),
    ("api-product", "visibility"),
}
