"""The world that rules look at, and what a rule hands back."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.document import Document, Repository
from reconciler.model.plan import Change
from reconciler.model.positions import Path
from reconciler.model.resource import Desired, Live, ResourceId

Input: TypeAlias = Literal["desired", "live", "changes"]


class World(msgspec.Struct, frozen=True):
    """Everything there is to judge on one day; what is not known yet is None."""

    repository: Repository
    today: str
    desired: Desired | None = None
    live: Live | None = None
    changes: Sequence[Change] | None = None

    def given(self) -> frozenset[Input]:
        """Return which inputs beside the files are there."""
        inputs: dict[Input, object] = {"desired": self.desired, "live": self.live, "changes": self.changes}
        return frozenset(name for name, value in inputs.items() if value is not None)


class Violation(msgspec.Struct, frozen=True):
    """What a rule saw at `path` of `document`, before severities and exceptions.

    Exceptions are looked up in `excused_by`, where it is not the document itself.
    """

    document: Document
    path: Path
    message: str
    hint: str = ""
    id: ResourceId | None = None
    excused_by: Document | None = None
