"""Pull from directories in memory into the people that a test names."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from reconciler.edit import people_text
from reconciler.model.document import Document
from reconciler.model.people_pull import PeoplePull
from reconciler.workflow.people_pull import Pulled, PullOptions, pull
from tests.builders import configuration, document, partner, repository, team
from tests.sources.directories import MemoryDirectory, opened

SCIM: Mapping[str, Any] = {
    "type": "scim",
    "url": "https://id.example.com/scim/v2",
    "token": {"env": "RECONCILER_ID_TOKEN"},
}


def from_group(group: str, source: str = "directory") -> dict[str, str]:
    return {"from": source, "group": group}


def acme(*teams: dict[str, Any], **spec: Any) -> Document:
    """Return the partner acme; without teams, its team `ops` has the members of the group `Ops`."""
    return partner("acme", *(teams or (team("ops", members=from_group("Ops")),)), **spec)


def lock(**teams: Mapping[str, Sequence[Mapping[str, Any]]]) -> Document:
    """Return people.lock; `acme_ops` is the team acme/ops."""
    data = {
        "apiVersion": "reconciler/v1",
        "kind": "People",
        "metadata": {"name": "people"},
        "spec": {"teams": {name.replace("_", "/"): lists for name, lists in teams.items()}},
    }
    return document(_as_yaml(data), "people.lock")


def row(person_id: str, email: str = "", *previously: str, source: str = "directory") -> dict[str, Any]:
    found = {"source": source, "id": person_id, "email": email or f"{person_id}@acme.example"}
    return {**found, "previously": list(previously)} if previously else found


def pulled(
    *documents: Document,
    options: PullOptions | None = None,
    limits: Mapping[str, Any] | None = None,
    **directories: MemoryDirectory,
) -> Pulled:
    """Pull from these directories; `limits` are those of each source."""
    settings = {**SCIM, "limits": limits} if limits else SCIM
    configured = configuration(sources=dict.fromkeys(directories, settings))
    files = repository(*documents, configured=configured)
    return asyncio.run(pull(files, opened(**directories), options or PullOptions(), lambda *_: None))


def lines(found: Pulled) -> list[str]:
    """Return the lines of people.lock from the teams on."""
    return people_text(found.lists).partition("  teams:")[2].strip("\n").splitlines()


def people(found: Pulled, place: str = "acme/ops members") -> list[str] | None:
    """Return the addresses in a role; None where its list was never read."""
    lists = {f"{each.team} {each.role}": who for each, who in found.lists.items()}
    return [each.email for each in lists[place]] if place in lists else None


def changes(found: Pulled) -> list[str]:
    return [f"{each.action} {each.email}" for each in found.report.changes]


def reasons(report: PeoplePull) -> list[str]:
    return [f"{each.completeness}: {each.reason}" for each in report.unbelieved]


def _as_yaml(data: Any) -> str:
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return text
