"""A receipt: the result of apply, with one entry for each change of the plan."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from reconciler.errors import InputError
from reconciler.model.access import Impact
from reconciler.model.approval import OwnerApproval
from reconciler.model.json_input import decode_file
from reconciler.model.kinds import is_id
from reconciler.model.plan import Action, Digest, Selection
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import END, Moment

FORMAT: Final = "reconciler-receipt/1.6"

# Files are untrusted input, so values are validated by pattern.
PortalName: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^[a-z0-9][a-z0-9-]{{0,62}}{END}")]
RunOutcome: TypeAlias = Literal["complete", "incomplete"]
Outcome: TypeAlias = Literal["applied", "failed", "skipped", "unknown"]


class Announced(msgspec.Struct, frozen=True):
    """A change that the run is going to make."""

    id: ResourceId
    action: Action


class Entry(msgspec.Struct, frozen=True):
    """The result of one change; `message` is the reason of a failure, or the change that a skipped one needs.

    `attempts` is how often it was sent to the portal, `seconds` how long that took, including waiting.
    """

    id: ResourceId
    action: Action
    outcome: Outcome
    message: str = ""
    attempts: int = 1
    seconds: float = 0.0


class ReceiptSummary(msgspec.Struct, frozen=True):
    """The number of changes with each outcome."""

    applied: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0


class NotConverged(msgspec.Struct, frozen=True):
    """A change that was applied, but not persisted by the portal as written; `message` has the difference."""

    id: ResourceId
    message: str


class Traffic(msgspec.Struct, frozen=True):
    """The traffic between a run and a portal.

    `requests` is the number of requests, including `retries`. `bytes` is the size of all responses. `waited`
    are the seconds of waiting between retries or because of rate limits.
    """

    requests: int = 0
    retries: int = 0
    bytes: int = 0
    waited: float = 0.0


class Receipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The result of applying a plan to one portal; `plan` is the digest of that plan.

    `problem` is why the run ended early, or empty. `converged` is whether the applied changes were found when
    the portal was read again, with the exceptions in `unsettled`; None if it could not be read. `applied_by`
    is the user and machine, or the CI job and who started it; empty if unknown. `access` is who gained and
    lost access; None if the receipt was restored from a journal. `selection` is that of the plan. `approvals`
    are those that the plan needs, and who gave them.
    """

    plan: Digest
    portal: PortalName
    started: Moment
    finished: Moment
    outcome: RunOutcome
    summary: ReceiptSummary
    entries: tuple[Entry, ...]
    problem: str = ""
    converged: bool | None = None
    unsettled: tuple[NotConverged, ...] = ()
    traffic: Traffic | None = None
    applied_by: str = ""
    access: Impact | None = None
    selection: Selection = "all"
    approvals: tuple[OwnerApproval, ...] = ()
    format: str = FORMAT


def summarize(entries: Iterable[Entry]) -> ReceiptSummary:
    """Count the entries by outcome."""
    counts = Counter(entry.outcome for entry in entries)
    return ReceiptSummary(counts["applied"], counts["failed"], counts["skipped"], counts["unknown"])


def run_outcome(entries: Iterable[Entry]) -> RunOutcome:
    """Return the outcome of a run with these entries."""
    return "complete" if all(entry.outcome == "applied" for entry in entries) else "incomplete"


def read_receipt(content: bytes) -> Receipt:
    """Read a receipt file. Raises InputError if it is not valid, or has another major format.

    The counts and the outcome are recomputed and must match the entries.
    """
    try:
        receipt = decode_file(content, msgspec.json.Decoder(Receipt))
    except msgspec.DecodeError as error:
        raise InputError(f"this is not a valid receipt: {error}") from error
    if receipt.format.partition(".")[0] != FORMAT.partition(".")[0]:
        raise InputError(f"this is not a receipt of format {FORMAT}: its format is {receipt.format!r}")
    require_ids((*receipt.entries, *receipt.unsettled), "receipt")
    computed = (run_outcome(receipt.entries), summarize(receipt.entries))
    if (receipt.outcome, receipt.summary) != computed:
        raise InputError("this is not a valid receipt: its outcome or its counts do not match its entries")
    return receipt


def require_ids(named: Iterable[Entry | NotConverged | Announced], what: str) -> None:
    """Raise InputError if an id in a file is not the id of a change."""
    for each in named:
        if not is_id(each.id):
            raise InputError(f"this is not a valid {what}: {each.id!r} is not the id of a change")
