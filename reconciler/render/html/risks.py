"""What a reviewer has to look at twice, whatever else a plan does."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.plan import Change, Plan
from reconciler.render.html.markup import Markup, joined, tag

# More of one sort are counted; each of them stands in the changes.
_NAMED: Final = 10
_REMOVED: Final = "Removed"
_ENDED: Final = "Ended by its date"
_RISE: Final = "Raised from view to consume"
_ADMIN: Final = "New admin"
_DOMAIN: Final = "New e-mail domain"
_DELEGATION: Final = "Delegation ends"
_RULES: Final = "Changed what others depend on"
_ADOPTED: Final = "Taken over"
_ORDER: Final = (_REMOVED, _ENDED, _RISE, _ADMIN, _DOMAIN, _DELEGATION, _RULES, _ADOPTED)
_WATCHED: Final = {
    ("partner", "type"),
    ("partner", "status"),
    ("api-product", "owner"),
    ("api-product", "visibility"),
}


def risks(made: Plan) -> Markup:
    """Return a list of what is taken away, who gets more power, and what lets strangers in, or nothing."""
    found: dict[str, list[Markup]] = {}
    for change in made.changes:
        for sort, what in _risks(change):
            found.setdefault(sort, []).append(what)
    if not found:
        return Markup()
    return tag("dl", *(_listed(sort, found[sort]) for sort in _ORDER if sort in found), class_="named")


def _listed(sort: str, found: list[Markup]) -> Markup:
    shown = [tag("li", Markup(each.replace("/", "/<wbr>"))) for each in found[:_NAMED]]
    more = [tag("li", f"and {len(found) - _NAMED:,} more")] if len(found) > _NAMED else []
    return joined([tag("dt", sort), tag("dd", tag("ul", *shown, *more))])


def _risks(change: Change) -> Iterator[tuple[str, Markup]]:
    """Yield the risks of one change: of which sort, and what it is about."""
    before, after = change.before or {}, change.after or {}
    this = joined([change.id])
    if change.action == "delete":
        yield (_ENDED if change.because == "expired" else _REMOVED), this
    if change.action == "adopt":
        yield _ADOPTED, this
    if change.kind == "membership" and after.get("role") == "admin" and before.get("role") != "admin":
        _, partner, team, person = change.id.split("/", 3)
        yield _ADMIN, joined([person, " in ", partner, "/", team])
    if change.kind == "grant" and (before.get("level"), after.get("level")) == ("view", "consume"):
        yield _RISE, this
    if change.kind == "team" and (before.get("delegated"), after.get("delegated")) == (True, False):
        yield _DELEGATION, this
    for domain in sorted({*after.get("domains", [])} - {*before.get("domains", [])}):
        yield _DOMAIN, joined([domain, " of ", change.id])
    for field in change.fields if change.action == "update" else ():
        if (change.kind, field.path) in _WATCHED:
            yield _RULES, joined([f"{change.id} {field.path} {field.before} → {field.after}"])
