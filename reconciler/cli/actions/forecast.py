"""Show who loses access on which day."""

from reconciler.cli import runtime
from reconciler.cli.actions import output
from reconciler.cli.actions.access_scope import ScopeOptions, check_files, live_state
from reconciler.errors import InputError
from reconciler.workflow.forecast import forecast


class ForecastOptions(ScopeOptions, frozen=True, kw_only=True):
    """The options of `reconciler forecast`."""

    until: str
    since: str | None
    people: str


def show_forecast(options: ForecastOptions) -> None:
    """Print who loses access on which day. Raises InputError, PortalError."""
    first = runtime.day("--from", options.since) if options.since else runtime.today(options.day)
    last = runtime.day("--until", options.until)
    if last < first:
        raise InputError(f"--until: {last} is before {first}", "give a later day, or an earlier --from")
    path, checked = check_files(options)
    keep = options.filter()
    live = live_state(options, path, checked, keep)
    output.forecast(forecast(checked, first, last, keep, live), options.output_format, options.people)
