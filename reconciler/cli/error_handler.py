"""Print expected errors as a sentence with a hint."""

from reconciler.cli.console import log_lines
from reconciler.errors import ReconcilerError


def report_error(error: ReconcilerError) -> int:
    """Print an expected error with its hint, and return its exit code."""
    log_lines(f"Error: {error.message}")
    if error.hint:
        log_lines(f"Hint: {error.hint}")
    return error.exit_code
