"""`reconciler grant`: let a partner, or one of its teams, take up an access group."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler grant acme/web tracking", "to one team"),
        ("reconciler grant acme tracking --until 2027-12-31", "to all, until a day"),
        ("reconciler grant acme tracking --no-until", "to all, without an end"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]")
@click.argument("group")
@click.option("--level", type=click.Choice(["view", "consume"]), help="By default consume.")
@click.option("--until", metavar="DATE", help="The last day, YYYY-MM-DD.")
@options.no_until
@options.past
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option("--no-reason", is_flag=True, help="Remove the reason.")
@options.together(options.config, options.today, *options.everywhere)
def grant(  # noqa: PLR0913, PLR0917  a parameter an option
    holder: str,
    group: str,
    level: str | None,
    until: str | None,
    no_until: bool,  # noqa: FBT001  click's
    past: bool,  # noqa: FBT001
    reason: str | None,
    no_reason: bool,  # noqa: FBT001
    config: str | None,
    day: str | None,
) -> int:
    """Write an access group into a partner's file, or change level, end and reason of one that is there.

    The group's owner has to have offered it. Comments and everything else in the file stay as they are.
    """
    from reconciler import edit  # noqa: PLC0415  help needs none of it
    from reconciler.cli import edit_file  # noqa: PLC0415
    from reconciler.model.document import Document, Repository  # noqa: PLC0415

    partner, team = edit_file.parted(holder)
    access = edit.Access(
        group=group,
        level=level or "",
        until=edit_file.last_day(until, day, past=past),
        reason=reason or "",
        without=edit_file.removed({"until": (until, no_until), "reason": (reason, no_reason)}),
    )

    def changes(document: Document, _: Repository) -> list[edit.Operation]:
        edit_file.tell_status(document)
        return edit.granted(document.data, team, access)

    return edit_file.change(config, day, partner, changes)
