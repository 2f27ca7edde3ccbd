"""Check the files against what portals of a type can hold; nothing is asked of the portal."""

import msgspec

from reconciler.desired import build_desired_state
from reconciler.model.finding import in_order
from reconciler.model.portal_scope import for_portal
from reconciler.model.rule import file_errors
from reconciler.workflow.known_findings import in_base
from reconciler.workflow.projection import projected
from reconciler.workflow.sessions import checked_settings, choose_portal
from reconciler.workflow.validate import ValidationResult


def check_for_portal(checked: ValidationResult, name: str) -> ValidationResult:
    """Return the files as judged for one portal: whether portals of its type can hold what they ask for.

    Nothing is asked of the portal. Raises InputError for one that the configuration does not have.
    """
    repository = checked.repository
    if repository is None or file_errors(checked.findings):
        return checked
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
    findings = in_order([*checked.findings, *found, *projection.notes])
    return msgspec.structs.replace(checked, findings=tuple(findings))
