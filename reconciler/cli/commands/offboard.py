"""`reconciler offboard`: take people out of all files."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler offboard bo@acme.example", "then open a pull request"),
        ("reconciler offboard bo@acme.example --live --portal all", "also where only portals have them"),
        ("reconciler offboard bo@acme.example cy@acme.example --dry-run", "show what two leavers change"),
    ],
)
@click.argument("emails", metavar="EMAIL...", nargs=-1)
@click.option("--live", is_flag=True, help="Also read the portal, which has delegated members.")
@click.option(
    "--from-form",
    "form",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Read the text of an issue that a form created, instead of addresses; - is stdin.",
)
@options.combine(options.formats("text", "markdown"), options.portals, *options.trust, options.edits)
def offboard(emails: tuple[str, ...], form: str | None, output_format: str, **given: Any) -> int:
    """Take people out of all files, and block them where they could come back.

    They are removed from admins and members of all teams, and from grants to single people. They are blocked
    in each partner with a delegated team that named them or whose domains allow their address, so that no
    admin can add them again. With --live, this includes each such partner that has them in a portal.

    A team that loses its last admin is named, with the people who could be it: choose one in the same pull
    request, or later. `reconciler apply --only-removals` takes the people out of the portals.

    With --format markdown, the list of what is wrong is for a comment on the issue that a form created.
    """
    from reconciler.cli.actions.edits.offboard import OffboardOptions, offboard_people
    from reconciler.cli.actions.edits.offboard_form import offboard_from_form

    if (form is None) == (not emails):
        raise click.UsageError("Give addresses, or a form with --from-form.")
    offboarding = OffboardOptions(emails=emails, **given)
    return (
        offboard_people(offboarding) if form is None else offboard_from_form(offboarding, form, output_format)
    )
