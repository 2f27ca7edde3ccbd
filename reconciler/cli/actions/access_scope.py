"""The scope of a report about access: the filter that the options describe, and the state of a portal."""

from pathlib import Path

import msgspec

from reconciler.cli import console
from reconciler.cli.actions import plan_steps
from reconciler.cli.actions.lookup import inactive_holders, other_address, require_known_names
from reconciler.cli.actions.trust import Trust
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.runtime import run_async, today
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.model.access import AccessFilter
from reconciler.model.document import Repository
from reconciler.model.identity import canonical_email
from reconciler.model.portal_names import external_names, names_for
from reconciler.model.printable import printable
from reconciler.model.resource import Live
from reconciler.workflow.access_report import read_whole
from reconciler.workflow.named_portal import with_names
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.sessions import choose_portal, open_portal
from reconciler.workflow.validate import ValidationResult, check, require_readable


class ScopeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a command that reports about access."""

    config: str | None
    portal_name: str | None
    day: str | None
    output_format: str
    live: bool
    person: str | None
    partner: str | None
    team: str | None
    group: str | None
    api: str | None

    def filter(self, ending: str | None = None) -> AccessFilter:
        """Return the filter that the options describe; `ending` is a day."""
        return AccessFilter(
            person=canonical_email(self.person) if self.person else None,
            partner=self.partner,
            team=self.team,
            group=self.group,
            api=self.api,
            ending=ending,
        )


def check_files(options: ScopeOptions) -> tuple[Path, ValidationResult]:
    """Return the path of the configuration, and the files that it names, read and judged.

    Documents of other portals are left out if a portal is chosen or read.
    """
    path = find_configuration(options.config)
    checked = check(path, today(options.day))
    if options.portal_name is None and not options.live:
        return path, checked
    return path, in_portal(checked, choose_portal(plan_steps.configuration(checked), options.portal_name)[0])


def live_state(
    options: ScopeOptions, path: Path, checked: ValidationResult, keep: AccessFilter
) -> Live | None:
    """Return what the portal holds with --live, else None. Raises InputError for unknown names, PortalError.

    Without the portal, a note says which of the partners and teams are not active.
    """
    if options.live:
        live = run_async(read_portal(path, checked, options.portal_name))
        require_known_names(keep, checked.repository, live)
        _note_other_address(keep, checked.repository, live)
        return live
    repository = require_readable(checked)
    require_known_names(keep, repository)
    _note_other_address(keep, repository, None)
    for sentence in inactive_holders(keep, repository):
        console.log(f"Note: {printable(sentence)}.")
    return None


def _note_other_address(keep: AccessFilter, repository: Repository | None, live: Live | None) -> None:
    """Say which address to ask for, if the person has another one there."""
    other = other_address(keep.person, repository, live) if keep.person else None
    if other:
        where = "in the portal" if live else "in the files"
        console.log(printable(f"Note: {keep.person} is {other} {where}; use that address."))


async def read_portal(path: Path, checked: ValidationResult, name: str | None, about: str = "") -> Live:
    """Return what a portal holds; `about` is shown with the progress. Raises PortalError."""
    document = plan_steps.configuration(checked)
    chosen, _ = choose_portal(document, name)
    names = names_for(chosen, external_names(checked.repository.documents if checked.repository else ()))
    progress = ProgressDisplay(about)
    async with open_portal(path, document, chosen, Trust(path), checked.repository) as portal:
        try:
            return await read_whole(with_names(portal, names), checked, document, progress)
        finally:
            progress.clear()
