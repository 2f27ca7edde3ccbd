"""The input of rules (RuleContext) and their output (Violation)."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.access import Impact
from reconciler.model.document import Document, Repository
from reconciler.model.finding import Severity, Source
from reconciler.model.plan import Change, FileChange
from reconciler.model.portal import Capabilities, Totals
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.model.source_map import Path
from reconciler.model.transient_access import TransientAccess
from reconciler.policy.partner_view import PartnerViews

Input: TypeAlias = Literal["desired", "live", "changes", "capabilities"]


class RuleContext(msgspec.Struct, frozen=True):
    """All inputs of rules on one day; inputs that are not known yet are None.

    `losing` are the people who lose access, today or by an end that is brought forward to within
    `guard.endWithinDays`. `totals` are numbers of the whole portal, as far as the guard needs them; `live`
    can be an excerpt. `digest` is the digest of the changes' effects. `allowed` is true if the guard is
    overridden for that digest. `before` are the resources of the base's files, if there is a base. Contexts
    with the same documents can share their `views`.
    """

    repository: Repository
    today: str
    desired: Desired | None = None
    live: Live | None = None
    changes: Sequence[Change] | None = None
    impact: Impact | None = None
    losing: Collection[str] = ()
    totals: Totals = Totals({})
    digest: str = ""
    allowed: bool = False
    passing: Sequence[TransientAccess] = ()
    file_changes: Sequence[FileChange] = ()
    capabilities: Capabilities | None = None
    before: Mapping[ResourceId, Resource] = MappingProxyType({})
    views: PartnerViews = msgspec.field(default_factory=PartnerViews)

    def available_inputs(self) -> frozenset[Input]:
        """Return the names of the available inputs, apart from the files."""
        inputs: dict[Input, object] = {
            "desired": self.desired,
            "live": self.live,
            "changes": self.changes,
            "capabilities": self.capabilities,
        }
        return frozenset(name for name, value in inputs.items() if value is not None)


class Violation(msgspec.Struct, frozen=True):
    """A violation of a rule at `path` of `document`, before severities and exceptions are applied.

    Exceptions are looked up in `excused_by`, or in the document itself if that is None. `source` is the place
    of a violation outside any document. `severity` replaces the default of the rule.
    """

    document: Document
    path: Path
    message: str
    hint: str = ""
    id: ResourceId | None = None
    excused_by: Document | None = None
    source: Source | None = None
    severity: Severity | None = None
