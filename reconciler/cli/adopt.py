"""`reconciler adopt`: take over what exists in the portal, its content unchanged."""

import click

from reconciler import workflow
from reconciler.cli import edge, options, planning
from reconciler.cli.apply import show_and_write
from reconciler.cli.planning import Asked
from reconciler.errors import InputError


@click.command(short_help="Take over what exists.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all-desired", is_flag=True, help="Everything that the files name and somebody else made.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@options.together(
    options.config, options.portal, options.today, options.formats("text", "json"), options.no_color
)
def adopt(  # noqa: PLR0913  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    ids: tuple[str, ...],
    *,
    no_color: bool,
    all_desired: bool,
    auto_approve: bool,
) -> int:
    """Put this configuration's mark on partners, teams, products and groups that exist in the portal.

    Their content stays as it is; the next plan shows how it differs from the files. An ID is written as in
    a plan: partner/acme, team/acme/ops, access-group/gold. A partner's teams are adopted one by one.
    """
    if bool(ids) == all_desired:
        raise click.UsageError("Name what to adopt, or give --all-desired.")
    asked = Asked(
        config=config,
        portal=portal_name,
        day=day,
        output_format=output_format,
        no_color=no_color,
        adopt=None if all_desired else ids,
        adopt_all=all_desired,
    )
    path, checked = planning.check(asked)
    if planning.stopped_by_files(asked, checked):
        return InputError.exit_code
    document = planning.configuration(checked)

    async def work() -> int:
        async with workflow.open_portal(
            path, document, portal_name, edge.secret, checked.repository
        ) as portal:
            found = await planning.plan(asked, path, checked, portal)
            if found.plan is None:
                return planning.refused(asked, checked, found)
            return await show_and_write(asked, path, found.plan, portal, auto_approve=auto_approve)

    return edge.loop(work())
