"""What a form reports when another person changed its object meanwhile."""

from typing import Final

from reconciler.portal_server.pages.forms import PageError
from reconciler.portal_server.pages.visit import Visit

_PRECONDITION_FAILED: Final = 412


def is_stale(visit: Visit) -> bool:
    """Whether the form was refused because its object was changed."""
    return visit.problem is not None and visit.problem.status == _PRECONDITION_FAILED


def errors(one: str) -> list[PageError]:
    """Return the error of the form; `one` is the noun of the object."""
    detail = f"This {one} was changed meanwhile. Nothing was saved: check what is shown now, and try again."
    return [PageError("", detail)]
