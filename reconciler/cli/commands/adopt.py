"""`reconciler adopt`: start managing existing portal objects without changing them."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler adopt partner/acme team/acme/ops", "these two objects"),
        ("reconciler adopt --partner acme", "the partner and its teams"),
        ("reconciler adopt --group gold", "the access group and its products"),
        ("reconciler adopt --all-desired", "everything that the files define"),
        ("reconciler adopt --all-desired --dry-run", "show the plan only"),
        ("reconciler adopt --from our-company", "everything with the configuration's former name"),
    ],
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--partner",
    "adopt_partners",
    metavar="NAME",
    multiple=True,
    help="Adopt a partner and its teams, as far as the files define them.",
)
@click.option(
    "--group",
    "adopt_groups",
    metavar="NAME",
    multiple=True,
    help="Adopt an access group and the products in it.",
)
@click.option("--all-desired", "adopt_all", is_flag=True, help="Adopt every object that the files define.")
@click.option(
    "--from",
    "adopt_from",
    metavar="LABEL",
    help="Adopt every object of the files with this owner label, such as the former metadata.name.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, and write nothing.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@options.combine(
    options.lock_timeout,
    options.config,
    options.portals,
    *options.trust,
    options.today,
    options.formats("text", "json"),
    *options.everywhere,
)
def adopt(ids: tuple[str, ...], dry_run: bool, **given: Any) -> int:  # noqa: FBT001  click passes it by name
    """Put this configuration's owner label on partners, teams, products and groups that exist in the portal.

    Their content stays as it is; the next plan shows how it differs from the files. What that plan would
    remove, and who would lose access by it, is shown before anything is adopted. An ID is written as in a
    plan: partner/acme, team/acme/ops, access-group/gold.
    """
    from reconciler.cli.actions.apply import apply_files
    from reconciler.cli.actions.checked_files import CommandOptions
    from reconciler.cli.actions.plan import PlanCommandOptions, show_plan

    chosen = bool(ids or given["adopt_partners"] or given["adopt_groups"])
    if [chosen, given["adopt_all"], given["adopt_from"] is not None].count(True) != 1:
        message = "Give IDs, --partner or --group; or only --all-desired; or only --from."
        raise click.UsageError(message)
    if dry_run:
        shown: dict[str, Any] = {
            "out": None,
            "people": "counts",
            "files_only": False,
            "detailed_exitcode": False,
        }
        return show_plan(PlanCommandOptions(adopt=ids, **given, **shown))
    return apply_files(CommandOptions(adopt=ids, **given))
