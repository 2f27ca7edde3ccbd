"""Entries of the audit log as sentences: who did what, and through what."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from reconciler.portal_server.operations.responses import Entry
from reconciler.portal_server.values.change_source import members_of

KINDS: Final = {
    "partner": "partner",
    "team": "team",
    "member": "member",
    "product": "API product",
    "product-item": "API of a product",
    "access-group": "access group",
    "access-item": "item of an access group",
    "grant": "grant",
    "access-request": "request for access",
    "api": "API",
    "person": "account",
    "token": "token",
    "lease": "lease",
}
ACTIONS: Final = {
    "create": "Created",
    "update": "Changed",
    "delete": "Deleted",
    "invite": "Invited",
    "accept": "Accepted",
    "decline": "Declined",
    "view": "Viewed as an admin",
    "end-view": "Stopped viewing as an admin",
}
THROUGH: Final = {"page": "Pages", "token": "Token", "operator": "Operator", "invitation": "Invitation"}
_VERBS: Final = {"create": "created", "update": "changed", "delete": "deleted", "view": "viewed"}
_IDS: Final = frozenset({"partnerId", "teamId", "groupId", "apiId", "productId"})
_UNSEEN: Final = frozenset({"id", "etag"})
_DECISIONS: Final = {"granted": "granted", "declined": "declined", "withdrawn": "withdrew"}
# The part of a forge's address of files before the branch, and what commits and files of a commit have there.
_FORGES: Final = (
    ("/-/blob/", "/-/commit/", "/-/blob/"),
    ("/src/branch/", "/commit/", "/src/commit/"),
    ("/blob/", "/commit/", "/blob/"),
)


class Detail(msgspec.Struct, frozen=True):
    """A field before and after a change."""

    field: str
    before: str
    after: str


class SourceLink(msgspec.Struct, frozen=True):
    """A part of the source of a change, with a link if the site knows the repository."""

    label: str
    text: str
    href: str | None


class Sentence(msgspec.Struct, frozen=True):
    """An entry for people: `who` did `what`, `through` what."""

    id: str
    at: str
    who: str
    what: str
    through: str
    source: list[SourceLink]
    details: list[Detail]


def sentence(entry: Entry, names: Mapping[str, str], files_url: str | None) -> Sentence:
    """Return an entry as a sentence; `names` are the display names of objects by id."""
    return Sentence(
        entry.id,
        entry.at,
        _who(entry),
        _what(entry, names),
        _through(entry),
        source_links(entry.source, files_url),
        details(entry, names),
    )


def details(entry: Entry, names: Mapping[str, str]) -> list[Detail]:
    """Return the fields that differ, or all of a created or deleted object."""
    before, after = entry.before or {}, entry.after or {}
    fields = [name for name in {**before, **after} if name not in _UNSEEN]
    return [
        Detail(name, _value(name, before.get(name), names), _value(name, after.get(name), names))
        for name in fields
        if before.get(name) != after.get(name)
    ]


def source_links(source: str | None, files_url: str | None) -> list[SourceLink]:
    """Return the commit, the file and the plan of a change, or what else the client named."""
    members = members_of(source or "")
    commit, file = members.get("commit"), members.get("file")
    links = {
        "commit": _commit_link(commit, files_url),
        "file": _file_link(commit, file, files_url),
    }
    return [SourceLink(label, _shortened(text), links.get(label)) for label, text in members.items()]


def _shortened(text: str) -> str:
    return f"{text[:19]}…" if text.startswith("sha256:") else text


def _commit_link(commit: str | None, files_url: str | None) -> str | None:
    found = _forge(files_url)
    return f"{found[0]}{found[1]}{quote(commit)}" if found and commit else None


def _file_link(commit: str | None, file: str | None, files_url: str | None) -> str | None:
    """Return the address of a line of a file; its path is percent-encoded already, except for `#` and `?`."""
    found = _forge(files_url)
    if not found or not commit or not file:
        return None
    path, _, line = file.rpartition(":") if file.rpartition(":")[2].isdecimal() else (file, "", "")
    anchor = f"#L{line}" if line else ""
    return f"{found[0]}{found[2]}{quote(commit)}/{quote(path, safe='/%')}{anchor}"


def _forge(files_url: str | None) -> tuple[str, str, str] | None:
    for mark, commits, files in _FORGES:
        start, found, _ = (files_url or "").partition(mark)
        if found:
            return start, commits, files
    return None


def _who(entry: Entry) -> str:
    if entry.person:
        return entry.person
    if entry.through == "invitation":
        return str((entry.after or entry.before or {}).get("email", "A person"))
    if entry.token:
        return f"The token “{entry.token}”" if entry.through == "token" else entry.token
    return "An operator" if entry.through == "operator" else "A person"


def _through(entry: Entry) -> str:
    if entry.through == "token":
        return f"token “{entry.token}”" if entry.token else "token"
    if entry.through is None:
        return "not recorded"
    return {"page": "page", "operator": "operator", "invitation": "invitation"}[entry.through]


def _what(entry: Entry, names: Mapping[str, str]) -> str:
    said = _SPECIAL.get(entry.kind)
    fields = {**(entry.before or {}), **(entry.after or {})}
    if said is not None and fields:
        return said(entry, fields, names)
    verb = _VERBS.get(entry.action, f"did “{entry.action}” with")
    kind = KINDS.get(entry.kind, entry.kind)
    name = fields.get("displayName") or fields.get("name") or fields.get("email") or names.get(entry.object)
    return f"{verb} the {kind} {name}" if name else f"{verb} the {kind}"


def _member(entry: Entry, fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    email, team = fields.get("email", ""), names.get(fields.get("teamId", ""), "a deleted team")
    role = " as an admin" if fields.get("role") == "admin" else ""
    if entry.action == "delete":
        return f"left {team}" if email == entry.person else f"removed {email} from {team}"
    if entry.action == "invite":
        return f"invited {email} to {team}{role}{' again' if entry.before else ''}"
    if entry.action in {"accept", "decline"}:
        return f"{ACTIONS[entry.action].lower()} the invitation to {team}"
    return f"added {email} to {team}{role}" if entry.action == "create" else f"changed {email} in {team}"


def _team(entry: Entry, fields: Mapping[str, Any], _: Mapping[str, str]) -> str:
    name = fields.get("displayName", "")
    if entry.action == "view":
        return f"began to view the portal as an admin of {name}"
    if entry.action == "end-view":
        return f"ended the view as an admin of {name}"
    return f"{_VERBS.get(entry.action, 'changed')} the team {name}"


def _grant(entry: Entry, fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    group = names.get(fields.get("groupId", ""), "a deleted access group")
    receiver = fields.get("email") or names.get(fields.get("teamId") or "", "a deleted team")
    until = f" until {fields['until']}" if fields.get("until") else ""
    if entry.action == "create":
        return f"gave {receiver} the access of {group} ({fields.get('level')}{until})"
    if entry.action == "delete":
        return f"took the access of {group} from {receiver}"
    return f"changed the access of {receiver} to {group} ({fields.get('level')}{until})"


def _item(entry: Entry, fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    whole, kind = ("productId", "the product") if entry.kind == "product-item" else ("groupId", "the group")
    part = fields.get("apiId") or fields.get("productId") or ""
    verb, to = ("added", "to") if entry.action == "create" else ("removed", "from")
    return f"{verb} {names.get(part, part)} {to} {kind} {names.get(fields.get(whole, ''), '(deleted)')}"


def _token(entry: Entry, fields: Mapping[str, Any], _: Mapping[str, str]) -> str:
    verb = "issued" if entry.action == "create" else "revoked"
    return f"{verb} the token “{fields.get('name')}” with the scope {fields.get('scope')}"


def _lease(entry: Entry, fields: Mapping[str, Any], _: Mapping[str, str]) -> str:
    verb = "took the lease" if entry.action == "create" else "released the lease"
    return f"{verb} for {fields.get('owner')}"


def _request(entry: Entry, fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    team = names.get(fields.get("teamId", ""), "a deleted team")
    group = names.get(fields.get("groupId") or "", "something else")
    if entry.action == "create":
        return f"asked for {fields.get('level')} of {group} for {team}"
    verb = _DECISIONS.get(str(fields.get("state")), "changed")
    return f"{verb} the request of {team} for {group}"


_SPECIAL: Final = {
    "member": _member,
    "team": _team,
    "grant": _grant,
    "product-item": _item,
    "access-item": _item,
    "token": _token,
    "lease": _lease,
    "access-request": _request,
}


def _value(field: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return names.get(value, value) if field in _IDS else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return msgspec.json.encode(value).decode()
