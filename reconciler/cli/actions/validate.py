"""Check the files, and every rule that needs no portal."""

from reconciler.cli.actions import output, plan_steps
from reconciler.cli.actions.plan_steps import CommandOptions
from reconciler.workflow.portal_check import check_for_portals
from reconciler.workflow.sessions import choose_portals
from reconciler.workflow.validate import exit_code


def validate_files(options: CommandOptions) -> int:
    """Print the findings, and return the exit code. With a portal, check whether its type fits the files."""
    _, checked = plan_steps.check(options)
    if options.portals and checked.repository is not None:
        checked = check_for_portals(
            checked, choose_portals(checked.repository.configuration, options.portals)
        )
    output.findings(checked, options.output_format, options.config)
    return exit_code(checked.findings)
