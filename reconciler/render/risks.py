"""What a reviewer has to look at twice in a plan, whatever else it does; each format shows it its own way."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from reconciler.model.plan import Change, Plan
from reconciler.render.text.changes import whole

REMOVED: Final = "Removed"
ENDED: Final = "Ended by its date"
RISE: Final = "Raised from view to consume"
ADMIN: Final = "New admin"
DOMAIN: Final = "New e-mail domain"
LATER: Final = "Ends later"
SOONER: Final = "Ends sooner"
DELEGATION: Final = "Delegation ends"
DEPENDED: Final = "Changed what others depend on"
ADOPTED: Final = "Taken over"
SORTS: Final = (REMOVED, ENDED, RISE, ADMIN, LATER, SOONER, DOMAIN, DELEGATION, DEPENDED, ADOPTED)
# More of one sort are counted, but of those that the changes do not show, and that pass as no loss today.
NAMED: Final = 10
WHOLE: Final = frozenset({ADMIN, DOMAIN, SOONER})
_WATCHED: Final = frozenset(
    {("partner", "type"), ("partner", "status"), ("api-product", "owner"), ("api-product", "visibility")}
)


class Risk(NamedTuple):
    """Of which sort it is, what it is about, and more about that, such as the team of a new admin."""

    sort: str
    what: tuple[str, ...]
    more: str = ""


def risks(made: Plan) -> list[Risk]:
    """Return what is taken away, who gets more power, and what lets strangers in, sort by sort."""
    found = [risk for change in made.changes for risk in _risks(change)]
    admins: dict[str, list[str]] = {}
    for risk in found:
        if risk.sort == ADMIN:
            admins.setdefault(risk.more, []).extend(risk.what)
    together = [Risk(ADMIN, tuple(people), team) for team, people in admins.items()]
    others = [risk for risk in found if risk.sort != ADMIN]
    return sorted([*others, *together], key=lambda risk: SORTS.index(risk.sort))


def _risks(change: Change) -> Iterator[Risk]:
    before, after = change.before or {}, change.after or {}
    if change.action == "delete":
        yield Risk(ENDED if change.because == "expired" else REMOVED, (whole(change),))
    if change.action == "adopt":
        yield Risk(ADOPTED, (whole(change),))
    if change.kind == "membership" and after.get("role") == "admin" and before.get("role") != "admin":
        _, partner, team, person = change.id.split("/", 3)
        yield Risk(ADMIN, (person,), f"{partner}/{team}")
    if change.kind == "grant" and (before.get("level"), after.get("level")) == ("view", "consume"):
        yield Risk(RISE, (whole(change),))
    if change.kind == "team" and (before.get("delegated"), after.get("delegated")) == (True, False):
        yield Risk(DELEGATION, (whole(change),))
    new = sorted({*after.get("domains", [])} - {*before.get("domains", [])})
    if new:
        yield Risk(DOMAIN, tuple(new), whole(change))
    for field in change.fields if change.action == "update" else ():
        if field.path == "until":
            # An end that is not there is later than any.
            later = (field.before or "") != "" and (field.after is None or field.after > field.before)
            moved = f"{field.before or 'no end'} → {field.after or 'no end'}"
            yield Risk(LATER if later else SOONER, (whole(change), moved))
        if (change.kind, field.path) in _WATCHED:
            yield Risk(DEPENDED, (f"{whole(change)} {field.path}", f"{field.before} → {field.after}"))
