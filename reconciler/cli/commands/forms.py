"""`reconciler forms`: keep the lists of issue forms up to date."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler forms", "after a change of owners, groups or partners"),
        ("reconciler forms --check", "in CI: are they up to date?"),
    ],
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a form differs.")
@options.combine(options.config, *options.everywhere)
def forms(config: str | None, *, check: bool) -> None:
    """Write what the files define into the lists of the issue forms, and print the forms that change.

    The forms are new-partner.yml and remove-person.yml in .github/ISSUE_TEMPLATE. The ids of their questions
    say what a list offers: type, owner, access and partner. Everything else in the forms stays as it is.
    """
    from reconciler.cli.actions.forms import update_forms

    update_forms(config, check=check)
