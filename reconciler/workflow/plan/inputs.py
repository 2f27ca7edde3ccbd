"""The first stage of a plan: read everything that the later stages work on."""

from collections.abc import Mapping

import msgspec

from reconciler.desired import build_desired_state
from reconciler.errors import InputError
from reconciler.model.document import Repository
from reconciler.model.plan import FILES
from reconciler.model.portal import Capabilities, Portal, Progress
from reconciler.model.portal_names import names_for
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.live_addresses import with_live_addresses
from reconciler.workflow.live_state import read_live
from reconciler.workflow.named_portal import with_names
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult


class Inputs(msgspec.Struct, frozen=True):
    """What a plan is made from; `capabilities` is None where files are compared with files."""

    checked: ValidationResult
    repository: Repository
    desired: Desired
    live: Live
    options: PlanOptions
    capabilities: Capabilities | None = None

    @property
    def today(self) -> str:
        """The day to plan for."""
        return self.checked.today

    def desired_by(self, repository: Repository) -> Desired:
        """Return the desired state of other files for this portal and configuration."""
        desired = build_desired_state(repository, self.today)
        desired = msgspec.structs.replace(desired, scope=self.desired.scope)
        return with_live_addresses(desired, self.live, self.capabilities)


async def read_portal(
    checked: ValidationResult,
    repository: Repository,
    portal: Portal,
    options: PlanOptions,
    progress: Progress,
) -> Inputs:
    """Read the portal, and build the desired state from the files. Raises PortalError."""
    desired = build_desired_state(repository, checked.today)
    names = names_for(options.portal, desired.external_names)
    live = await read_live(with_names(portal, names), desired.scope, progress)
    desired = with_live_addresses(desired, live, portal.capabilities)
    return Inputs(checked, repository, desired, live, options, portal.capabilities)


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
