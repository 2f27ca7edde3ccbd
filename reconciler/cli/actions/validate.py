"""Check the files, and every rule that needs no portal."""

from reconciler.cli.actions.checked_files import CommandOptions, check
from reconciler.cli.actions.findings_output import print_findings
from reconciler.workflow.validate import exit_code


def validate_files(options: CommandOptions) -> int:
    """Print the findings, and return the exit code. With a portal, check whether its type fits the files."""
    _, checked = check(options)
    if options.portals and checked.repository is not None:
        from reconciler.workflow.portal_check import check_for_portals  # noqa: PLC0415  only with --portal
        from reconciler.workflow.sessions import choose_portals  # noqa: PLC0415  the same

        checked = check_for_portals(
            checked, choose_portals(checked.repository.configuration, options.portals)
        )
    print_findings(checked, options.output_format, options.config)
    return exit_code(checked.findings)
