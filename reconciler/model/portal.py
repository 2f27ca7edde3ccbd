"""The adapter interface: what the reconciler asks of every portal, and what a portal says it can hold."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from reconciler.errors import PortalError
from reconciler.model.plan import Change
from reconciler.model.receipt import Traffic
from reconciler.model.resource import Live

Progress = Callable[[str, int, int | None], None]


class TextLimit(msgspec.Struct, frozen=True):
    """What a portal takes as a text: at most so many characters, all of an `alphabet`.

    That is a class of regular expressions, such as `[a-z]`; `says` names it to people.
    """

    longest: int
    alphabet: str = ""
    says: str = ""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a portal can hold and do. What it cannot is said before anything is planned.

    `kinds` are the resource kinds it has, `fields` the `kind.field` names that it stores, `renames` the kinds
    that keep what is below them when they are renamed, `moves` those that keep it when they get another
    parent. `enforces_until`: an end that it stores ends access by
    itself. `ownership_marks`: what is ours is told from the rest. `preconditions`: a write fails if what it
    is for was changed since it was read; else the adapter looks once more just before, which leaves a moment.
    `keys_outlive_grants`: keys that were issued work on after their grant is gone. `leases`: it lets one run
    at a time say that it writes. `limits` are those of texts, by `kind.field`, or `kind.name` for names.
    """

    kinds: frozenset[str]
    fields: frozenset[str]
    renames: frozenset[str]
    team_admins: bool
    developer_grants: bool
    grants_before_account: bool
    enforces_until: bool
    ownership_marks: bool
    invitations: bool
    preconditions: bool
    keys_outlive_grants: bool
    moves: frozenset[str] = frozenset()
    leases: bool = False
    limits: Mapping[str, TextLimit] = MappingProxyType({})


class Lease(msgspec.Struct, frozen=True):
    """The word of one run that it writes, for so many seconds; `owner` tells people who that is."""

    id: str
    owner: str
    seconds: int


class UnknownOutcomeError(PortalError):
    """A write was sent and its answer was lost: whether it was done is not known."""


class LeaseHeldError(PortalError):
    """Somebody else holds the lease; the message says who and until when."""


class Portal(Protocol):
    """One portal, as one run sees it; it may remember what it read to address what it writes."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can hold."""

    async def read(self, progress: Progress) -> Live:
        """Read everything, whoever owns it. Raises PortalError; says in `problem` what it could not read.

        It makes sure first that the portal takes us for someone who sees everything: where a wrong password
        reads as a stranger, or a token sees only its own team, a part must not be taken for the whole.
        `progress` is told what is being read, how much of it is there, and how much there is, if it says so.
        """

    async def write(self, change: Change, mark: str) -> int:
        """Make one change of a plan, after `read`; what is made or adopted bears `mark` if its kind can.

        Returns how often it was sent.

        Independent changes are written at the same time. Where the portal keeps a list or a whole object, the
        adapter lets changes of one owner wait for each other, or joins them in one request; each has its own
        outcome. Raises PortalError when the portal refused, LostAnswerError when nobody knows.
        """

    async def take_lease(self, lease: Lease) -> None:
        """Take the lease, or make ours last again. Raises HeldError while somebody else has it.

        Never called where the capabilities say that there are none.
        """

    async def release_lease(self, lease: Lease) -> None:
        """Give the lease back; nothing happens when it is not ours any more."""

    @property
    def traffic(self) -> Traffic:
        """What was asked of the portal so far."""
