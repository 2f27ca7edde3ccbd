"""What a caller asks of a read, and what an adapter returns for it."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from reconciler.errors import PortalError
from reconciler.model.resource import Live, OfferedApi, Resource, ResourceId


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a portal that is enough to judge changes of a few objects.

    `objects` are ids of partners, teams, groups and products. They are read with everything below them, with
    all grants to the teams and of the groups, and with the groups that contain a product. The partner of a
    team is read even if there is no such team. `contents` are ids of groups and products of which only the
    items matter. `people` are canonical addresses.

    Behind the objects are people: the members of these teams, and of all teams with a grant of these groups,
    and the individuals with such a grant. Of them and of `people`, everything that gives access is read: all
    memberships, with team and partner, all grants to these teams and individuals, the groups and products in
    them, and the items of those. All APIs of the portal are read. What does not exist is left out.
    """

    objects: frozenset[ResourceId] = frozenset()
    contents: frozenset[ResourceId] = frozenset()
    people: frozenset[str] = frozenset()


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What a read has to return.

    `owner_label` is the label of the configuration that reads. `objects` is `all`: every object, whoever
    manages it; or an excerpt, which only a `CountedPortal` gets. It may read everything all the same. The
    label lets an adapter find labels by a query; it must not leave out other objects.
    """

    owner_label: str
    objects: Literal["all"] | Excerpt = "all"


class Native(Protocol):
    """An object as the portal addresses it: its own id, and the version that was read, if it has versions."""

    @property
    def id(self) -> str:
        """The portal's own id."""

    @property
    def version(self) -> str | None:
        """The version, such as an entity tag or the number of a revision."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All objects of a portal when it was read, and whether they are really all.

    `native` has the portal's own ids and versions. `proof` says how the adapter knows that nothing is
    missing, `problem` why something may be missing. A snapshot with neither, or with both, is a mistake of
    the adapter. It cannot be made, so that nothing is deleted because an adapter forgot to check.
    `accounts` are those of `Live`. `excerpt` is true if only the excerpt of the selection was read; the proof
    is about that then.
    """

    portal_id: str
    resources: dict[ResourceId, Resource]
    apis: dict[str, OfferedApi]
    native: Mapping[ResourceId, Native]
    proof: str = ""
    problem: str = ""
    accounts: frozenset[str] | None = None
    excerpt: bool = False

    def __post_init__(self) -> None:
        """Raise PortalError unless there is exactly one of proof and problem."""
        if bool(self.proof) == bool(self.problem):
            found = "both a proof and a problem" if self.proof else "neither a proof nor a problem"
            raise PortalError(
                f"the adapter does not say whether the portal was read completely: it reports {found}",
                "report this to the authors of the adapter",
            )

    @property
    def live(self) -> Live:
        """The live state, without what only the adapter needs."""
        return Live(
            self.portal_id, self.resources, self.apis, self.problem, self.accounts, whole=not self.excerpt
        )
