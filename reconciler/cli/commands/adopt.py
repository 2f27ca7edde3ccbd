"""`reconciler adopt`: take over what exists in the portal, its content unchanged."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.commands.apply import plan_and_write
from reconciler.cli.plan_steps import CommandOptions


@click.command(
    cls=Command,
    examples=[
        ("reconciler adopt partner/acme team/acme/ops", "these two"),
        ("reconciler adopt --all-desired", "all that the files name"),
        ("reconciler adopt --from our-company", "all of the configuration's former name"),
    ],
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all-desired", is_flag=True, help="Everything that the files name and somebody else made.")
@click.option(
    "--from",
    "label",
    metavar="LABEL",
    help="Everything with this owner label: what metadata.name of the configuration was before.",
)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@options.together(
    options.lock_timeout,
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json"),
    *options.everywhere,
)
def adopt(  # noqa: PLR0913, PLR0917  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    ids: tuple[str, ...],
    lock_seconds: float,
    label: str | None,
    *,
    all_desired: bool,
    auto_approve: bool,
) -> int:
    """Put this configuration's mark on partners, teams, products and groups that exist in the portal.

    Their content stays as it is; the next plan shows how it differs from the files. An ID is written as in
    a plan: partner/acme, team/acme/ops, access-group/gold. A partner's teams are adopted one by one.
    """
    if [bool(ids), all_desired, label is not None].count(True) != 1:
        raise click.UsageError("Name what to adopt, or give --all-desired or --from.")
    asked = CommandOptions(
        config=config,
        portal=portal_name,
        day=day,
        output_format=output_format,
        adopt=ids or None,
        adopt_all=all_desired,
        adopt_from=label,
        auto_approve=auto_approve,
        lock_seconds=lock_seconds,
    )
    return plan_and_write(asked)
