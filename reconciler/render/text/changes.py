"""One change on one line: its sign, object and details."""

from collections.abc import Iterable
from typing import Any, Final

from reconciler.model.kinds import KINDS, partner_of, person_of
from reconciler.model.plan import Change
from reconciler.render.formatting import difference, value

SIGNS: Final = {"create": "+", "update": "~", "delete": "-", "adopt": "="}
COLORS: Final = {"create": "green", "update": "yellow", "delete": "red", "adopt": "cyan"}
SECTIONS: Final = ("partner", "access group", "API product")
_NOUNS: Final = ("partner", "group", "team", "admin", "member", "API", "product", "grant")


def section(change: Change) -> tuple[str, str]:
    """Return the type and name of the section of a change: its partner, access group or API product."""
    partner = partner_of(change.id)
    if partner is not None:
        return SECTIONS[0], partner
    kind, name = change.id.split("/")[:2]
    return SECTIONS[2 if kind in {"api-product", "product-item"} else 1], name


def files(changes: Iterable[Change]) -> dict[tuple[str, str], str]:
    """Return the file of each section, as far as its changes reveal it.

    Grants reveal the file of a partner only if all of them agree and it contains no access group, because an
    owner can grant access in the file of the group.
    """
    own: dict[tuple[str, str], str] = {}
    granted: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        title = section(change)
        if change.source is None:
            continue
        if change.kind == "grant" and title[0] == SECTIONS[0]:
            granted.setdefault(title, set()).add(change.source.file)
        else:
            own[title] = change.source.file
    groups = {file for (sort, _), file in own.items() if sort != SECTIONS[0]}
    agreed = {title: found - groups for title, found in granted.items()}
    return {**{title: found.pop() for title, found in agreed.items() if len(found) == 1}, **own}


def place(title: tuple[str, str]) -> tuple[int, str]:
    """Return the sort key of a section: partners by name, then access groups, then products."""
    return SECTIONS.index(title[0]), title[1]


def noun(change: Change) -> str:
    """Return the noun for a resource of this kind; for a membership, its role."""
    if change.kind == "membership":
        return "admin" if (change.after or change.before or {}).get("role") == "admin" else "member"
    names = {"product-item": "API", "access-group": "group", "api-product": "product"}
    if change.kind == "access-item":
        return "product" if change.id.split("/")[2] == "product" else "API"
    return names.get(change.kind, KINDS[change.kind].noun)


def name(change: Change) -> str:
    """Return the name of the object within its section."""
    parts = change.id.split("/")
    if change.kind == "membership":
        return person_of(change.id)
    if change.kind == "grant":
        return f"→ {parts[1]}" if parts[2] == "team" else person_of(change.id)
    return parts[-1]


def whole(change: Change) -> str:
    """Return the noun and full name of the object, such as `admin acme/ops/ana@acme.example`."""
    kind, *parts = change.id.split("/")
    if kind == "grant":
        return f"{noun(change)} {'/'.join(parts[2:])} → {parts[0]}"
    return f"{noun(change)} {'/'.join([parts[0], *parts[2:]] if kind == 'access-item' else parts)}"


def team(change: Change) -> str:
    """Return the name of the team that a change belongs to, or an empty string."""
    parts = change.id.split("/")
    if change.kind in {"team", "membership"}:
        return parts[2]
    return parts[4] if change.kind == "grant" and parts[2] == "team" else ""


def rank(change: Change) -> tuple[bool, int]:
    """Return the sort key within a section: the object itself first, then its children by noun."""
    return not KINDS[change.kind].owner_label, _NOUNS.index(noun(change))


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
    return old.partition("/")[2] if has_moved else _last(old)


def _made(kind: str, after: dict[str, Any]) -> str:
    """Return the most important fields of a new resource."""
    until = f"until {after['until']}" if "until" in after else ""
    if kind == "partner":
        status = "" if after.get("status") == "active" else str(after.get("status", ""))
        parts = (after.get("type", ""), status, value(after.get("displayName")))
    elif kind == "team":
        parts = ("delegated" if after.get("delegated") else "listed", "", "")
    elif kind == "grant":
        parts = (after.get("level", ""), until, value(after["reason"]) if "reason" in after else "")
    elif kind == "membership":
        parts = (until, "", "")
    else:
        parts = (value(after["displayName"]) if "displayName" in after else "", "", "")
    return " ".join(part for part in parts if part)


def _last(resource_id: str | None) -> str:
    return (resource_id or "").rpartition("/")[2]
