"""`reconciler validate`: the files, and every rule that needs no portal."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler validate", "what is wrong, and where"),
        ("reconciler validate --format json | jq .summary", "for a script"),
        ("reconciler validate --format github", "as annotations of a pull request's lines"),
        ("reconciler validate --format sarif > findings.sarif", "for code scanning"),
        ("reconciler validate --base origin/main", "judge what a branch adds"),
        ("reconciler validate --today 2027-12-31", "as it will be on a day"),
    ],
)
@options.together(
    click.option(
        "--base",
        metavar="REF",
        help="Judge by the configuration of REF; findings that the merge base has too deny nothing.",
    ),
    options.bootstrap,
    click.option(
        "--portal",
        "portal_name",
        metavar="NAME",
        help="Check also whether portals of this one's type can hold what the files ask for.",
    ),
    options.config,
    options.today,
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    *options.everywhere,
)
def validate(
    *,
    config: str | None,
    day: str | None,
    output_format: str,
    base: str | None,
    bootstrap: bool,
    portal_name: str | None,
) -> int:
    """Check the files and every rule that needs no portal. No network, no secrets.

    Ends with 1 when the files are wrong, with 3 when they are right and a rule denies what they ask for.
    """
    from reconciler import workflow  # noqa: PLC0415  help needs none of it
    from reconciler.cli import output, plan_steps  # noqa: PLC0415
    from reconciler.cli.plan_steps import CommandOptions  # noqa: PLC0415

    asked = CommandOptions(
        config=config, portal=None, day=day, output_format=output_format, base=base, bootstrap=bootstrap
    )
    _, checked = plan_steps.check(asked)
    if portal_name is not None:
        checked = workflow.check_for_portal(checked, portal_name)
    output.findings(checked, output_format, config)
    return workflow.exit_code(checked.findings)
