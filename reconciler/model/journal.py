"""A journal: what a run wrote down before and after each write, so that one that was killed is explained.

One JSON object a line: the opening, then for each write that it begins, and that it ended.
"""

from contextlib import suppress
from typing import Final, Protocol

import msgspec

from reconciler.errors import InputError
from reconciler.model.json_input import decode_file
from reconciler.model.plan import Digest, Plan
from reconciler.model.receipt import (
    Announced,
    Entry,
    PortalName,
    Receipt,
    require_ids,
    run_outcome,
    summarise,
)
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import Moment

FORMAT: Final = "reconciler-journal/1.1"
KILLED: Final = "the run ended before it wrote its receipt"
CUT_OFF: Final = f"{KILLED}, and its journal is cut off in its last line: what came after that is unknown"
_MAJOR: Final = FORMAT.partition(".")[0]


class Opening(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The first line: what the run set out to do, and who started it."""

    format: str = FORMAT
    plan: Digest
    portal: PortalName
    started: Moment
    changes: tuple[Announced, ...]
    applied_by: str = ""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any other line: a write that begins, or one that ended; `at` is when."""

    at: Moment
    begun: ResourceId | None = None
    ended: Entry | None = None


_OPENING: Final = msgspec.json.Decoder(Opening)
_LINES: Final = msgspec.json.Decoder(Line)


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


def opening(plan: Plan, started: str, applied_by: str = "") -> Opening:
    """Return the first line of the journal of a plan."""
    announced = tuple(Announced(change.id, change.action) for change in plan.changes)
    return Opening(
        plan=plan.digest, portal=plan.portal, started=started, changes=announced, applied_by=applied_by
    )


def line(noun: Opening | Line) -> bytes:
    """Return a line as it stands in the file, with its end."""
    return msgspec.json.encode(noun) + b"\n"


def read_journal(content: bytes) -> Receipt:
    """Return the receipt that the run could not write any more. Raises InputError when this is no journal.

    What was begun and did not end is unknown, what was not begun was skipped. Where the last line is cut off,
    as on a full disk, the run may have gone on without the journal: what did not end is unknown then.
    """
    opened, lines, is_whole = _decoded(content)
    begun = {each.begun for each in lines if each.begun}
    ended = {each.ended.id: each.ended for each in lines if each.ended}
    entries = tuple(ended.get(each.id) or _open(each, begun, is_whole=is_whole) for each in opened.changes)
    return Receipt(
        plan=opened.plan,
        portal=opened.portal,
        started=opened.started,
        finished=lines[-1].at if lines else opened.started,
        outcome=run_outcome(entries),
        summary=summarise(entries),
        entries=entries,
        problem=KILLED if is_whole else CUT_OFF,
        applied_by=opened.applied_by,
    )


def _decoded(content: bytes) -> tuple[Opening, list[Line], bool]:
    """Return the lines of a journal, and whether it is whole: it ends with a line, and each can be read."""
    first, *others = content.split(b"\n")
    try:
        opened = decode_file(first, _OPENING)
    except msgspec.DecodeError as error:
        raise InputError(f"this is no journal: {error}") from error
    if opened.format.partition(".")[0] != _MAJOR:
        raise InputError(f"this is no journal of the format {FORMAT}: its format is {opened.format!r}")
    require_ids(opened.changes, "journal")
    lines: list[Line] = []
    # Behind a line that a full or failing disk left in part, nothing is trusted.
    with suppress(msgspec.DecodeError):
        for each in others:
            lines.append(decode_file(each, _LINES))  # noqa: PERF401  what was read before an error counts
    return opened, lines, len(lines) == len(others) - 1 and not others[-1]


def _open(announced: Announced, begun: set[ResourceId], *, is_whole: bool) -> Entry:
    """Return what is known of a change that did not end."""
    if announced.id in begun:
        return Entry(announced.id, announced.action, "unknown", "the run was ended while it was written")
    if not is_whole:
        return Entry(announced.id, announced.action, "unknown", "the journal is cut off before it names this")
    return Entry(announced.id, announced.action, "skipped", "the run was ended before it was begun", 0)
