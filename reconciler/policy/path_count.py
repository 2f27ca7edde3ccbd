"""Count the paths to APIs that the files define, before building anything that grows with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from reconciler.model.document import AccessGroup, ApiProduct, Document, GroupAccess
from reconciler.model.graph.size import Size
from reconciler.policy.partner_view import PartnerView


class Part(NamedTuple):
    """The contribution of one document: paths of its teams or contents, and paths of people."""

    document: Document
    paths: int
    of_people: int


class Sizes:
    """The contributions of all access groups and partners."""

    def __init__(
        self,
        groups: Mapping[str, tuple[Document, AccessGroup]],
        products: Mapping[str, tuple[Document, ApiProduct]],
        holders: Iterable[PartnerView],
    ) -> None:
        lengths = {name: len(body.spec.apis) for name, (_, body) in products.items()}
        self._contents = {
            name: len(body.spec.apis) + sum(lengths.get(each, 0) for each in body.spec.products)
            for name, (_, body) in groups.items()
        }
        # A grant of a group adds as many paths as the group has APIs; a group without APIs counts as one.
        self._granting = {name: max(count, 1) for name, count in self._contents.items()}
        # The paths that group owners grant, by PARTNER or PARTNER/TEAM.
        self._granted: dict[str, int] = {}
        self._parts = [*self._of_groups(groups), *map(self._of_partner, holders)]
        self.total = Size(
            sum([part.paths for part in self._parts]), sum([part.of_people for part in self._parts])
        )

    @property
    def largest(self) -> Part | None:
        """The largest contribution."""
        return max(self._parts, key=lambda part: max(part.paths, part.of_people), default=None)

    def _of_groups(self, groups: Mapping[str, tuple[Document, AccessGroup]]) -> Iterator[Part]:
        for name, (document, body) in groups.items():
            contents, alone = self._granting[name], 0
            for grant in body.spec.grants:
                holder = grant.team or grant.partner
                alone += not holder
                if holder:
                    self._granted[holder] = self._granted.get(holder, 0) + contents
            yield Part(document, self._contents[name] + contents * alone, contents * alone)

    def _of_partner(self, holder: PartnerView) -> Part:
        spec, paths, of_people = holder.body.spec, 0, 0
        everywhere = self._own_access(spec.access) + self._granted.get(holder.name, 0)
        for number, people in holder.team_sizes.items():
            team = spec.teams[number]
            own = self._granted.get(f"{holder.name}/{team.name}", 0) if self._granted else 0
            held = everywhere + own + self._own_access(team.access)
            paths += held
            of_people += held * (people or 1)
        return Part(holder.document, paths, of_people)

    def _own_access(self, accesses: Sequence[str | GroupAccess]) -> int:
        if not accesses:
            return 0
        names = {access if isinstance(access, str) else access.group for access in accesses}
        return sum([self._granting.get(name, 1) for name in names])
