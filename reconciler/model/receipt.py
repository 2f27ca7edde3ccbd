"""A receipt: what apply did, one entry a change of the plan, and never more than it knows."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from reconciler.errors import InputError
from reconciler.model.access import Impact
from reconciler.model.json_input import decode_file
from reconciler.model.kinds import is_id
from reconciler.model.plan import Action, Digest
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import END, Moment

FORMAT: Final = "reconciler-receipt/1.3"

# What a file says is held to its form: it can come from anybody.
PortalName: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^[a-z0-9][a-z0-9-]{{0,62}}{END}")]
RunOutcome: TypeAlias = Literal["complete", "incomplete"]
Outcome: TypeAlias = Literal["applied", "failed", "skipped", "unknown"]


class Announced(msgspec.Struct, frozen=True):
    """A change that the run set out to make."""

    id: ResourceId
    action: Action


class Entry(msgspec.Struct, frozen=True):
    """What became of one change; `message` says why it failed, or what it waited for.

    `attempts` is how often it was sent to the portal, `seconds` how long that took, waiting included.
    """

    id: ResourceId
    action: Action
    outcome: Outcome
    message: str = ""
    attempts: int = 1
    seconds: float = 0.0


class ReceiptSummary(msgspec.Struct, frozen=True):
    """How many changes had which outcome."""

    applied: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0


class NotConverged(msgspec.Struct, frozen=True):
    """A change that was applied and that the portal does not hold as it was written; `message` says how."""

    id: ResourceId
    message: str


class Traffic(msgspec.Struct, frozen=True):
    """What a run asked of a portal so far.

    `requests` were sent, `retries` of them once more; `bytes` of answers came; `waited` are the seconds that
    the portal asked for, or that retries left between them.
    """

    requests: int = 0
    retries: int = 0
    bytes: int = 0
    waited: float = 0.0


class Receipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What apply did to one portal; `plan` is the digest of the plan it was given.

    `problem` says why the run ended early, and is empty when it did not. `converged` says whether what was
    applied was there when it was read again, with the exceptions in `unsettled`; None when nobody could look.
    `applied_by` is the user and machine, or the CI job and who started it; empty where it was not kept.
    `access` is who gained and lost access by what was applied; None where only the journal is left.
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
    format: str = FORMAT


def summarise(entries: Iterable[Entry]) -> ReceiptSummary:
    """Count the entries by outcome."""
    counts = Counter(entry.outcome for entry in entries)
    return ReceiptSummary(counts["applied"], counts["failed"], counts["skipped"], counts["unknown"])


def run_outcome(entries: Iterable[Entry]) -> RunOutcome:
    """Return the outcome of a run with these entries."""
    return "complete" if all(entry.outcome == "applied" for entry in entries) else "incomplete"


def read_receipt(content: bytes) -> Receipt:
    """Read a receipt file. Raises InputError when it is none, or is of another major format.

    Its counts and its outcome are computed anew: they cannot say anything else than its entries.
    """
    try:
        receipt = decode_file(content, msgspec.json.Decoder(Receipt))
    except msgspec.DecodeError as error:
        raise InputError(f"this is no receipt: {error}") from error
    if receipt.format.partition(".")[0] != FORMAT.partition(".")[0]:
        raise InputError(f"this is no receipt of the format {FORMAT}: its format is {receipt.format!r}")
    require_ids((*receipt.entries, *receipt.unsettled), "receipt")
    computed = (run_outcome(receipt.entries), summarise(receipt.entries))
    if (receipt.outcome, receipt.summary) != computed:
        raise InputError("this is no receipt: its outcome or its counts do not match its entries")
    return receipt


def require_ids(named: Iterable[Entry | NotConverged | Announced], what: str) -> None:
    """Raise InputError where something in a file is not named by the id of a change."""
    for each in named:
        if not is_id(each.id):
            raise InputError(f"this is no {what}: {each.id!r} is not the id of a change")
