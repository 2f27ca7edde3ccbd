"""The rule about people who stand twice in a team, or in a team of a partner that blocks them."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.document import Document
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import at, brief, entries, items, place, spelled


def duplicate_person(index: Index) -> Iterator[Violation]:
    """A person stands once in a team, whatever the spelling, and in no team of a partner that blocks them."""
    held = [
        holder.document for holder in index.holders.values() if holder.blocks or holder.names_people_twice
    ]
    for document in held + index.loose:
        listed = entries(at(document.data, "spec", "blocked"), "email", ("spec", "blocked"))
        blocked = {spelled(email): path for email, path in listed}
        for number, team in enumerate(items(document.data, "spec", "teams")):
            if isinstance(team, dict):
                yield from _in_team(document, team, ("spec", "teams", number), blocked)


def _in_team(
    document: Document, team: dict[str, Any], keys: Path, blocked: dict[str, Path]
) -> Iterator[Violation]:
    seen: dict[str, Path] = {}
    name = f'team "{document.name}/{brief(team.get("name"))}"'
    for role in ("admins", "members"):
        for email, path in entries(team.get(role), "email", (*keys, role)):
            person = spelled(email)
            first = seen.setdefault(person, path)
            if first is not path:
                message = f"{person} already stands in {name} at {place(document, first)}"
                yield Violation(document, path, message, "name each person once in a team")
            elif person in blocked:
                message = f"{person} stands in {name}, but is blocked at {place(document, blocked[person])}"
                yield Violation(document, path, message, "take them out of the team, or out of blocked")
