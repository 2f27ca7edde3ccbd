"""The documents in which a branch differs from its base."""

from typing import NamedTuple

from reconciler.model.document import Document, Repository


class Changed(NamedTuple):
    """The documents of a base and of a branch that only one of them has, or that differ."""

    before: tuple[Document, ...]
    after: tuple[Document, ...]


def changed_documents(base: Repository, head: Repository) -> Changed:
    """Return the changed documents; if a catalog is one of them, all catalogs, which can define an API again.

    Most documents are equal: those of equal files are the same objects in both.
    """
    shared = {*map(id, base.documents)}.intersection(map(id, head.documents))
    of_base, of_head = ([each for each in side.documents if id(each) not in shared] for side in (base, head))
    had, has = ({_key(each): each for each in side} for side in (of_base, of_head))
    before = [each for each in of_base if not _is_same(each, has.get(_key(each)))]
    after = [each for each in of_head if not _is_same(each, had.get(_key(each)))]
    if any(each.kind == "Catalog" for each in (*before, *after)):
        before, after = (_with_catalogs(*each) for each in ((base, before), (head, after)))
    return Changed(tuple(before), tuple(after))


def _with_catalogs(repository: Repository, changed: list[Document]) -> list[Document]:
    known = {*map(id, changed)}
    return [each for each in repository.documents if each.kind == "Catalog" or id(each) in known]


def _key(document: Document) -> tuple[str, str | None, str | None]:
    return document.file, document.kind, document.name


def _is_same(document: Document, other: Document | None) -> bool:
    return other is not None and document.data == other.data
