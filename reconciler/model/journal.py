"""A journal: what a run wrote down before and after each write, so that one that was killed is explained.

One JSON object a line: the opening, then for each write that it begins, and that it ended.
"""

from typing import Final, Protocol

import msgspec

from reconciler.errors import InputError
from reconciler.model.plan import Action, Plan
from reconciler.model.receipt import Entry, Receipt, summarise
from reconciler.model.resource import ResourceId

FORMAT: Final = "reconciler-journal/1.0"
KILLED: Final = "the run was ended before it was done"
_MAJOR: Final = FORMAT.partition(".")[0]


class Announced(msgspec.Struct, frozen=True):
    """A change that the run set out to make."""

    id: ResourceId
    action: Action


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what the run set out to do."""

    format: str = FORMAT
    plan: str
    portal: str
    started: str
    changes: tuple[Announced, ...]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any other line: a write that begins, or one that ended; `at` is when."""

    at: str
    begun: ResourceId | None = None
    ended: Entry | None = None


class Journal(Protocol):
    """Where a run writes down what it does."""

    async def begin(self, change_id: ResourceId) -> None:
        """Write down that a write begins; when this returns, it outlives the process and the machine."""

    def end(self, entry: Entry) -> None:
        """Write down what became of it."""


class NoJournal:
    """Writes nothing down."""

    async def begin(self, change_id: ResourceId) -> None:
        """Do nothing."""

    def end(self, entry: Entry) -> None:
        """Do nothing."""


def opening(plan: Plan, started: str) -> Opening:
    """Return the first line of the journal of a plan."""
    announced = tuple(Announced(change.id, change.action) for change in plan.changes)
    return Opening(plan=plan.digest, portal=plan.portal, started=started, changes=announced)


def line(noun: Opening | Line) -> bytes:
    """Return a line as it stands in the file, with its end."""
    return msgspec.json.encode(noun) + b"\n"


def read_journal(content: bytes) -> Receipt:
    """Return the receipt that the run could not write any more. Raises InputError when this is no journal.

    What was begun and did not end is unknown, what was not begun was skipped. A last line that was cut off
    counts as not written.
    """
    first, *others = content.split(b"\n")[:-1] or [b""]
    try:
        opened = msgspec.json.decode(first, type=Opening)
        lines = msgspec.json.decode(b"[" + b",".join(others) + b"]", type=list[Line])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"this is no journal: {error}") from error
    if opened.format.partition(".")[0] != _MAJOR:
        raise InputError(f"this is no journal of the format {FORMAT}: its format is {opened.format!r}")
    begun = {each.begun for each in lines if each.begun}
    ended = {each.ended.id: each.ended for each in lines if each.ended}
    entries = tuple(ended.get(each.id) or _open(each, begun) for each in opened.changes)
    return Receipt(
        plan=opened.plan,
        portal=opened.portal,
        started=opened.started,
        finished=lines[-1].at if lines else opened.started,
        outcome="complete" if all(entry.outcome == "applied" for entry in entries) else "incomplete",
        summary=summarise(entries),
        entries=entries,
        problem=KILLED,
    )


def _open(announced: Announced, begun: set[ResourceId]) -> Entry:
    if announced.id in begun:
        return Entry(announced.id, announced.action, "unknown", "the run was ended while it was written")
    return Entry(announced.id, announced.action, "skipped", "the run was ended before it was begun", 0)
