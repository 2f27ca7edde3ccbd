"""The results of one command for several portals, in the order in which the portals were chosen."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from reconciler.errors import ReconcilerError
from reconciler.model.access import AccessReport
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt

# If several exit codes apply, the first of these counts.
_WORST_FIRST: Final = (1, 5, 4, 3, 6, 2, 0)


class PortalFailure(msgspec.Struct, frozen=True, rename="camel"):
    """Why a command has no result for a portal; `exit_code` is that of this portal alone."""

    portal: str
    message: str
    hint: str
    exit_code: int


class Plans(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of several portals: a plan or a failure for each of `portals`."""

    portals: tuple[str, ...]
    plans: tuple[Plan, ...] = ()
    failures: tuple[PortalFailure, ...] = ()
    format: str = "reconciler-plans/1.0"

    def sections(self) -> "Iterator[PlanOrFailure]":
        """Yield the plan or the failure of each portal."""
        results: tuple[PlanOrFailure, ...] = (*self.plans, *self.failures)
        found = {each.portal: each for each in results}
        return (found[portal] for portal in self.portals)


class Receipts(msgspec.Struct, frozen=True, kw_only=True):
    """The receipts of several portals; a portal has none if nothing had to be or could be written."""

    portals: tuple[str, ...]
    receipts: tuple[Receipt, ...] = ()
    failures: tuple[PortalFailure, ...] = ()
    format: str = "reconciler-receipts/1.0"


class PortalAccess(msgspec.Struct, frozen=True):
    """Who can use which API in one portal."""

    portal: str
    report: AccessReport


class AccessReports(msgspec.Struct, frozen=True, kw_only=True):
    """Who can use which API in several portals: a report or a failure for each of `portals`."""

    portals: tuple[str, ...]
    reports: tuple[PortalAccess, ...] = ()
    failures: tuple[PortalFailure, ...] = ()
    format: str = "reconciler-access-reports/1.0"


PlanOrFailure: TypeAlias = Plan | PortalFailure


def failure(portal: str, error: ReconcilerError) -> PortalFailure:
    """Return an error as the failure of one portal."""
    return PortalFailure(portal, error.message, error.hint, error.exit_code)


def worst(exit_codes: Iterable[int]) -> int:
    """Return the exit code that counts for several portals."""
    codes = set(exit_codes)
    return next((each for each in _WORST_FIRST if each in codes), 0)
