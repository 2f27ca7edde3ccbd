"""`reconciler plan`: what would change, and who gains or loses access."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler plan", "show the plan"),
        ("reconciler plan --out plan.json", "save it, for apply and show"),
        ("reconciler plan --format json | jq .access", "for a script"),
        ("reconciler plan --base origin/main --format markdown", "for a pull request"),
        ("reconciler plan --base main --files-only", "what a branch changes, without a portal"),
        ("reconciler plan --portal all --out plans/", "every portal, each plan in a file of its own"),
        ("reconciler plan --today 2027-12-31", "what changes on a later day"),
    ],
)
@click.option(
    "--out",
    metavar="FILE|FOLDER",
    type=click.Path(),
    help="Save the plan, for `reconciler apply FILE`; in a folder, as PORTAL.json.",
)
@click.option(
    "--files-only",
    is_flag=True,
    help="Compare with the base's files instead of the portal: no network, no secrets; cannot be applied.",
)
@options.detailed_exitcode
@options.combine(
    options.base,
    options.bootstrap,
    options.allow,
    options.config,
    options.portals,
    *options.trust,
    options.today,
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    options.people,
    *options.everywhere,
)
def plan(**given: Any) -> int:
    """Show what would change in the portal, and who gains or loses access. Changes nothing.

    Exits with 3 when a rule or the guard denies the plan, with 5 when the portal cannot be read.
    """
    from reconciler.cli.actions.plan import PlanCommandOptions, show_plan

    return show_plan(PlanCommandOptions(**given))
