"""People without an account, in a portal where they need one before they can get anything."""

from collections.abc import Iterator

from reconciler.model.finding import Finding
from reconciler.model.ids import kind_of
from reconciler.model.kinds import person_of
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.project.team_of_one import is_for_person
from reconciler.project.unsupported import unsupported


def without_account(desired: Desired, can: Capabilities, live: Live | None) -> Iterator[ResourceId]:
    """Yield the new memberships and grants of people who need an account first and have none."""
    accounts = live.accounts if live else None
    if live is None or accounts is None:
        return
    for each in desired.resources:
        if _needs_account(each, can) and person_of(each) not in accounts and each not in live.resources:
            yield each


def accounts_missing(desired: Desired, can: Capabilities, live: Live | None, hint: str) -> Iterator[Finding]:
    """Yield an error for each new membership or grant of a person without an account."""
    for each in without_account(desired, can, live):
        what = "cannot invite people who have no account"
        yield from unsupported(desired.resources[each], what, hint=hint)


def _needs_account(resource_id: ResourceId, can: Capabilities) -> bool:
    if is_for_person(resource_id):
        return not can.grants_before_account
    return kind_of(resource_id) == "membership" and not can.invitations
