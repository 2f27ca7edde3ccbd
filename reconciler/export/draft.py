"""A document while it is made: its values, and comments about single values."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from reconciler.model.field_types import API_VERSION, KindName
from reconciler.model.new_document import NewDocument
from reconciler.model.portal_names import ExternalName
from reconciler.model.source_map import Path


class Draft:
    """A document of an object in a portal."""

    def __init__(self, kind: KindName, name: str, external: ExternalName | None, portal: str) -> None:
        self.metadata: dict[str, Any] = {"name": name}
        if external is not None:
            self.metadata["externalName"] = external
        if portal:
            self.metadata["portals"] = [portal]
        self.spec: dict[str, Any] = {}
        self._kind = kind
        self._above: defaultdict[Path, list[str]] = defaultdict(list)
        self._beside: dict[Path, str] = {}

    def comment(self, path: Path, text: str) -> None:
        """Add a comment above a value."""
        self._above[path].append(text)

    def mark(self, path: Path, text: str) -> None:
        """Add a comment at the end of the line of a value."""
        self._beside[path] = text

    def list_left_out(self, path: Path, what: str, entries: Iterable[str]) -> None:
        """Add a comment that names what is left out, if there is anything."""
        names = ", ".join(entries)
        if names:
            self.comment(path, f"{what}: {names}")

    def finished(self) -> NewDocument:
        """Return the document."""
        data = {
            "apiVersion": API_VERSION,
            "kind": self._kind,
            "metadata": self.metadata,
            "spec": self.spec,
        }
        return NewDocument(data=data, above=dict(self._above), beside=dict(self._beside))
