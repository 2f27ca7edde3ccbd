"""The names that references can refer to, including those in documents that violate their schema."""

from functools import cached_property
from typing import Any, Final

from reconciler.model.document import Document, KindName
from reconciler.model.ids import split_team
from reconciler.policy.index import Index
from reconciler.policy.suggestions import Suggestions
from reconciler.policy.tolerant import at, items

NAMED_KINDS: Final[tuple[KindName, ...]] = ("Partner", "AccessGroup", "ApiProduct")


class Names:
    """All names that could be read, and whether some may be missing."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._suggestions = Suggestions()
        self._unreadable: set[KindName] = set(index.context.repository.unreadable)
        self._known: dict[str, set[str]] = {kind: set() for kind in (*NAMED_KINDS, "Api")}
        self._known["Owner"] = set(index.settings.owners)
        self._known["Source"] = set(index.settings.sources)
        self._known["Partner"] = set(index.holders)
        self._external = frozenset(index.settings.external.partners)
        self._without_kind: dict[str | None, list[Document]] = {}
        for document in index.of_kind(None):
            self._without_kind.setdefault(document.name, []).append(document)
        self._teams: dict[str, list[set[str] | None]] = {}
        self._full_names: dict[str, set[str]] = {}
        self._add(index.unindexed_partners, "Partner")
        self._add(index.of_kind("AccessGroup"), "AccessGroup")
        self._add(index.of_kind("ApiProduct"), "ApiProduct")
        self._add_apis(index.of_kind("Catalog"))
        for kind in NAMED_KINDS:
            # A document whose kind could not be read may be of any kind.
            self._add(index.of_kind(None), kind)

    def of(self, kind: str) -> set[str]:
        """Return the names of a kind that could be read."""
        return self._known[kind]

    def dangles(self, kind: str, name: str) -> bool:
        """Return whether a name is not defined, and cannot be defined in a document that was not read."""
        if kind == "Team":
            return self._team_dangles(name)
        if name in self._known[kind]:
            return False
        if kind == "Api":
            return bool(self._index.of_kind("Catalog")) and "Catalog" not in self._unreadable
        return kind not in self._unreadable

    def suggestion(self, kind: str, name: str) -> str:
        """Return a hint with the new name of a renamed object or with a similar name, or nothing."""
        now = self._renamed(kind, name)
        if now:
            return f'it was renamed; use "{now}"'
        if kind == "Partner" and name in self._external:
            return f"another configuration manages {name}; grant access to its teams as {name}/TEAM"
        if kind != "Team":
            return self._suggestions.find(name, self._known[kind])
        partner = split_team(name)[0]
        known = self._teams_of(partner)
        if not known:
            near = self._suggestions.find(partner, self._known["Partner"])
            return f"its partner is not defined in any file; {near}".removesuffix("; ")
        if partner not in self._full_names:
            self._full_names[partner] = {f"{partner}/{each}" for teams in known for each in teams or ()}
        return self._suggestions.find(name, self._full_names[partner])

    def _renamed(self, kind: str, name: str) -> str:
        """Return the new name of a renamed object, or nothing."""
        if kind != "Team":
            return self._former.get((kind, name), "")
        partner, team = split_team(name)
        partner = self._former.get(("Partner", partner), partner)
        new = self._former.get(("Team", name)) or self._former.get(("Team", f"{partner}/{team}"))
        moved = f"{partner}/{team}"
        return new or (moved if moved != name and not self._team_dangles(moved) else "")

    @cached_property
    def _former(self) -> dict[tuple[str, str], str]:
        """The new name for each kind and former name."""
        former: dict[tuple[str, str], str] = {}
        for kind in NAMED_KINDS:
            for document in self._index.of_kind(kind):
                name = document.name or ""
                names = at(document.data, "metadata", "previously")
                former.update({(kind, old): name for old in _listed(names)})
        for document in self._index.of_kind("Partner"):
            for team in items(document.data, "spec", "teams"):
                for old in _listed(at(team, "previously")):
                    path = old if "/" in old else f"{document.name}/{old}"
                    former["Team", path] = f"{document.name}/{at(team, 'name')}"
        return former

    def _team_dangles(self, name: str) -> bool:
        partner, team = split_team(name)
        if partner in self._external or "Partner" in self._unreadable:
            return False
        return not any(each is None or team in each for each in self._teams_of(partner))

    def _teams_of(self, partner: str) -> list[set[str] | None]:
        """Return the team names in each document of a partner; None for one that could not be read fully."""
        if partner not in self._teams:
            documents = self._index.partner_documents(partner) + self._without_kind.get(partner, [])
            self._teams[partner] = [_names(at(each.data, "spec"), "teams") for each in documents]
        return self._teams[partner]

    def _add(self, documents: list[Document], kind: KindName) -> None:
        self._known[kind].update(document.name for document in documents if document.name)
        if not all(document.name for document in documents):
            self._unreadable.add(kind)

    def _add_apis(self, catalogs: list[Document]) -> None:
        listed = [_names(at(document.data, "spec"), "apis") for document in catalogs]
        self._known["Api"].update(*(names or () for names in listed))
        if None in listed:
            self._unreadable.add("Catalog")


def _names(spec: Any, key: str) -> set[str] | None:
    """Return the names of the entries of a list, or None if some could not be read."""
    listed = spec.get(key, []) if isinstance(spec, dict) else None
    if not isinstance(listed, list):
        return None
    names = [name for each in listed if isinstance(name := at(each, "name"), str)]
    return set(names) if len(names) == len(listed) else None


def _listed(names: Any) -> list[str]:
    """Return the values of a key that takes one name or a list of names."""
    return [each for each in (names if isinstance(names, list) else [names]) if isinstance(each, str)]
