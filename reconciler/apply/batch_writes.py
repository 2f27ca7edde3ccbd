"""Write a batch of changes, and find out what became of each one."""

from collections.abc import Sequence
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.counting import counted
from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.write_result import Resolution, WriteResult

# A portal may change an object by itself a few times while it is written.
_MAX_WRITES: Final = 4


async def write_batch(portal: Portal, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
    """Write changes together; return one result for each.

    If all changes of a batch failed, each is written again on its own, so that one invalid change does not
    stop the others. Where a result is unknown, the portal is asked; what was surely not applied and may
    succeed now is written again.
    """
    results = await _write(portal, batch, owner_label)
    if len(batch) > 1 and all(result.outcome == "failed" for result in results):
        return [
            _after(result, (await write_batch(portal, (change,), owner_label))[0])
            for change, result in zip(batch, results, strict=True)
        ]
    return [
        await _settled(portal, change, result, owner_label) if result.outcome == "unknown" else result
        for change, result in zip(batch, results, strict=True)
    ]


async def _settled(portal: Portal, change: Change, result: WriteResult, owner_label: str) -> WriteResult:
    """Return the result of a change after the portal was asked, as often as writing it again may help."""
    for written in range(1, _MAX_WRITES + 1):
        if result.outcome != "unknown":
            break
        found = await _resolve(portal, change)
        if found.retry and written < _MAX_WRITES:
            [again] = await _write(portal, (change,), owner_label)
            result = _after(result, again)
        else:
            return _resolved(result, found)
    return result


def _after(first: WriteResult, again: WriteResult) -> WriteResult:
    """Return the result of the second write, with the requests of both."""
    return msgspec.structs.replace(again, requests=first.requests + again.requests)


def _resolved(result: WriteResult, found: Resolution) -> WriteResult:
    message = found.message or result.message
    if found.outcome == "applied":
        return WriteResult("applied", "", result.requests)
    return WriteResult("failed" if found.outcome == "not applied" else "unknown", message, result.requests)


async def _write(portal: Portal, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
    """Write once. An error of the adapter must not lose the results of other changes."""
    try:
        results = await portal.write(batch, owner_label)
    except Exception as error:  # noqa: BLE001  whatever it is, the changes may have been written
        return [WriteResult("unknown", _message(error))] * len(batch)
    if len(results) != len(batch):
        message = f"the adapter reported {counted(len(results), 'result')}, not {len(batch):,}"
        return [WriteResult("unknown", message)] * len(batch)
    return results


async def _resolve(portal: Portal, change: Change) -> Resolution:
    try:
        return await portal.resolve(change)
    except Exception as error:  # noqa: BLE001  the result stays unknown
        return Resolution("unknown", "" if isinstance(error, PortalError) else _message(error))


def _message(error: Exception) -> str:
    if isinstance(error, PortalError):
        return error.message
    return f"unexpected error: {type(error).__name__}: {error}"
