"""The documents in which a branch differs from its base; most files are equal, and their documents shared."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Body,
    Catalog,
    Document,
    Partner,
    Repository,
    listed,
)
from reconciler.model.ids import split_team

# The kind and a name, present or former. All catalogs share one, because each can define any API.
_Key: TypeAlias = tuple[type[Body], str]

_CATALOGS: Final[_Key] = (Catalog, "")


class Differing(NamedTuple):
    """Documents of a base and of a branch, each in the order of its repository."""

    before: tuple[Document, ...]
    after: tuple[Document, ...]


def differing_documents(base: Repository, head: Repository) -> Differing:
    """Return the documents that a branch does not share with its base: those of files that differ.

    All documents are returned if a name in one of them, present or former, is also in another document:
    renames and duplicates connect files, and can do so across any number of them.
    """
    shared = {*map(id, base.documents)} & {*map(id, head.documents)}
    found = Differing(_without(base, shared), _without(head, shared))
    if _are_connected(found, (each for each in head.documents if id(each) in shared)):
        return Differing(base.documents, head.documents)
    return found


def _without(repository: Repository, shared: set[int]) -> tuple[Document, ...]:
    return tuple(each for each in repository.documents if id(each) not in shared)


def _are_connected(found: Differing, others: Iterable[Document]) -> bool:
    """Whether documents have a name of each other, or of one of the others."""
    known: dict[_Key, _Key] = {}
    for document in (*found.before, *found.after):
        own, *formers = _names(document.body) or (None,)
        if own is not None and any(known.setdefault(key, own) != own for key in (own, *formers)):
            return True
    return bool(known) and any(key in known for each in others for key in _names(each.body))


def _names(body: Body | None) -> list[_Key]:
    """Return the present name of what a document defines, and all former ones; none if it has no name."""
    if isinstance(body, Catalog):
        return [_CATALOGS]
    if not isinstance(body, Partner | AccessGroup | ApiProduct):
        return []
    formers = listed(body.metadata.previously)
    names: list[_Key] = [(type(body), each) for each in (body.metadata.name, *formers)]
    return [*names, *_former_partners(body)] if isinstance(body, Partner) else names


def _former_partners(body: Partner) -> Iterator[_Key]:
    """Yield the partners that teams have left."""
    for team in body.spec.teams:
        for former in listed(team.previously) if team.previously else ():
            if "/" in former:
                yield Partner, split_team(former)[0]
