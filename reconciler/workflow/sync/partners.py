"""The partner files that accounts are compared with: by the id in an annotation, by name and by domain."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.identity import normalized_domain
from reconciler.model.slugs import slug

# The annotation of a partner that has no account, although an account has the same name or domain.
NO_ACCOUNT: Final = "none"
# Of partners with one name or domain; more of them would cost time and help nobody.
_MOST_ALIKE: Final = 100


class Partners:
    """The documents of partners; `annotation` is the one that holds the id of an account.

    `known` are the ids in the source. A partner with another id may have got another account.
    """

    def __init__(self, documents: Sequence[Document], annotation: str, known: Collection[str]) -> None:
        self._annotation = annotation
        self.all = [each for each in documents if each.kind == "Partner" and each.body is not None]
        self.names = {name for each in self.all for name in _names(each)}
        self.by_id: dict[str, list[Document]] = {}
        self._unlinked: dict[str, list[Document]] = {}
        for document in self.all:
            account = self.account(document)
            if account and account != NO_ACCOUNT:
                self.by_id.setdefault(account, []).append(document)
            for key in set() if account == NO_ACCOUNT or account in known else set(_keys(document)):
                self._unlinked.setdefault(key, []).append(document)

    def account(self, document: Document) -> str:
        """Return the id of the account of a partner; empty if its file has no such annotation."""
        return str(document.data["metadata"].get("annotations", {}).get(self._annotation, ""))

    def similar(self, names: Collection[str], domains: Collection[str]) -> list[Document]:
        """Return the partners without a known account that have one of these names or domains."""
        keys = [*(key for name in names for key in _name_keys(name)), *map(_domain_key, domains)]
        alike = (each for key in keys for each in islice(self._unlinked.get(key, ()), _MOST_ALIKE))
        return [*{id(each): each for each in alike}.values()]


def spec_of(document: Document) -> dict[str, Any]:
    """Return the spec of a document."""
    found: dict[str, Any] = document.data["spec"]
    return found


def _names(document: Document) -> Iterator[str]:
    """Yield the name of a partner and its former ones, which portals may still have."""
    metadata = document.data["metadata"]
    former = metadata.get("previously", [])
    yield metadata["name"]
    yield from [former] if isinstance(former, str) else former


def _keys(document: Document) -> Iterator[str]:
    spec = spec_of(document)
    yield from (f"name {name}" for name in _names(document))
    yield from _name_keys(spec["displayName"])
    yield from map(_domain_key, spec.get("domains", ()))


def _name_keys(name: str) -> Iterator[str]:
    """Yield the keys of a name: as a short name, and as people see it."""
    if short := slug(name):
        yield f"name {short}"
    yield f"seen {' '.join(unicodedata.normalize('NFC', name).casefold().split())}"


def _domain_key(domain: str) -> str:
    return f"domain {normalized_domain(domain)}"
