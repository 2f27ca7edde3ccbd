"""`reconciler capture`: write into the files what was changed in the portal."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler capture --dry-run", "show what the files lack"),
        ("reconciler capture", "everything that differs"),
        ("reconciler capture partner/acme", "only what is below this partner"),
        ("reconciler capture grant/rates/team/acme/ops", "one difference, by its ID in a plan"),
    ],
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@options.combine(options.portal, *options.trust)
@options.edits
def capture(ids: tuple[str, ...], **given: Any) -> int:
    """Change the files to match what was changed in the portal by hand.

    Comments are kept, and the difference is shown. A grant that its owner has not offered is written into the
    file of the group, whose owner approves it in the pull request. Members that team admins manage, and
    partners or teams that vanished from the portal, are not captured; the reason is shown.

    What the files have and was not applied yet differs as well, and would be undone: apply it first, or name
    the IDs to capture.
    """
    from reconciler.cli.actions.edits.capture import CaptureOptions, capture_portal

    return capture_portal(ids, CaptureOptions(**given))
