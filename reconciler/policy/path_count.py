"""How many paths to APIs the files describe, counted before anything is built that grows with them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reconciler.model.document import AccessGroup, ApiProduct, Document, GroupAccess
from reconciler.model.graph.size import Size
from reconciler.policy.partner_view import PartnerView, present_teams


class Part(NamedTuple):
    """What one document contributes: the paths of its teams or its contents, and those of people."""

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
        # What owners grant, by the name of a partner or PARTNER/TEAM.
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
        everywhere = self._taken(spec.access) + self._granted.get(holder.name, 0)
        for _, team in present_teams(holder.body):
            listed = () if isinstance(team.members, str) else team.members
            own = self._granted.get(f"{holder.name}/{team.name}", 0) if self._granted else 0
            held = everywhere + own + self._taken(team.access)
            paths += held
            of_people += held * max(len(team.admins) + len(listed), 1)
        return Part(holder.document, paths, of_people)

    def _taken(self, accesses: Iterable[str | GroupAccess]) -> int:
        names = {access if isinstance(access, str) else access.group for access in accesses}
        return sum(map(self._granting, names))

    def _granting(self, group: str) -> int:
        """Return how many paths it makes to have a group; to have one without APIs counts as well."""
        return max(self._contents.get(group, 0), 1)
