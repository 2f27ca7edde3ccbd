"""The options of a plan."""

from datetime import datetime

import msgspec

from reconciler.model.plan import Selection


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a plan.

    `adopt` are ids of objects to adopt, `adopt_partners` partners with their teams, `adopt_groups` groups
    with their products. `adopt_from` is an owner label; every object of the files with it is adopted.
    `selection` is which differences the plan makes, unless it adopts. `allow` are digests of plans that the
    guard does not deny. `all_documents` also plans documents that are for other portals.
    """

    portal: str
    now: datetime
    commit: str | None = None
    adopt: tuple[str, ...] = ()
    adopt_partners: tuple[str, ...] = ()
    adopt_groups: tuple[str, ...] = ()
    adopt_all: bool = False
    adopt_from: str | None = None
    selection: Selection = "all"
    allow: tuple[str, ...] = ()
    all_documents: bool = False

    @property
    def adopts(self) -> bool:
        """Whether the plan adopts objects, instead of changing the portal to match the files."""
        chosen = self.adopt or self.adopt_partners or self.adopt_groups
        return bool(chosen) or self.adopt_all or self.adopt_from is not None
