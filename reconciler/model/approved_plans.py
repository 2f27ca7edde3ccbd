"""The file of `reconciler approved --out`: which plans of a merge were approved, and by whom."""

from typing import Final

import msgspec

from reconciler.errors import InputError
from reconciler.model.approval import OwnerApproval
from reconciler.model.json_input import decode_file
from reconciler.model.plan import Digest, Plan
from reconciler.model.receipt import PortalName

FORMAT: Final = "reconciler-approvals/1.1"


class PlanApproval(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether the plan of a portal was approved; `plan` is its digest.

    `problem` is why its pull request does not show it, or empty. `approvals` are those that it needs, whether
    given or not. `hint` is what to do if it was not approved.
    """

    plan: Digest
    portal: PortalName
    pull_request: int | None = None
    approvals: tuple[OwnerApproval, ...] = ()
    problem: str = ""
    hint: str = ""

    @property
    def missing(self) -> tuple[OwnerApproval, ...]:
        """The required approvals that were not given."""
        return tuple(each for each in self.approvals if each.is_missing)

    @property
    def is_approved(self) -> bool:
        """Whether the plan was shown, and approved by all owners."""
        return not self.problem and not self.missing


class ApprovedPlans(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of all portals."""

    plans: tuple[PlanApproval, ...]
    format: str = FORMAT

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the plans that were approved."""
        return tuple(each.plan for each in self.plans if each.is_approved)

    def of(self, plan: Plan) -> PlanApproval | None:
        """Return whether a plan was approved, if that is known."""
        return next((each for each in self.plans if each.plan == plan.digest), None)

    def recorded(self, plan: Plan) -> tuple[OwnerApproval, ...]:
        """Return the approvals that a plan needs, with those who gave them, as far as that is known."""
        found = self.of(plan)
        return found.approvals if found and found.is_approved else unrecorded(plan)


def unrecorded(plan: Plan) -> tuple[OwnerApproval, ...]:
    """Return the approvals that a plan needs, without any that was given; removals need none."""
    if plan.approval_mode == "off" or plan.selection in {"expired", "removals"}:
        return ()
    reasons: dict[str, list[str]] = {}
    for each in plan.approvals:
        reasons.setdefault(each.owner, []).append(each.reason)
    return tuple(OwnerApproval(owner=owner, reasons=tuple(why)) for owner, why in sorted(reasons.items()))


def read_approved_plans(content: bytes) -> ApprovedPlans:
    """Read a file of approvals. Raises InputError if it is not valid, or has another major format."""
    try:
        found = decode_file(content, msgspec.json.Decoder(ApprovedPlans))
    except msgspec.DecodeError as error:
        raise InputError(f"these are not valid approvals: {error}") from error
    if found.format.partition(".")[0] != FORMAT.partition(".")[0]:
        raise InputError(f"these are not approvals of format {FORMAT}: their format is {found.format!r}")
    if len({each.portal for each in found.plans}) < len(found.plans):
        raise InputError("these are not valid approvals: a portal has several plans")
    return found
