"""The numbers of a whole portal that the guard compares removals with."""

from collections.abc import Collection, Iterable

import msgspec

from reconciler.access import people_with_access
from reconciler.model.document import Document
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.plan import Change
from reconciler.model.portal import CountedPortal, Portal, Totals
from reconciler.model.resource import Live
from reconciler.workflow.validate import settings


class Needed(msgspec.Struct, frozen=True):
    """Which numbers the guard needs for some changes: both take long to count in a large portal.

    `label` is that of the configuration, `external` are the partners that others manage, and `today` is the
    day for which people with access are counted.
    """

    label: str
    external: frozenset[str]
    today: str
    managed: bool
    people: bool

    def count(self, live: Live) -> Totals:
        """Count in what was read of the whole portal."""
        managed = managed_by_kind(live.resources, self.label, self.external) if self.managed else {}
        people = len(people_with_access(live.resources, self.today)) if self.people else None
        return Totals(managed, people)

    async def count_in(self, portal: Portal, live: Live) -> Totals:
        """Let a portal count of which only an excerpt was read. Raises PortalError."""
        if live.whole or not isinstance(portal, CountedPortal):
            return self.count(live)
        if not (self.managed or self.people):
            return Totals({})
        return await portal.totals(self.label, self.external, self.today if self.people else None)


def needed_totals(
    changes: Iterable[Change], losing: Collection[str], label: str, today: str, configuration: Document
) -> Needed:
    """Return what the guard needs for changes by which these people lose access."""
    spec = settings(configuration).spec
    return Needed(
        label=label,
        external=frozenset(spec.external.partners),
        today=today,
        managed=any(change.action == "delete" for change in changes),
        people=len(losing) > spec.guard.people_losing.count,
    )
