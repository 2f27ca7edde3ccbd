"""List partners, teams, people, groups or APIs."""

from collections.abc import Mapping
from typing import Final

import click
import msgspec

from reconciler.cli.actions import output
from reconciler.cli.actions.access_scope import ScopeOptions, check_files, live_state
from reconciler.cli.actions.lookup import require_known_owner
from reconciler.cli.actions.plan_steps import configuration
from reconciler.model.inventory import Listed, Sort, Status
from reconciler.model.timestamps import days_after
from reconciler.workflow.inventory import inventory
from reconciler.workflow.validate import settings

# The options about properties that objects of a sort do not have.
_INAPPLICABLE: Final[Mapping[Sort, tuple[str, ...]]] = {
    "people": ("owner",),
    "groups": ("status", "ending"),
    "apis": ("status", "ending"),
}


class ListOptions(ScopeOptions, frozen=True, kw_only=True):
    """The options of `reconciler list`."""

    sort: Sort
    owner: str | None
    status: Status | None
    ending: int | None
    inactive: bool


def list_objects(options: ListOptions) -> None:
    """Print the objects of a sort. Raises click.UsageError, InputError, PortalError."""
    given = {"owner": options.owner, "status": options.status, "ending": options.ending}
    for name in _INAPPLICABLE.get(options.sort, ()):
        if given[name] is not None:
            raise click.UsageError(f"--{name} does not apply to {options.sort}: leave it out.")
    path, checked = check_files(options)
    keep = options.filter()
    live = live_state(options, path, checked, keep)
    found = inventory(checked, options.sort, keep, live)
    if options.owner is not None:
        owners = {row.owner for row in found.rows if row.owner}
        require_known_owner(options.owner, owners.union(settings(configuration(checked)).spec.owners))
    rows = tuple(row for row in found.rows if _is_selected(row, options, checked.today))
    output.inventory(msgspec.structs.replace(found, rows=rows), options.output_format)


def _is_selected(row: Listed, options: ListOptions, today: str) -> bool:
    last = None if options.ending is None else days_after(today, options.ending)
    return (
        options.owner in {None, row.owner}
        and options.status in {None, row.status}
        and (last is None or (row.until is not None and today <= row.until <= last))
        and not (options.inactive and row.active)
    )
