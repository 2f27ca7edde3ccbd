"""`reconciler list`: partners, teams, people, groups or APIs."""

from collections.abc import Mapping
from typing import Final

import click
import msgspec

from reconciler import workflow
from reconciler.cli import options, output, runtime
from reconciler.cli.command import Command
from reconciler.cli.commands import access_scope
from reconciler.model.inventory import Sort, Status
from reconciler.model.timestamps import days_after

_SORTS: Final[tuple[Sort, ...]] = ("partners", "teams", "people", "groups", "apis")
_STATUSES: Final[tuple[Status, ...]] = (
    *("active", "invited", "suspended", "blocked", "expired", "declined", "ended"),
)

# What objects of a sort do not have.
_LACKS: Final[Mapping[Sort, tuple[str, ...]]] = {
    "people": ("owner",),
    "groups": ("status", "ending"),
    "apis": ("status", "ending"),
}


@click.command(
    name="list",
    cls=Command,
    examples=[
        ("reconciler list partners --status suspended", "who is suspended"),
        ("reconciler list people --partner acme --live", "everybody in its teams, invited or active"),
        ("reconciler list teams --live --inactive", "teams in which nobody is active"),
        ("reconciler list apis --owner logistics --format csv", "how many use them, for a spreadsheet"),
    ],
)
@click.argument("sort", type=click.Choice(_SORTS))
@access_scope.filters
@click.option("--owner", metavar="NAME", help="Only what this owner answers for.")
@click.option("--status", type=click.Choice(_STATUSES), help="Only with this status.")
@click.option(
    "--ending", metavar="DAYS", type=click.IntRange(0, 36500), help="Only what ends within so many days."
)
@click.option("--inactive", is_flag=True, help="Only where nobody is active.")
@access_scope.live
@options.together(
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown"),
    *options.everywhere,
)
def list_objects(  # noqa: PLR0913, PLR0917  a parameter an option
    sort: Sort,
    owner: str | None,
    status: Status | None,
    ending: int | None,
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    *,
    inactive: bool,
    live: bool,
    **asked: str | None,
) -> None:
    """List partners, teams, people, groups or apis, with owner, status, end, and how many people use them.

    From the files, or with --live from the portal. People are in a team or have a grant; active are those who
    are not only invited. Options narrow the list down together.
    """
    given = {"owner": owner, "status": status, "ending": ending}
    for name in _LACKS.get(sort, ()):
        if given[name] is not None:
            raise click.UsageError(f"--{name} says nothing about {sort}: leave it out.")
    path = runtime.configuration(config)
    checked = workflow.check(path, runtime.today(day))
    keep = access_scope.asked_for(asked)
    held = access_scope.read_portal(path, checked, portal_name) if live else None
    access_scope.require_known(keep, checked, held)
    found = workflow.inventory(checked, sort, keep, held)
    last = None if ending is None else days_after(checked.today, ending)
    rows = tuple(
        row
        for row in found.rows
        if owner in {None, row.owner}
        and status in {None, row.status}
        and (last is None or (row.until is not None and checked.today <= row.until <= last))
        and not (inactive and row.active)
    )
    output.inventory(msgspec.structs.replace(found, rows=rows), output_format)
