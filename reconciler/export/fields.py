"""The fields of live objects as values of documents, with comments where files need another value."""

from typing import Any

from reconciler.export.draft import Draft
from reconciler.export.terms import Terms
from reconciler.export.texts import is_long_text, is_reason, is_text
from reconciler.model.resource import Resource


def display_name(live: Resource | None, stored: bool, in_portal: str, name: str) -> str:  # noqa: FBT001  a fact
    """Return the name that is shown to people: the portal's, or what the portal calls the object."""
    shown = str(live.fields.get("displayName", "")) if live else ""
    if shown or stored:
        return shown if is_text(shown) else name
    return in_portal if is_text(in_portal) else name


def add_owner(draft: Draft, live: Resource | None, terms: Terms) -> None:
    """Add the owner: the portal's if it is known, otherwise the one of the terms."""
    found = live.fields.get("owner") if live else None
    draft.spec["owner"] = found if found in terms.owners else terms.owner
    if found and found not in terms.owners:
        draft.mark(("spec", "owner"), f'TODO: the owner in the portal is "{found}"')
    elif not found:
        draft.mark(("spec", "owner"), "TODO: check the owner")


def add_description(draft: Draft, live: Resource | None) -> None:
    """Add the description, unless files cannot hold it."""
    text = live.fields.get("description") if live else None
    if text and is_long_text(text):
        draft.spec["description"] = text
    elif text:
        draft.comment(("spec", "owner"), "Not written: the description, which files cannot hold as it is")


def grant_entry(key: str, to: str, grant: Resource) -> dict[str, Any]:
    """Return a grant as an entry of a group, or of what takes up the group."""
    fields = grant.fields
    entry = {key: to, "level": fields.get("level"), "until": fields.get("until")}
    reason = fields.get("reason")
    return {**entry, "reason": reason} if reason and is_reason(reason) else entry


def has_ended(live: Resource, today: str) -> bool:
    """Return whether the last day of a membership or grant has passed, or its invitation has expired."""
    return live.state == "expired" or str(live.fields.get("until", today)) < today
