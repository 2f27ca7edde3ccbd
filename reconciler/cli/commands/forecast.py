"""`reconciler forecast`: who loses access on which day."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler forecast --until 2027-12-31", "who loses access until then"),
        ("reconciler forecast --until 2027-06-30 --partner acme --live", "one partner, in the portal"),
        ("reconciler forecast --until 2027-12-31 --format ics > ends.ics", "for a calendar"),
    ],
)
@click.option("--until", metavar="DATE", required=True, help="The last day of the forecast, YYYY-MM-DD.")
@click.option("--from", "since", metavar="DATE", help="The day to compare with; by default --today.")
@options.access_filters
@options.live
@click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows the people of a team.",
)
@options.combine(
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown", "ics"),
    *options.everywhere,
)
def forecast(**given: Any) -> None:
    """Show who loses access on which day and why, if nobody changes anything.

    Reads the files, or with --live the portal. Access whose last day is given ends on the day after it.
    Several options narrow the forecast down together.
    """
    from reconciler.cli.actions.forecast import ForecastOptions, show_forecast

    show_forecast(ForecastOptions(**given))
