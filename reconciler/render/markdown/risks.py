"""What a reviewer has to look at twice, whatever else a plan does."""

from collections.abc import Iterator

from reconciler.model.plan import Change, Plan
from reconciler.render.markdown.escaping import code

# More of one sort are counted; each of them stands in the changes below.
_NAMED = 10


def risks(made: Plan) -> list[str]:
    """Return a line a risk: what is taken away, who gets more power, what lets strangers in."""
    lines: dict[str, list[str]] = {}
    for change in made.changes:
        for sort, what in _risks(change):
            lines.setdefault(sort, []).append(what)
    return [f"- {sort}: {_listed(lines[sort])}" for sort in sorted(lines, key=_ORDER.index)]


def _risks(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the risks of one change: of which sort, and what it is about."""
    before, after = change.before or {}, change.after or {}
    if change.action == "delete":
        yield (_ENDED if change.because == "expired" else _REMOVED), code(change.id)
    if change.action == "adopt":
        yield _ADOPTED, code(change.id)
    if change.kind == "membership" and after.get("role") == "admin" and before.get("role") != "admin":
        _, partner, team, person = change.id.split("/", 3)
        yield _ADMIN, f"{code(person)} in {code(f'{partner}/{team}')}"
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
_ORDER = [_REMOVED, _ENDED, _RISE, _ADMIN, _DOMAIN, _DELEGATION, _RULES, _ADOPTED]
_WATCHED = {
    ("partner", "type"),
    ("partner", "status"),
    ("api-product", "owner"),
    ("api-product", "visibility"),
}
