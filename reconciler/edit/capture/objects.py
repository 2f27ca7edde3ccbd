"""Capture the fields of partners, teams, products and groups, and the items of products and groups."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reconciler.edit.access import holder_of
from reconciler.edit.capture.drafts import Drafts
from reconciler.edit.sources import require_in_file
from reconciler.errors import InputError
from reconciler.model.document import KindName
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

_KINDS: Final[dict[str, KindName]] = {
    "partner": "Partner",
    "api-product": "ApiProduct",
    "access-group": "AccessGroup",
}
_ITEMS: Final[dict[str, KindName]] = {"product-item": "ApiProduct", "access-item": "AccessGroup"}
# The lists in fields of partners, and the one spelling of their entries.
_SPELLING: Final[dict[str, Callable[[str], str]]] = {"domains": canonical_domain, "blocked": canonical_email}
_Live = Mapping[ResourceId, Resource]


def capture_fields(drafts: Drafts, change: Change) -> None:
    """Give a partner, product or group the fields that it has in the portal."""
    kind, name = _KINDS[change.kind], change.id.partition("/")[2]
    for field in change.fields:
        if field.after == "suspended":
            raise InputError("the files suspend it", "use `reconciler resume` to lift that")
        if field.path in _SPELLING:
            _capture_list(drafts, name, field.path, field.before or ())
        else:
            drafts.put(kind, name, ("spec",), field.path, field.before)


def capture_team(drafts: Drafts, change: Change, live: _Live) -> None:
    """Give a team the name that it has in the portal, and list its members if they are not delegated."""
    _, partner, team = change.id.split("/")
    here, holder = holder_of(drafts.data("Partner", partner), team)
    for field in change.fields:
        if field.path == "displayName":
            name = None if field.before == team else field.before
            drafts.put("Partner", partner, here, "displayName", name)
        else:
            require_in_file(f"{partner}/{team}", holder, "members", "apply makes the team listed again")
            members = None if field.before else _members(live, change.id)
            drafts.put("Partner", partner, here, "members", members)


def capture_item(drafts: Drafts, resource_id: ResourceId, *, present: bool) -> None:
    """Put an API or product into a product or group, or take it out, as in the portal."""
    parts = resource_id.split("/")
    kind, name, item = _ITEMS[parts[0]], parts[1], decoded(parts[-1])
    key = "products" if parts[2] == "product" and parts[0] == "access-item" else "apis"
    found = [each for each in drafts.entries(kind, name, "spec", key) if each.value == item]
    if present and not found:
        drafts.append(kind, name, ("spec", key), item)
    elif not present and found:
        drafts.remove(found[0])


def _capture_list(drafts: Drafts, partner: str, key: str, live: Sequence[str]) -> None:
    spelling = _SPELLING[key]
    listed = set()
    for entry in reversed(list(drafts.entries("Partner", partner, "spec", key))):
        if spelling(entry.value) in live:
            listed.add(spelling(entry.value))
        else:
            drafts.remove(entry)
    for each in live:
        if each not in listed:
            drafts.append("Partner", partner, ("spec", key), each)


def _members(live: _Live, team: ResourceId) -> list[Any]:
    """Return the members of a team in the portal, as entries of its list."""
    prefix = f"membership/{team.partition('/')[2]}/"
    people = [
        each
        for each in live.values()
        if each.id.startswith(prefix) and each.fields["role"] == "member" and each.state in _PRESENT
    ]
    return [
        {"email": email, "until": each.fields["until"]} if each.fields.get("until") else email
        for each in sorted(people, key=lambda each: each.id)
        for email in (decoded(each.id.removeprefix(prefix)),)
    ]


_PRESENT: Final = {None, "active", "invited"}
