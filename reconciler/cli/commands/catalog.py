"""`reconciler catalog`: refresh the catalog from a portal, or from OpenAPI files."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_owner


@click.command(
    cls=Command,
    examples=[
        ("reconciler catalog", "from the default portal"),
        ("reconciler catalog --owner platform", "new APIs without a known owner are theirs"),
        ("reconciler catalog --from apis/", "from OpenAPI files"),
        ("reconciler catalog --check", "in CI: is it up to date?"),
    ],
)
@click.option(
    "--from",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="Read OpenAPI files in this folder instead of a portal.",
)
@click.option(
    "--owner",
    metavar="NAME",
    shell_complete=complete_owner,
    help="The owner of new APIs for which the source names none.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when the catalog is out of date.")
@options.portal
@options.combine(*options.trust)
@options.edits
def catalog(
    folder: str | None, owner: str | None, portal_name: str | None, *, check: bool, **given: Any
) -> int:
    """Add new APIs of the portal to the catalog, and remove APIs that it no longer offers.

    Owners, visibility, names for people and comments in the catalog stay. An API that an access group or
    product still contains is not removed, but named.
    """
    from reconciler.cli.actions.edits.catalog import CatalogSource, check_catalog, refresh_catalog
    from reconciler.cli.actions.edits.edit_files import EditOptions

    if folder is not None and portal_name is not None:
        raise click.UsageError("Give only one of these: --from, --portal.")
    source = CatalogSource(portal_name=portal_name, folder=folder, owner=owner)
    run = check_catalog if check else refresh_catalog
    return run(EditOptions.taken(given), source)
