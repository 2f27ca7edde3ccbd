"""Check the files against what portals of a type can hold; nothing is asked of the portal."""

from collections.abc import Iterable, Sequence

import msgspec

from reconciler.desired import build_desired_state
from reconciler.model.document import Repository
from reconciler.model.finding import Finding, in_order
from reconciler.model.portal_scope import for_portal
from reconciler.model.rule import file_errors
from reconciler.workflow.known_findings import in_base
from reconciler.workflow.projection import projected
from reconciler.workflow.sessions import checked_settings, choose_portal
from reconciler.workflow.validate import ValidationResult


def check_for_portals(checked: ValidationResult, names: Sequence[str]) -> ValidationResult:
    """Return the files as judged for portals: whether portals of their types can hold what they ask for.

    Nothing is asked of the portals. With several, each finding names its portal. Raises InputError for a
    portal that the configuration does not have.
    """
    repository = checked.repository
    if repository is None or file_errors(checked.findings):
        return checked
    found = {name: _findings(checked, repository, name) for name in names}
    if len(found) > 1:
        found = {name: _of(name, findings) for name, findings in found.items()}
    findings = in_order([*checked.findings, *(each for of_portal in found.values() for each in of_portal)])
    return msgspec.structs.replace(checked, findings=tuple(findings))


def _findings(checked: ValidationResult, repository: Repository, name: str) -> list[Finding]:
    """Return the findings of one portal."""
    configuration = repository.configuration
    name, given = choose_portal(configuration, name)
    portal_type, portal_settings = checked_settings(configuration, name, given)
    capabilities = portal_type.capabilities(portal_settings)
    desired = build_desired_state(for_portal(repository, name), checked.today)
    projection = projected(desired, configuration, name, capabilities)
    found = list(projection.findings)
    if found and checked.base is not None and checked.base.repository is not None:
        base = build_desired_state(for_portal(checked.base.repository, name), checked.today)
        before = projected(base, configuration, name, capabilities)
        found = in_base(found, before.findings)
    return [*found, *projection.notes]


def _of(portal: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings that name their portal."""
    return [
        msgspec.structs.replace(finding, message=f"portal {portal}: {finding.message}")
        for finding in findings
    ]
