"""`reconciler rename`: give an object another name, in every file."""

from collections.abc import Callable
from typing import Any, Final

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.name_completion import complete_group, complete_partner, complete_product, complete_team

_EFFECT: Final = """
    Every reference in every file changes, and the former name is noted as previously, so that the portal
    keeps people, grants and invitations. A file that is named after the object gets the new name too.
    The owners of other files that change are named.
    """

_COMPLETE: Final = {
    "partner": complete_partner,
    "team": complete_team,
    "access-group": complete_group,
    "product": complete_product,
}


@click.group(cls=Group)
def rename() -> None:
    """Rename a partner, team, access group or API product in every file."""


def _command(name: str, noun: str, old: str, example: str) -> Callable[..., Any]:
    """Return the decorators of a command that renames."""
    return options.combine(
        rename.command(
            name,
            cls=Command,
            short_help=f"Rename {noun}.",
            help=f"Rename {noun}.\n{_EFFECT}",
            examples=[(example, "and in the portal with the next apply")],
        ),
        click.argument("old", metavar=old, shell_complete=_COMPLETE[name]),
        click.argument("new", metavar="NEW"),
        options.edits,
    )


@_command("partner", "a partner", "OLD", "reconciler rename partner acme acme-logistics")
def partner(old: str, new: str, **given: Any) -> int:
    """Rename a partner."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.rename import rename_object

    return rename_object(EditOptions.taken(given), "Partner", old, new)


@_command("team", "a team", "PARTNER/OLD", "reconciler rename team acme/web web-shop")
def team(old: str, new: str, **given: Any) -> int:
    """Rename a team."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.rename import rename_team

    return rename_team(EditOptions.taken(given), old, new)


@_command("access-group", "an access group", "OLD", "reconciler rename access-group rates quotes")
def access_group(old: str, new: str, **given: Any) -> int:
    """Rename an access group."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.rename import rename_object

    return rename_object(EditOptions.taken(given), "AccessGroup", old, new)


@_command("product", "an API product", "OLD", "reconciler rename product shipping parcels")
def product(old: str, new: str, **given: Any) -> int:
    """Rename an API product."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.rename import rename_object

    return rename_object(EditOptions.taken(given), "ApiProduct", old, new)
