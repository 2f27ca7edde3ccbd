"""`reconciler new`: write a new document into a file of its own."""

from collections.abc import Iterator
from typing import Final

import click

from reconciler.cli import options
from reconciler.cli.command import Command

_PAIRS: Final = "reconciler.teams"


class WithTeams(Command):
    """A command in which each --admin belongs to the --team before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note which admins follow which team; click itself keeps only the order within each option."""
        given, _, order = self.make_parser(ctx).parse_args(list(args))
        said = {name: iter(given.get(name) or ()) for name in ("teams", "admins")}
        ctx.meta[_PAIRS] = list(
            _teams((str(each.name), str(next(said[each.name]))) for each in order if each.name in said)
        )
        return super().parse_args(ctx, args)


def _teams(said: Iterator[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each team with the admins that follow it; those before any team have none."""
    team, admins = "", list[str]()
    for name, value in said:
        if name == "admins":
            admins.append(value)
            continue
        if team or admins:
            yield team, tuple(admins)
        team, admins = value, []
    if team or admins:
        yield team, tuple(admins)


@click.group()
def new() -> None:
    """Write a new document into a file of its own; no file is ever written over."""


@new.command(
    cls=WithTeams,
    short_help="Write a partner's file.",
    examples=[
        ("reconciler new partner acme", "asks for the rest"),
        ("reconciler new partner acme --team web --admin ana@acme.example", "with a team"),
        ("reconciler new partner --from-form issue.md", "what a form was answered"),
    ],
)
@click.argument("name", required=False)
@click.option(
    "--type", "kind", metavar="TYPE", help="reseller, subsidiary, contractor, external or internal."
)
@click.option("--display-name", metavar="TEXT", help="Its name for people.")
@click.option("--owner", metavar="OWNER", help="Who answers for it inside; one of the owners.")
@click.option("--domain", "domains", metavar="DOMAIN", multiple=True, help="An e-mail domain of its people.")
@click.option("--agreement", metavar="TEXT", help="The contract's reference.")
@click.option("--until", metavar="DATE", help="The last day of its access, YYYY-MM-DD.")
@options.past
@click.option(
    "--access",
    "groups",
    metavar="GROUP",
    multiple=True,
    help="A group that its teams take up; GROUP:view to see it only.",
)
@click.option(
    "--team",
    "teams",
    metavar="NAME",
    multiple=True,
    expose_value=False,
    help="A team; its --admin follow it.",
)
@click.option(
    "--admin",
    "admins",
    metavar="EMAIL",
    multiple=True,
    expose_value=False,
    help="Who looks after the --team named just before, an e-mail address.",
)
@click.option(
    "--from-form",
    "form",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="The text of an issue that a form made, instead of all these; - is stdin.",
)
@options.together(options.config, options.today, options.formats("text", "markdown"), *options.everywhere)
@click.pass_context
def partner(
    context: click.Context,
    /,
    name: str | None,
    form: str | None,
    config: str | None,
    day: str | None,
    output_format: str,
    **said: str | tuple[str, ...] | bool | None,
) -> int:
    """Write a partner's file, or say all that is wrong with it, and print where it stands.

    It is checked together with all other files before it is written. What its type needs and is missing is
    asked for on a terminal, and what is wrong is asked for again. With --format markdown, what is wrong is
    printed as a list for the issue that a form made.
    """
    from reconciler.cli import new_partner  # noqa: PLC0415  help needs none of it

    teams = context.meta[_PAIRS]
    if form is None:
        asked = new_partner.of_options(name, teams, said)
    elif name or teams or any(said.values()):
        raise click.UsageError("--from-form takes all from the form: give nothing beside it.")
    else:
        asked = new_partner.of_form(form)
    return new_partner.write(asked, config, day, output_format)
