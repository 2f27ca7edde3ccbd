"""The names that references can lead to, also where the schema was not met."""

from typing import Any, Final

from reconciler.model.document import Document, KindName
from reconciler.policy.index import Index
from reconciler.policy.raw import at
from reconciler.policy.suggestions import Suggestions

NAMED_KINDS: Final[tuple[KindName, ...]] = ("Partner", "AccessGroup", "ApiProduct")


class Names:
    """Every name that could be read."""

    def __init__(self, index: Index) -> None:
        self._unreadable: set[KindName] = set(index.world.repository.unreadable)
        self._suggestions = Suggestions()
        self._partners: dict[str, list[Document]] = {}
        self._known: dict[str, set[str]] = {kind: set() for kind in (*NAMED_KINDS, "Api")}
        self._known["Owner"] = set(index.settings.owners)
        self._has_catalog = False
        for document in index.documents:
            self._add(document)

    def of(self, kind: str) -> set[str]:
        """Return the names of a kind that could be read."""
        return self._known[kind]

    def dangles(self, kind: str, name: str) -> bool:
        """Whether there is nothing of this name, and could be nothing of it in what was not read."""
        if kind == "Team":
            return self._team_dangles(name)
        if name in self._known[kind]:
            return False
        if kind == "Api":
            return self._has_catalog and "Catalog" not in self._unreadable
        return kind not in self._unreadable

    def suggestion(self, kind: str, name: str) -> str:
        """Return `did you mean "…"?`, or nothing where no name is near."""
        if kind != "Team":
            return self._suggestions.find(name, self._known[kind])
        partner = name.partition("/")[0]
        documents = self._partners.get(partner)
        if documents is None:
            near = self._suggestions.find(partner, self._known["Partner"])
            return f"its partner does not exist; {near}".removesuffix("; ")
        teams = {f"{partner}/{each}" for document in documents for each in _teams(document) or ()}
        return self._suggestions.find(name, teams)

    def _team_dangles(self, name: str) -> bool:
        partner, _, team = name.partition("/")
        known = [_teams(document) for document in self._partners.get(partner, [])]
        return "Partner" not in self._unreadable and not any(each is None or team in each for each in known)

    def _add(self, document: Document) -> None:
        kind, name = document.kind, document.name
        if kind == "Catalog":
            self._add_apis(document)
            return
        # Where the kind could not be read, the document may be of any.
        for each in NAMED_KINDS if kind is None else (kind,):
            if each not in self._known:
                continue
            if name is None:
                self._unreadable.add(each)
            else:
                self._known[each].add(name)
        if name is not None and kind in {None, "Partner"}:
            self._partners.setdefault(name, []).append(document)

    def _add_apis(self, document: Document) -> None:
        self._has_catalog = True
        names = _names(at(document.data, "spec"), "apis")
        self._known["Api"].update(names or ())
        if names is None:
            self._unreadable.add("Catalog")


def _teams(document: Document) -> set[str] | None:
    """Return the names of a partner's teams, or None where not all could be read."""
    return _names(at(document.data, "spec"), "teams")


def _names(spec: Any, key: str) -> set[str] | None:
    listed = spec.get(key, []) if isinstance(spec, dict) else None
    if not isinstance(listed, list):
        return None
    names = [name for each in listed if isinstance(name := at(each, "name"), str)]
    return set(names) if len(names) == len(listed) else None
