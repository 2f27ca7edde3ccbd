"""One change on one line: its sign, object and details."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from reconciler.model.file_names import PEOPLE
from reconciler.model.ids import kind_of, last_name, name_of
from reconciler.model.kinds import kind_row, label_of, name_in, noun_of, section_of, title_of
from reconciler.model.plan import Change
from reconciler.model.resource import Fields, ResourceId
from reconciler.render.formatting import difference, value

SIGNS: Final = {"create": "+", "update": "~", "delete": "-", "adopt": "="}
COLORS: Final = {"create": "green", "update": "yellow", "delete": "red", "adopt": "cyan"}
_FIELDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": str,
    "level": str,
    "status": lambda status: "" if status == "active" else str(status),
    "delegated": lambda delegated: "delegated" if delegated else "listed",
    "until": lambda day: f"until {day}",
}


def section(change: Change) -> ResourceId:
    """Return the id of the section of a change: its partner, access group or API product."""
    return section_of(change.id)


def heading(section: ResourceId) -> tuple[str, str]:
    """Return the noun and the name of a section."""
    return kind_row(kind_of(section)).noun, title_of(section)


def files(changes: Iterable[Change]) -> dict[ResourceId, str]:
    """Return the file of each section, as far as its changes reveal it.

    Grants reveal the file of a partner only if all of them agree and it contains no access group, because an
    owner can grant access in the file of the group. People of a directory reveal it if nothing else does.
    """
    own: dict[ResourceId, str] = {}
    locked: dict[ResourceId, str] = {}
    granted: dict[ResourceId, set[str]] = {}
    for change in changes:
        title = section(change)
        if change.source is None:
            continue
        if change.source.file == PEOPLE:
            locked[title] = PEOPLE
        elif kind_row(change.kind).is_grant and kind_of(title) == "partner":
            granted.setdefault(title, set()).add(change.source.file)
        else:
            own[title] = change.source.file
    groups = {file for title, file in own.items() if kind_of(title) != "partner"}
    agreed = {title: found - groups for title, found in granted.items()}
    return {**locked, **{title: found.pop() for title, found in agreed.items() if len(found) == 1}, **own}


def place(section: ResourceId) -> tuple[int, ResourceId]:
    """Return the sort key of a section: partners by name, then access groups, then products."""
    return kind_row(kind_of(section)).section, section


def noun(change: Change) -> str:
    """Return the noun for a resource of this kind; for a membership, its role."""
    if change.kind == "membership":
        return "admin" if (change.after or change.before or {}).get("role") == "admin" else "member"
    return noun_of(change.id)


def name(change: Change) -> str:
    """Return the name of the object within its section."""
    return label_of(change.id)


def whole(change: Change) -> str:
    """Return the noun and full name of the object, such as `admin acme/ops/ana@acme.example`."""
    return f"{noun(change)} {title_of(change.id)}"


def team(change: Change) -> str:
    """Return the name of the team that a change belongs to, or an empty string."""
    return name_in(change.id, "team") or ""


def rank(change: Change) -> tuple[bool, int, str]:
    """Return the sort key within a section: the object itself first, then its children by noun."""
    kind = kind_row(change.kind)
    return not kind.owner_label, kind.rank, noun(change)


def order(change: Change) -> tuple[Any, ...]:
    """Return the sort key of all changes: by section, team, noun and id."""
    return place(section(change)), team(change), rank(change), change.id


def detail(change: Change) -> str:
    """Return the details of a change in a few words."""
    if change.action == "delete":
        return f"({change.because})" if change.because else ""
    if change.action == "adopt":
        return "adopted without changes"
    if change.action == "update":
        renamed = f"renamed from {_former(change)}" if change.renamed_from else ""
        fields = [f"{each.path}: {difference(each.before, each.after, each.path)}" for each in change.fields]
        return "; ".join([renamed, *fields] if renamed else fields)
    again = "invited again" if change.before is not None else ""
    return " ".join(part for part in (_made(change.kind, change.after or {}), again) if part)


def _former(change: Change) -> str:
    """Return the former name of a renamed object, with its partner if a team moved to another one."""
    old, new = change.renamed_from or "", change.id
    has_moved = old.rpartition("/")[0] != new.rpartition("/")[0]
    return name_of(old) if has_moved else last_name(old)


def _made(kind: str, after: Fields) -> str:
    """Return the most important fields of a new resource."""
    shown = (_FIELDS.get(name, value)(after[name]) for name in kind_row(kind).headline if name in after)
    return " ".join(part for part in shown if part)
