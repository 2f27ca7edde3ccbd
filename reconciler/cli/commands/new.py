"""`reconciler new`: create partners, teams, access groups and API products."""

from collections.abc import Iterator
from typing import Any, Final

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.name_completion import (
    complete_api,
    complete_group,
    complete_offer,
    complete_owner,
    complete_product,
)

_PAIRS: Final = "reconciler.teams"
_display_name = click.option("--display-name", metavar="TEXT", help="The name that people see.")
_owner = click.option(
    "--owner",
    metavar="OWNER",
    shell_complete=complete_owner,
    help="The owner who is responsible for it; one of the owners in the configuration.",
)


class WithTeams(Command):
    """A command in which each --admin belongs to the --team before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep which admins follow which team; click itself keeps only the order within each option."""
        given, _, order = self.make_parser(ctx).parse_args(list(args))
        values = {name: iter(given.get(name) or ()) for name in ("teams", "admins")}
        ctx.meta[_PAIRS] = list(
            _teams((str(each.name), str(next(values[each.name]))) for each in order if each.name in values)
        )
        return super().parse_args(ctx, args)


def _teams(options: Iterator[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each team with the admins that follow it; those before any team have none."""
    team, admins = "", list[str]()
    for name, value in options:
        if name == "admins":
            admins.append(value)
            continue
        if team or admins:
            yield team, tuple(admins)
        team, admins = value, []
    if team or admins:
        yield team, tuple(admins)


@click.group(cls=Group)
def new() -> None:
    """Create partners, teams, access groups and API products; an existing file is never overwritten."""


@new.command(
    cls=WithTeams,
    short_help="Create a partner file.",
    examples=[
        ("reconciler new partner acme", "ask for the rest"),
        ("reconciler new partner acme --team web --admin ana@acme.example", "with a team"),
        ("reconciler new partner --from-form issue.md", "from the answers of an issue form"),
    ],
)
@click.argument("name", required=False)
@click.option(
    "--type", "kind", metavar="TYPE", help="reseller, subsidiary, contractor, external or internal."
)
@_display_name
@_owner
@click.option("--domain", "domains", metavar="DOMAIN", multiple=True, help="An e-mail domain of its people.")
@click.option("--agreement", metavar="TEXT", help="The reference of the contract.")
@click.option("--until", metavar="DATE", help="The last day of its access, YYYY-MM-DD.")
@options.past
@click.option(
    "--access",
    "groups",
    metavar="GROUP",
    multiple=True,
    shell_complete=complete_group,
    help="An access group for all its teams; GROUP:view for the level view.",
)
@click.option(
    "--team",
    "teams",
    metavar="NAME",
    multiple=True,
    expose_value=False,
    help="A team; give its --admin after it.",
)
@click.option(
    "--admin",
    "admins",
    metavar="EMAIL",
    multiple=True,
    expose_value=False,
    help="The e-mail address of an admin of the --team before it.",
)
@click.option(
    "--from-form",
    "form",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Read the text of an issue that a form created, instead of the other options; - is stdin.",
)
@options.combine(options.formats("text", "markdown"), options.edits)
@click.pass_context
def partner(
    context: click.Context,
    /,
    name: str | None,
    form: str | None,
    output_format: str,
    **values: Any,
) -> int:
    """Create a partner file and print its path, or list what is wrong.

    The file is checked together with all other files before it is written. On a terminal, missing values are
    asked for, and wrong ones again. With --format markdown, the list of what is wrong is for a comment on the
    issue that a form created.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.new_partner import create_partner, from_form, from_options

    edit = EditOptions.taken(values)
    teams = context.meta[_PAIRS]
    if form is None:
        request = from_options(name, teams, values)
    elif name or teams or any(values.values()):
        raise click.UsageError("--from-form reads everything from the form: leave out all other values.")
    else:
        request = from_form(form)
    return create_partner(request, edit, output_format)


@new.command(
    cls=Command,
    short_help="Add a team to a partner's file.",
    examples=[
        ("reconciler new team acme/web --admin ana@acme.example", "its admins manage its members"),
        ("reconciler new team acme/ops --admin ana@acme.example --member bo@acme.example", "git does"),
    ],
)
@click.argument("name", metavar="PARTNER/TEAM")
@click.option("--display-name", metavar="TEXT", help="The name that people see; by default the team's name.")
@click.option("--admin", "admins", metavar="EMAIL", multiple=True, help="The e-mail address of an admin.")
@click.option(
    "--member",
    "members",
    metavar="EMAIL",
    multiple=True,
    help="A member; the file then lists all members, and admins do not manage them.",
)
@click.option("--listed", is_flag=True, help="List the members in the file, none so far.")
@click.option(
    "--access",
    "groups",
    metavar="GROUP",
    multiple=True,
    shell_complete=complete_group,
    help="An access group; GROUP:view for the level view.",
)
@options.edits
def team(**given: Any) -> int:
    """Add a team to a partner's file.

    The owner of each access group must have offered it. On a terminal, missing admins are asked for.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.new_document import NewTeam, create_team

    return create_team(EditOptions.taken(given), NewTeam(**given))


_bundle = options.combine(
    _display_name,
    click.option("--description", metavar="TEXT", help="What it is for."),
    _owner,
    click.option(
        "--api", "apis", metavar="NAME", multiple=True, shell_complete=complete_api, help="An API in it."
    ),
)


@new.command(
    "access-group",
    cls=Command,
    short_help="Create the file of an access group.",
    examples=[
        ("reconciler new access-group rates --api rates-v1 --offer reseller", "offered to all resellers"),
        ("reconciler new access-group pilot --api rates-v2 --offer acme:view", "to one partner, to view"),
    ],
)
@click.argument("name")
@_bundle
@click.option(
    "--product",
    "products",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_product,
    help="An API product in it.",
)
@click.option(
    "--offer",
    "offers",
    metavar="TYPE|PARTNER",
    multiple=True,
    shell_complete=complete_offer,
    help="Who may use it in their own file; TYPE:view for the level view.",
)
@options.edits
def access_group(products: tuple[str, ...], offers: tuple[str, ...], **given: Any) -> int:
    """Create the file of an access group. On a terminal, a missing name and owner are asked for."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.new_document import NewBundle, create_group

    return create_group(EditOptions.taken(given), NewBundle(**given), products, offers)


@new.command(
    cls=Command,
    short_help="Create the file of an API product.",
    examples=[
        ("reconciler new product shipping-suite --api rates-v1 --api labels-v3", "two APIs"),
    ],
)
@click.argument("name")
@_bundle
@click.option(
    "--visibility",
    type=click.Choice(["public", "organization", "restricted"]),
    default="restricted",
    show_default=True,
    help="Who can see it in the portal.",
)
@options.edits
def product(visibility: str, **given: Any) -> int:
    """Create the file of an API product. On a terminal, a missing name and owner are asked for."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.new_document import NewBundle, create_product

    return create_product(EditOptions.taken(given), NewBundle(**given), visibility)
