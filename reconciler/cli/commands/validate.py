"""`reconciler validate`: the files, and every rule that needs no portal."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler validate", "show what is wrong, and where"),
        ("reconciler validate --format json | jq .summary", "for a script"),
        ("reconciler validate --format github", "as annotations in a pull request"),
        ("reconciler validate --format sarif > findings.sarif", "for code scanning"),
        ("reconciler validate --base origin/main", "judge only what a branch adds"),
        ("reconciler validate --today 2027-12-31", "as of a later day"),
    ],
)
@options.combine(
    click.option(
        "--base",
        metavar="REF",
        help="Use the configuration of REF; findings that the merge base also has do not block.",
    ),
    options.bootstrap,
    click.option(
        "--portal",
        "portals",
        metavar="NAME|all",
        multiple=True,
        callback=options.split_names,
        help="Also check whether this portal, several, or all support what the files define.",
    ),
    options.config,
    options.today,
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    *options.everywhere,
)
def validate(**given: Any) -> int:
    """Check the files and every rule that needs no portal. Uses no network and no secrets.

    Exits with 1 when the files have errors, with 3 when a rule denies what valid files define.
    """
    from reconciler.cli.actions.checked_files import CommandOptions
    from reconciler.cli.actions.validate import validate_files

    return validate_files(CommandOptions(**given))
