"""The first stage of a plan: read everything that the later stages work on."""

from collections.abc import Mapping

import msgspec

from reconciler.desired import build_desired_state
from reconciler.errors import InputError
from reconciler.model.document import Repository
from reconciler.model.finding import Finding
from reconciler.model.plan import FILES, Coverage
from reconciler.model.portal import Capabilities, CountedPortal, Portal, Progress
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.live_addresses import with_live_addresses
from reconciler.workflow.live_state import read_live
from reconciler.workflow.plan.touched import Touched, find_touched
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult


class Inputs(msgspec.Struct, frozen=True):
    """What a plan is made from; `capabilities` is None where files are compared with files.

    The documents of `checked` are those of the portal. If only an excerpt of it was read, the desired states
    are of the documents that the branch has `touched`, with those that decide about them. `touched_by_files`
    is what it touches before the portal shows what belongs to that.
    """

    checked: ValidationResult
    repository: Repository
    desired: Desired
    live: Live
    options: PlanOptions
    capabilities: Capabilities | None = None
    touched: Touched | None = None
    touched_by_files: Touched | None = None

    @property
    def today(self) -> str:
        """The day to plan for."""
        return self.checked.today

    @property
    def coverage(self) -> Coverage | None:
        """The part of the portal that is compared; None is all of it."""
        return self.touched.coverage if self.touched else None

    def part_of(self, repository: Repository) -> Repository:
        """Return the repository with only the documents that are compared."""
        return self.touched.of(repository) if self.touched else repository

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is new, or about an object that is compared."""
        coverage = self.coverage
        return coverage is None or not finding.in_base or coverage.includes(finding.id or "")

    def desired_by(self, repository: Repository) -> Desired:
        """Return the desired state of other files for this portal and configuration."""
        desired = _desired(repository, self.today, self.touched)
        desired = msgspec.structs.replace(desired, scope=self.desired.scope)
        return with_live_addresses(desired, self.live, self.capabilities)


async def read_portal(
    checked: ValidationResult,
    repository: Repository,
    portal: Portal,
    options: PlanOptions,
    progress: Progress,
) -> Inputs:
    """Build the desired state from the files, and read the portal. Raises PortalError.

    A branch reads only what it touches, if the portal counts the rest. Where names must differ by more than
    case, any object can be in the way of a new one, so that everything is read.
    """
    reads_parts = isinstance(portal, CountedPortal) and not portal.capabilities.case_insensitive_names
    touched = by_files = _touched(checked, repository, options) if reads_parts else None
    scope = str(repository.configuration.name)
    wanted = touched.excerpt(checked.today) if touched else "all"
    live = await read_live(portal, scope, progress, wanted)
    seen = touched.seen_in(live) if touched else None
    while seen is not None and seen is not touched and (more := seen.excerpt(checked.today)) != wanted:
        # The portal shows a former name of a partner, or a group of which all unmanaged teams are reported.
        touched, wanted = seen, more
        live = await read_live(portal, scope, progress, wanted)
        seen = seen.seen_in(live)
    desired = with_live_addresses(_desired(repository, checked.today, seen), live, portal.capabilities)
    return Inputs(checked, repository, desired, live, options, portal.capabilities, seen, by_files)


def _touched(checked: ValidationResult, repository: Repository, options: PlanOptions) -> Touched | None:
    """Return what a branch touches; None where everything has to be compared."""
    base = checked.base.repository if checked.base else None
    if base is None or options.adopts or options.selection != "all":
        return None
    return find_touched(base, repository)


def _desired(repository: Repository, today: str, touched: Touched | None = None) -> Desired:
    """Return the desired state of files, or of the documents that a branch touches."""
    if touched is None:
        return build_desired_state(repository, today)
    return touched.desired(repository, today)


def read_files(checked: ValidationResult, repository: Repository, options: PlanOptions) -> Inputs:
    """Take the files of the base as the live state. Raises InputError where there is no base."""
    base = checked.base
    if base is None or (base.repository is None and not base.bootstrap):
        raise InputError(base.problem if base else "there is no base to compare with", "name one with --base")
    desired = build_desired_state(repository, checked.today)
    before = build_desired_state(base.repository, checked.today).resources if base.repository else {}
    live = Live(FILES, as_live(before, desired.scope), catalogued(repository))
    return Inputs(checked, repository, with_live_addresses(desired, live), live, options)


def as_live(wanted: Mapping[ResourceId, Resource], scope: str) -> dict[ResourceId, Resource]:
    """Return resources as a portal holds them that nobody else changed."""
    return {each.id: _as_live(each, scope) for each in wanted.values()}


def _as_live(wanted: Resource, scope: str) -> Resource:
    state = "active" if wanted.kind == "membership" else None
    return Resource(wanted.id, wanted.fields, scope if wanted.owner_label else None, state)
