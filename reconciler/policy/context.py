"""The world that rules look at, and what a rule hands back."""

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.access import Impact
from reconciler.model.document import Document, Repository
from reconciler.model.finding import Source
from reconciler.model.plan import Change, FileChange
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.model.source_map import Path
from reconciler.model.transient_access import TransientAccess

Input: TypeAlias = Literal["desired", "live", "changes", "capabilities"]


class RuleContext(msgspec.Struct, frozen=True):
    """Everything there is to judge on one day; what is not known yet is None.

    `losing` are the people who lose access, today or by an end that is brought forward to within
    `guard.endWithinDays`; `reaching` counts those who have any, where somebody loses some. `digest` is that
    of the changes' effects; `allowed` says that somebody let just these through the guard.
    """

    repository: Repository
    today: str
    desired: Desired | None = None
    live: Live | None = None
    changes: Sequence[Change] | None = None
    impact: Impact | None = None
    losing: Collection[str] = ()
    reaching: int = 0
    digest: str = ""
    allowed: bool = False
    passing: Sequence[TransientAccess] = ()
    file_changes: Sequence[FileChange] = ()
    capabilities: Capabilities | None = None

    def given(self) -> frozenset[Input]:
        """Return which inputs beside the files are there."""
        inputs: dict[Input, object] = {
            "desired": self.desired,
            "live": self.live,
            "changes": self.changes,
            "capabilities": self.capabilities,
        }
        return frozenset(name for name, value in inputs.items() if value is not None)


class Violation(msgspec.Struct, frozen=True):
    """What a rule saw at `path` of `document`, before severities and exceptions.

    Exceptions are looked up in `excused_by`, where it is not the document itself. `source` is the place where
    it is in no document.
    """

    document: Document
    path: Path
    message: str
    hint: str = ""
    id: ResourceId | None = None
    excused_by: Document | None = None
    source: Source | None = None
