"""Check for people who are listed twice in a team, or who are blocked by the partner."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.document import Document
from reconciler.model.identity import normalized_email
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import at, entries, items, place, truncated


def duplicate_person(index: Index) -> Iterator[Violation]:
    """Report people who are listed twice in one team, or in a team of a partner that blocks them.

    Different spellings of an address count as the same person.
    """
    held = [
        holder.document
        for holder in index.holders.values()
        if holder.has_blocked or holder.has_duplicate_people
    ]
    for document in held + index.unindexed_partners:
        listed = entries(at(document.data, "spec", "blocked"), "email", ("spec", "blocked"))
        blocked = {normalized_email(email): path for email, path in listed}
        for number, team in enumerate(items(document.data, "spec", "teams")):
            if isinstance(team, dict):
                yield from _in_team(document, team, ("spec", "teams", number), blocked)


def _in_team(
    document: Document, team: dict[str, Any], keys: Path, blocked: dict[str, Path]
) -> Iterator[Violation]:
    seen: dict[str, Path] = {}
    name = f'team "{document.name}/{truncated(team.get("name"))}"'
    for role in ("admins", "members"):
        for email, path in entries(team.get(role), "email", (*keys, role)):
            person = normalized_email(email)
            first = seen.setdefault(person, path)
            if first is not path:
                message = f"{person} is already in {name} at {place(document, first)}"
                yield Violation(document, path, message, "remove one of the entries")
            elif person in blocked:
                message = f"{person} is in {name}, but is blocked at {place(document, blocked[person])}"
                yield Violation(document, path, message, "remove the person from the team or from blocked")
