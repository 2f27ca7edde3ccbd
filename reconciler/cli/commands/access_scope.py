"""What a report about access is about: the options that narrow it down, and the state of a portal."""

from collections.abc import Mapping
from pathlib import Path

import click

from reconciler import workflow
from reconciler.cli import console, plan_steps, runtime
from reconciler.cli.lookup import require_named, resting
from reconciler.cli.options import together
from reconciler.cli.progress import Watch
from reconciler.cli.trust import Trust
from reconciler.model.access import AccessFilter
from reconciler.model.printable import printable
from reconciler.model.resource import Live
from reconciler.workflow import ValidationResult

filters = together(
    click.option("--person", metavar="E-MAIL", help="Only this person."),
    click.option("--partner", metavar="NAME", help="Only the people of this partner."),
    click.option("--team", metavar="PARTNER/TEAM", help="Only the people of this team."),
    click.option("--group", metavar="NAME", help="Only through this access group."),
    click.option("--api", metavar="NAME", help="Only to this API."),
)
live = click.option(
    "--live", is_flag=True, help="Ask the portal, which knows delegated members and invitations too."
)


def asked_for(given: Mapping[str, str | None], ending: str | None = None) -> AccessFilter:
    """Return the filter that the options say; `ending` is a day."""
    from reconciler.model.identity import canonical_email  # noqa: PLC0415  small

    person = given["person"]
    others = {name: given[name] for name in ("partner", "team", "group", "api")}
    return AccessFilter(person=canonical_email(person) if person else None, ending=ending, **others)


def require_known(keep: AccessFilter, checked: ValidationResult, held: Live | None) -> None:
    """Raise InputError for what neither files nor, if it was read, the portal know; note who is at rest."""
    if held is not None:
        require_named(keep, checked.repository, held)
        return
    repository = workflow.require_readable(checked)
    require_named(keep, repository)
    for sentence in resting(keep, repository):
        console.say(f"Note: {printable(sentence)}.")


def read_portal(path: Path, checked: ValidationResult, name: str | None) -> Live:
    """Return all that a portal holds. Raises InputError, PortalError."""
    document = plan_steps.configuration(checked)

    async def work() -> Live:
        watch = Watch()
        async with workflow.open_portal(path, document, name, Trust(path), checked.repository) as portal:
            try:
                return await workflow.read_whole(portal, document, watch)
            finally:
                watch.done()

    return runtime.run_async(work())
