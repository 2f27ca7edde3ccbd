"""The documents that what a branch decides depends on: those that differ, and what they reach."""

from collections.abc import Collection, Iterable

import msgspec

from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Body,
    Document,
    Partner,
    People,
    Repository,
)
from reconciler.model.ids import split_team
from reconciler.model.people_lock import from_source
from reconciler.workflow.differing import differing_documents


def deciding_documents(base: Repository, head: Repository) -> tuple[Repository, Repository]:
    """Return both repositories with only the documents that decisions depend on.

    The desired states of the results differ as those of the whole repositories do. They also have all objects
    whose owners may have to approve a difference.
    """
    differing = differing_documents(base, head)
    reach = _Reach([*differing.before, *differing.after])
    groups = [each for each in head.documents if reach.has_group(each.body)]
    holders = reach.holders(groups)
    others = [each for each in head.documents if reach.has_people(each.body, holders)]
    kept = set(map(id, (*reach.documents, *groups, *others)))
    return _limited(base, kept), _limited(head, kept)


class _Reach:
    """What some documents reach in others, by its names."""

    def __init__(self, documents: Collection[Document]) -> None:
        self.documents = documents
        bodies = [each.body for each in documents]
        partners = [each for each in bodies if isinstance(each, Partner)]
        self._partners = {each.metadata.name for each in partners}
        self._products = {each.metadata.name for each in bodies if isinstance(each, ApiProduct)}
        self._groups = {
            access if isinstance(access, str) else access.group
            for each in partners
            for several in (each.spec.access, *(team.access for team in each.spec.teams))
            for access in several
        }
        self._lock_differs = any(isinstance(each, People) for each in bodies)

    def has_group(self, body: Body | None) -> bool:
        """Whether a group is used by the partners, grants them access, or contains one of the products."""
        return isinstance(body, AccessGroup) and (
            body.metadata.name in self._groups
            or not self._products.isdisjoint(body.spec.products)
            or not self._partners.isdisjoint(_holders(body))
        )

    def holders(self, groups: Iterable[Document]) -> set[str]:
        """Return the partners to whom groups grant access: their end and status decide about the grants."""
        bodies = (each.body for each in (*groups, *self.documents))
        return {name for body in bodies if isinstance(body, AccessGroup) for name in _holders(body)}

    def has_people(self, body: Body | None, holders: Collection[str]) -> bool:
        """Whether it is people.lock, one of the holders, or a partner with rows in a changed people.lock."""
        if isinstance(body, Partner):
            is_listed = self._lock_differs and any(map(from_source, body.spec.teams))
            return is_listed or body.metadata.name in holders
        return isinstance(body, People)


def _holders(group: AccessGroup) -> set[str]:
    return {split_team(each.team or each.partner or "")[0] for each in group.spec.grants}


def _limited(repository: Repository, kept: Collection[int]) -> Repository:
    documents = tuple(each for each in repository.documents if id(each) in kept)
    return msgspec.structs.replace(repository, documents=documents)
