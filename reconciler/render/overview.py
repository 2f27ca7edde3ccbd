"""What the plans of several portals have in common: one line for each, and findings that all of them have."""

import msgspec

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan_status import headline
from reconciler.model.portal_results import PlanOrFailure, Plans, PortalFailure


def summary(section: PlanOrFailure) -> str:
    """Return the plan or the failure of a portal in one line."""
    if isinstance(section, PortalFailure):
        return f"not planned: {section.message.partition(chr(10))[0]}"
    words = headline(section)
    return f"{words}; {counted(len(section.changes), 'change')}" if section.changes else words


def common_findings(found: Plans) -> tuple[Finding, ...]:
    """Return the findings that do not block and that all plans have: they are about the files."""
    if len(found.plans) < 2:  # noqa: PLR2004  two
        return ()
    first, *others = found.plans
    return tuple(
        each
        for each in first.findings
        if each.severity is not Severity.ERROR and all(each in other.findings for other in others)
    )


def without_findings(found: Plans, shown: tuple[Finding, ...]) -> Plans:
    """Return the plans without findings that are shown once for all of them."""
    left_out = set(shown)
    plans = tuple(
        msgspec.structs.replace(
            each, findings=tuple(finding for finding in each.findings if finding not in left_out)
        )
        for each in found.plans
    )
    return msgspec.structs.replace(found, plans=plans)
