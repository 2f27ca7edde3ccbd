"""The adapter interface: the operations of a portal, and its capabilities."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import msgspec

from reconciler.errors import PortalError
from reconciler.model.plan import Change, Plan
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult

Progress = Callable[[str, int, int | None], None]


class TextLimit(msgspec.Struct, frozen=True):
    """A limit on a text in a portal: a maximum length, and optionally the allowed characters.

    `alphabet` is a character class of regular expressions, such as `[a-z]`; `says` describes it in messages.
    """

    longest: int
    alphabet: str = ""
    says: str = ""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a portal can store and do. Unsupported definitions are reported before a plan is made.

    `kinds` are the supported resource kinds, `fields` the stored fields as `kind.field`. `renames` are the
    kinds that keep their children when they are renamed, `moves` those that keep them when they get another
    parent. `enforces_until`: the portal ends access by itself on the stored day. `owner_labels`: it stores
    owner labels. `preconditions`: a write fails if the object was changed since it was read; otherwise the
    adapter reads it again just before the write, which leaves a short race. `keys_outlive_grants`: issued
    keys continue to work after their grant was deleted. `leases`: it supports a lease for the writing run.
    `case_insensitive_names`: it treats names that differ only by case as the same, so that the adapter
    returns them in lower case. `limits` are the limits on texts, by `kind.field`; names are `kind.name`.
    `batch_size` is how many changes of one object the portal can write together.
    """

    kinds: frozenset[str]
    fields: frozenset[str]
    renames: frozenset[str]
    team_admins: bool
    developer_grants: bool
    grants_before_account: bool
    enforces_until: bool
    owner_labels: bool
    invitations: bool
    preconditions: bool
    keys_outlive_grants: bool
    moves: frozenset[str] = frozenset()
    leases: bool = False
    case_insensitive_names: bool = False
    limits: Mapping[str, TextLimit] = MappingProxyType({})
    batch_size: int = 1


class Lease(msgspec.Struct, frozen=True):
    """A claim of one run that it is writing, valid for some seconds; `owner` describes the run."""

    id: str
    owner: str
    seconds: int


class LeaseHeldError(PortalError):
    """Another run holds the lease; the message has its owner and its expiration."""


class Portal(Protocol):
    """A portal during one run; it may keep data from `read` to address objects in `write`."""

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of the portal."""

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read what is selected. Raises PortalError if the portal cannot be read at all.

        The adapter must first make sure that the credentials can see everything, because some portals return
        only a part for a wrong password or a restricted token. The snapshot has the proof that nothing is
        missing, or the problem. The adapter reports `progress` with the name of what is being read, the
        number of objects so far, and the total number if known.
        """

    def batch_key(self, change: Change) -> str | None:
        """Return the lane of a change, after `read`; None if it is independent of all others.

        Changes with the same key are never written concurrently. A portal that stores whole objects, such as
        a team with the list of its members, returns the object.
        """

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        """Apply changes of a plan, after `read`; return one result for each, in the same order.

        It raises nothing. A batch has several changes only if they have the same key and `batch_size` allows
        it. Everything that they depend on is applied. The adapter makes one request of them, or several, and
        reports each change by itself. Created and adopted objects get the owner label.
        """

    async def resolve(self, change: Change) -> Resolution:
        """Find out what became of a change whose result was `unknown`, or where only a part of it was done.

        The adapter asks the portal: its audit log, or the object if it shows who changed it last. It never
        guesses.
        """

    async def take_lease(self, lease: Lease) -> None:
        """Acquire or renew the lease. Raises LeaseHeldError if another run holds it.

        Not called if the portal does not support leases.
        """

    async def release_lease(self, lease: Lease) -> None:
        """Release the lease; do nothing if this run no longer holds it."""

    @property
    def traffic(self) -> Traffic:
        """The traffic with the portal so far."""


class Totals(msgspec.Struct, frozen=True):
    """Numbers of a whole portal, which the limits of the guard are shares of.

    `managed` are the live objects by kind that a configuration manages: see `managed_by_kind`. `people` is
    how many people have any access on a day, or None if it was not asked for.
    """

    managed: Mapping[str, int]
    people: int | None = None


@runtime_checkable
class CountedPortal(Protocol):
    """A portal that counts its objects, so that it needs to be read only in part; others lack this method."""

    async def totals(self, owner_label: str, external: Collection[str], day: str | None) -> Totals:
        """Count what the configuration with this label manages, and the people with access on a day.

        Grants to teams of other configurations do not count, unless their partner is in `external` (names).
        Without a day, people are not counted. Raises PortalError.
        """


@runtime_checkable
class PlanRecorder(Protocol):
    """A portal that stores with each change from which plan it came; others lack this method."""

    def record_plan(self, plan: Plan) -> None:
        """Name the plan that the next writes belong to."""
