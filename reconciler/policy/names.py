"""The names that references can lead to, and what was probably meant by one that leads nowhere."""

from typing import Final

from reconciler.model.document import Document, KindName
from reconciler.policy.index import Index
from reconciler.policy.raw import at
from reconciler.policy.suggestions import Suggestions

NAMED_KINDS: Final[tuple[KindName, ...]] = ("Partner", "AccessGroup", "ApiProduct")


class Names:
    """Every name that could be read, also in documents that do not meet the schema."""

    def __init__(self, index: Index) -> None:
        self._unreadable: set[KindName] = set(index.world.repository.unreadable)
        self._unread_teams: set[str] = set()
        self._suggestions = Suggestions()
        self._known: dict[str, set[str]] = {kind: set() for kind in (*NAMED_KINDS, "Team", "Api")}
        self._known["Owner"] = set(index.settings.owners)
        self._has_catalog = False
        for document in index.documents:
            self._add(document)

    def dangles(self, kind: str, name: str) -> bool:
        """Whether there is nothing of this name, and could be nothing of it in what was not read."""
        if name in self._known[kind]:
            return False
        if kind == "Team":
            partner = name.partition("/")[0]
            return "Partner" not in self._unreadable and partner not in self._unread_teams
        if kind == "Api":
            return self._has_catalog and "Catalog" not in self._unreadable
        return kind not in self._unreadable

    def suggestion(self, kind: str, name: str) -> str:
        """Return `did you mean "…"?`, or nothing where no name is near."""
        return self._suggestions.find(name, self._known[kind])

    def _add(self, document: Document) -> None:
        if document.kind == "Catalog":
            self._add_apis(document)
            return
        # Where the kind could not be read, the document may be of any.
        for kind in NAMED_KINDS if document.kind is None else (document.kind,):
            if not isinstance(document.name, str):
                self._unreadable.add(kind)
            elif kind in self._known:
                self._known[kind].add(document.name)
        if isinstance(document.name, str) and document.kind in {None, "Partner"}:
            self._add_teams(document.name, document)

    def _add_teams(self, partner: str, document: Document) -> None:
        spec = at(document.data, "spec")
        listed = spec.get("teams", []) if isinstance(spec, dict) else None
        names = [at(team, "name") for team in listed] if isinstance(listed, list) else [None]
        self._known["Team"].update(f"{partner}/{name}" for name in names if isinstance(name, str))
        if not all(isinstance(name, str) for name in names):
            self._unread_teams.add(partner)

    def _add_apis(self, document: Document) -> None:
        self._has_catalog = True
        listed = at(document.data, "spec", "apis")
        names = [at(api, "name") for api in listed] if isinstance(listed, list) else [None]
        self._known["Api"].update(name for name in names if isinstance(name, str))
        if not all(isinstance(name, str) for name in names):
            self._unreadable.add("Catalog")
