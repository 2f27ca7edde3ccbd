"""Move the end of an access entry or grant to a later day, as operations on its document."""

from typing import Any

from reconciler.edit.operations import Drop, Operation, Put
from reconciler.errors import InputError
from reconciler.model.source_map import Path


def extended(path: Path, entry: Any, until: str, place: str) -> list[Operation]:
    """Return the operations that set a later last day, or remove it if `until` is empty.

    The result is empty if nothing changes. Raises InputError, which names the place, for an earlier day.
    """
    now = "" if isinstance(entry, str) else entry.get("until", "")
    if until == now:
        return []
    if until and not now:
        raise InputError(f"the access at {place} has no end", "use `reconciler grant` with --until to end it")
    if until and until < now:
        raise InputError(
            f"the access at {place} ends on {now}, later than {until}",
            "use `reconciler grant` with --until to end it earlier",
        )
    return [Put(path, "until", until)] if until else [Drop(path, "until")]
