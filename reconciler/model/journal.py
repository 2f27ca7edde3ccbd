"""A journal: the record of a run before and after each write, from which a killed run can be explained.

It has one JSON object on each line: the opening, then one at the beginning and one at the end of each write.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final, Protocol

import msgspec

from reconciler.errors import InputError
from reconciler.model.approval import OwnerApproval
from reconciler.model.json_input import decode_file
from reconciler.model.plan import Digest, Plan, Selection
from reconciler.model.receipt import (
    Announced,
    Entry,
    PortalName,
    Receipt,
    require_ids,
    run_outcome,
    summarize,
)
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import Moment

FORMAT: Final = "reconciler-journal/1.3"
KILLED: Final = "the run ended before it wrote its receipt"
CUT_OFF: Final = f"{KILLED}, and the last line of its journal is incomplete: later changes are unknown"
_MAJOR: Final = FORMAT.partition(".")[0]


class Opening(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The first line: the changes that the run is going to make, and who started and approved it."""

    format: str = FORMAT
    plan: Digest
    portal: PortalName
    started: Moment
    changes: tuple[Announced, ...]
    applied_by: str = ""
    selection: Selection = "all"
    approvals: tuple[OwnerApproval, ...] = ()


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any other line: the beginning or the end of a write, at the time `at`."""

    at: Moment
    begun: ResourceId | None = None
    ended: Entry | None = None


_OPENING: Final = msgspec.json.Decoder(Opening)
_LINES: Final = msgspec.json.Decoder(Line)


class Journal(Protocol):
    """Records the writes of a run."""

    async def begin(self, change_ids: Iterable[ResourceId]) -> None:
        """Record that writes begin; when this returns, the record is durable."""

    def end(self, entries: Iterable[Entry]) -> None:
        """Record the results of writes."""


class NoJournal:
    """Records nothing."""

    async def begin(self, change_ids: Iterable[ResourceId]) -> None:
        """Do nothing."""

    def end(self, entries: Iterable[Entry]) -> None:
        """Do nothing."""


def opening(
    plan: Plan, started: str, applied_by: str = "", approvals: tuple[OwnerApproval, ...] = ()
) -> Opening:
    """Return the first line of the journal of a plan."""
    announced = tuple(Announced(change.id, change.action) for change in plan.changes)
    return Opening(
        plan=plan.digest,
        portal=plan.portal,
        started=started,
        changes=announced,
        applied_by=applied_by,
        selection=plan.selection,
        approvals=approvals,
    )


def line(noun: Opening | Line) -> bytes:
    """Encode a line of the file, with its line break."""
    return msgspec.json.encode(noun) + b"\n"


def read_journal(content: bytes) -> Receipt:
    """Restore the receipt of a run that could not write it. Raises InputError if the journal is not valid.

    A change that began and did not end is unknown; one that did not begin was skipped. If the last line is
    incomplete (for example because of a full disk), the run may have continued without the journal: all
    changes that did not end are then unknown.
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
        summary=summarize(entries),
        entries=entries,
        problem=KILLED if is_whole else CUT_OFF,
        applied_by=opened.applied_by,
        selection=opened.selection,
        approvals=opened.approvals,
    )


def _decoded(content: bytes) -> tuple[Opening, list[Line], bool]:
    """Return the lines of a journal, and whether all lines are valid and complete."""
    first, *others = content.split(b"\n")
    try:
        opened = decode_file(first, _OPENING)
    except msgspec.DecodeError as error:
        raise InputError(f"this is not a valid journal: {error}") from error
    if opened.format.partition(".")[0] != _MAJOR:
        raise InputError(f"this is not a journal of format {FORMAT}: its format is {opened.format!r}")
    require_ids(opened.changes, "journal")
    lines: list[Line] = []
    # After a line that a full or failing disk left incomplete, nothing is trusted.
    with suppress(msgspec.DecodeError):
        for each in others:
            lines.append(decode_file(each, _LINES))  # noqa: PERF401  what was read before an error counts
    return opened, lines, len(lines) == len(others) - 1 and not others[-1]


def _open(announced: Announced, begun: set[ResourceId], *, is_whole: bool) -> Entry:
    """Return the entry of a change that did not end."""
    if announced.id in begun:
        return Entry(announced.id, announced.action, "unknown", "the run ended during this write")
    if not is_whole:
        return Entry(
            announced.id,
            announced.action,
            "unknown",
            "the journal is incomplete and does not mention this change",
        )
    return Entry(announced.id, announced.action, "skipped", "the run ended before this change", 0)
