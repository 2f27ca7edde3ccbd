"""`reconciler validate`: the files, and every rule that needs no portal."""

import click

from reconciler.cli import edge, options


@click.command(short_help="Check the files.")
@options.together(options.config, options.today, options.formats("text", "json"), options.no_color)
def validate(config: str | None, day: str | None, output_format: str, *, no_color: bool) -> int:
    """Check the files and every rule that needs no portal. No network, no secrets.

    Ends with 1 when the files are wrong, with 3 when they are right and a rule denies what they ask for.
    """
    from reconciler import workflow  # noqa: PLC0415  help needs none of it
    from reconciler.cli import printing  # noqa: PLC0415

    checked = workflow.check(edge.configuration(config), edge.today(day))
    printing.findings(checked, output_format, color=edge.colored(no_color))
    return workflow.exit_code(checked.findings)
