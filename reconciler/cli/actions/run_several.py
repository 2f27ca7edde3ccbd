"""Apply to several portals sequentially, and report all receipts."""

from collections.abc import Awaitable, Callable, Sequence

from reconciler.cli import console
from reconciler.cli.actions import output, portals
from reconciler.cli.signals import stoppable
from reconciler.errors import IncompleteError, InterruptedRunError, ReconcilerError
from reconciler.model.cancellation import Stop
from reconciler.model.portal_results import PortalFailure, Receipts, failure, worst
from reconciler.model.receipt import Receipt
from reconciler.workflow.apply import require_complete


async def apply_each(
    names: Sequence[str],
    failures: Sequence[PortalFailure],
    write: Callable[[str, Stop], Awaitable[Receipt]],
    output_format: str,
) -> int:
    """Apply to each portal, print the receipts, and return the exit code that counts.

    `failures` are those of other portals. A portal that fails does not stop the next ones: access that has
    to end there must not depend on it. An interrupt stops all of them.
    """
    receipts: list[Receipt] = []
    failed = list(failures)

    async def write_each(stop: Stop) -> None:
        for name in names:
            try:
                receipts.append(await _begin(name, stop, write))
            except ReconcilerError as error:
                failed.append(failure(name, _of_several(error, receipts)))
            else:
                if output_format == "text":
                    console.print_result(f"\n== {name} ==\n\n")
                    output.receipt(receipts[-1], output_format)

    await stoppable(write_each)
    if output_format != "text":
        order = dict.fromkeys([*names, *(each.portal for each in failed)])
        output.receipts(Receipts(portals=tuple(order), receipts=tuple(receipts), failures=tuple(failed)))
    incomplete = [problem for each in receipts if (problem := _problem(each))]
    portals.log_failures([*failed, *incomplete])
    return worst(each.exit_code for each in (*failed, *incomplete))


async def _begin(name: str, stop: Stop, write: Callable[[str, Stop], Awaitable[Receipt]]) -> Receipt:
    """Write to a portal, unless an interrupt came before."""
    stop.check()
    return await write(name, stop)


def _of_several(error: ReconcilerError, receipts: Sequence[Receipt]) -> ReconcilerError:
    """Return the error of a portal; after an interrupt, the run is partly applied if others were written."""
    if receipts and isinstance(error, InterruptedRunError):
        return IncompleteError(error.message, "apply again: this portal was not begun")
    return error


def _problem(receipt: Receipt) -> PortalFailure | None:
    """Return why a receipt is not complete."""
    try:
        require_complete(receipt)
    except ReconcilerError as error:
        return failure(receipt.portal, error)
    return None
