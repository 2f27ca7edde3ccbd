"""Count the paths to APIs that the files define, before building anything that grows with them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reconciler.model.document import AccessGroup, ApiProduct, Document, GroupAccess
from reconciler.model.graph.size import Size
from reconciler.policy.partner_view import PartnerView, current_teams


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
        # The paths that group owners grant, by PARTNER or PARTNER/TEAM.
        self._granted: dict[str, int] = {}
        parts = [*self._of_groups(groups), *map(self._of_partner, holders)]
        self.largest = max(parts, key=lambda part: max(part.paths, part.of_people), default=None)
        self.total = Size(sum(part.paths for part in parts), sum(part.of_people for part in parts))

    def _of_groups(self, groups: Mapping[str, tuple[Document, AccessGroup]]) -> Iterator[Part]:
        for name, (document, body) in groups.items():
            contents, alone = self._granting(name), 0
            for grant in body.spec.grants:
                holder = grant.team or grant.partner
                alone += not holder
                if holder:
                    self._granted[holder] = self._granted.get(holder, 0) + contents
            yield Part(document, self._contents[name] + contents * alone, contents * alone)

    def _of_partner(self, holder: PartnerView) -> Part:
        spec, paths, of_people = holder.body.spec, 0, 0
        everywhere = self._own_access(spec.access) + self._granted.get(holder.name, 0)
        for number, team in current_teams(holder.body):
            own = self._granted.get(f"{holder.name}/{team.name}", 0) if self._granted else 0
            held = everywhere + own + self._own_access(team.access)
            paths += held
            of_people += held * max(holder.team_sizes[number], 1)
        return Part(holder.document, paths, of_people)

    def _own_access(self, accesses: Iterable[str | GroupAccess]) -> int:
        names = {access if isinstance(access, str) else access.group for access in accesses}
        return sum(map(self._granting, names))

    def _granting(self, group: str) -> int:
        """Return how many paths a grant of a group adds; a group without APIs counts as one."""
        return max(self._contents.get(group, 0), 1)
