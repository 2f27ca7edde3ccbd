"""Run a command for several portals at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from reconciler.cli import console
from reconciler.errors import InputError, ReconcilerError
from reconciler.model.finding import Finding
from reconciler.model.plan import Plan
from reconciler.model.portal_results import Plans, PortalFailure, failure
from reconciler.model.rule import file_errors

Result = TypeVar("Result")


async def side_by_side(
    names: Sequence[str], work: Callable[[str], Awaitable[Result]]
) -> list[Result | PortalFailure]:
    """Return the result or the failure of each portal; a failure does not stop the others."""

    async def attempt(name: str) -> Result | PortalFailure:
        try:
            return await work(name)
        except ReconcilerError as error:
            return failure(name, error)

    return await asyncio.gather(*map(attempt, names))


def plans(names: Sequence[str], found: Sequence[Plan | PortalFailure]) -> Plans:
    """Return plans and failures as one result."""
    return Plans(
        portals=tuple(names),
        plans=tuple(each for each in found if isinstance(each, Plan)),
        failures=tuple(each for each in found if isinstance(each, PortalFailure)),
    )


def refused(findings: Sequence[Finding]) -> InputError:
    """Return the error of a portal that cannot be planned, because of errors in the files."""
    return InputError("\n".join(each.message for each in file_errors(findings)))


def log_failures(failures: Sequence[PortalFailure]) -> None:
    """Print failures to stderr, as the errors that they are."""
    for each in failures:
        named = f'portal "{each.portal}"'
        about = "" if each.message.startswith(named) else f"{named}: "
        log_error(f"{about}{each.message}", each.hint)


def log_error(message: str, hint: str) -> None:
    """Print the error of one of several portals or files to stderr."""
    console.log_lines(f"Error: {message}")
    if hint:
        console.log_lines(f"Hint: {hint}")
