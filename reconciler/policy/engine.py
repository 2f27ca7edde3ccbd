"""Run every rule whose inputs are available, and apply configured severities and exceptions."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner, RuleException
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.rule import CLASSES, DEFAULTS, Class, RuleName
from reconciler.policy import (
    admins,
    apis,
    approvers,
    domains,
    duplicate_grants,
    duplicate_names,
    duplicate_people,
    expiry,
    external_names,
    former_names,
    guard,
    homoglyphs,
    offers,
    path_limit,
    people,
    people_lock,
    plan_checks,
    portal_references,
    portal_rules,
    redundant,
    references,
    renaming,
    unmanaged_access,
    unread_files,
)
from reconciler.policy.context import Input, RuleContext, Violation
from reconciler.policy.index import Index

Check: TypeAlias = Callable[[Index], Iterable[Violation]]


class Rule(msgspec.Struct, frozen=True):
    """A rule: its published name, the function that finds violations, and the inputs that this needs."""

    name: RuleName
    check: Check
    inputs: frozenset[Input] = frozenset()


_LIVE: Final = frozenset[Input]({"live"})
_COMPARED: Final = frozenset[Input]({"desired", "live"})
_PLANNED: Final = frozenset[Input]({"desired", "live", "changes"})

RULES: Final[tuple[Rule, ...]] = (
    Rule("schema", homoglyphs.impossible_address),
    Rule("duplicate-name", duplicate_names.duplicate_name),
    Rule("duplicate-name", external_names.duplicate_external_name),
    Rule("duplicate-name", former_names.former_name),
    Rule("duplicate-name", unmanaged_access.external_partner_in_files),
    Rule("duplicate-person", duplicate_people.duplicate_person),
    Rule("duplicate-name", people_lock.second_lock),
    Rule("duplicate-person", people_lock.duplicate_in_lock),
    Rule("duplicate-person", approvers.duplicate_approver),
    Rule("duplicate-grant", duplicate_grants.duplicate_grant),
    Rule("unknown-reference", references.unknown_reference),
    Rule("unknown-reference", portal_references.missing_in_portal),
    Rule("empty-state", plan_checks.empty_state, _COMPARED),
    Rule("too-many-paths", path_limit.too_many_paths),
    Rule("unknown-api", apis.unknown_api, _LIVE),
    Rule("unknown-team", unmanaged_access.unknown_team, _COMPARED),
    Rule("grant-not-offered", offers.grant_not_offered),
    Rule("guard-deletions", guard.guard_deletions, _PLANNED),
    Rule("guard-emptied-kind", guard.guard_emptied_kind, _PLANNED),
    Rule("guard-people", guard.guard_people, _PLANNED),
    Rule("guard-delegation", guard.guard_delegation, _PLANNED),
    Rule("guard-partner-removed", guard.guard_partner_removed, _PLANNED),
    Rule("admin-domain", people.admin_domain),
    Rule("internal-isolation", apis.internal_isolation),
    Rule("internal-isolation", apis.internal_isolation_by_portal, _LIVE),
    Rule("agreement-missing", people.agreement_missing),
    Rule("lookalike-email", homoglyphs.lookalike_email),
    Rule("member-domain", people.member_domain),
    Rule("admin-count", people.admin_count),
    Rule("until-missing", expiry.until_missing),
    Rule("ending-soon", expiry.ending_soon),
    Rule("already-ended", expiry.already_ended),
    Rule("keeps-access", plan_checks.keeps_access, frozenset({"desired", "changes"})),
    Rule("public-domain", domains.public_domain),
    Rule("shared-domain", domains.shared_domain),
    Rule("suspended-person", people.suspended_person),
    Rule("foreign-api", apis.foreign_api),
    Rule("single-approver", approvers.single_approver),
    Rule("hidden-characters", homoglyphs.hidden_characters),
    Rule("unknown-portal", external_names.unknown_portal),
    Rule("people-not-pulled", people_lock.people_not_pulled),
    Rule("redundant-grant", redundant.redundant_grant),
    Rule("unused-group", offers.unused_group),
    Rule("no-admin", admins.no_admin),
    Rule("no-active-admin", admins.no_lasting_admin),
    Rule("no-active-admin", admins.left_without_admin, _PLANNED),
    Rule("no-active-admin", portal_rules.no_active_admin, _COMPARED),
    Rule("invitation-declined", portal_rules.invitation_declined, _COMPARED),
    Rule("delegated-domain", portal_rules.delegated_domain, _COMPARED),
    Rule("catalog-stale", portal_rules.catalog_stale, _LIVE),
    Rule("keys-outlive-access", portal_rules.keys_outlive_access, frozenset({"changes", "capabilities"})),
    Rule("likely-rename", renaming.likely_rename, _PLANNED),
    Rule("unmanaged-grant", unmanaged_access.unmanaged_grant, _COMPARED),
    Rule("passing-access", plan_checks.passing_access, frozenset({"changes"})),
    Rule("grant-to-person", people.grant_to_person),
    Rule("unread-file", unread_files.unread_file),
    Rule("unused-offer", offers.unused_offer),
    Rule("waits-for-key", portal_rules.waits_for_key, _COMPARED),
    Rule("unused-people", people_lock.unused_people),
    Rule("concurrent-writes", portal_rules.concurrent_writes, frozenset({"changes", "capabilities"})),
)


def judge(
    context: RuleContext, *, since: RuleContext | None = None, only: Collection[str] = CLASSES
) -> list[Finding]:
    """Return the findings of the rules, sorted by file.

    A rule runs if its inputs are available and the configuration does not turn it off. With `since`, only
    rules run that could not run on that earlier context; with `only`, those of these names.
    """
    index = Index(context)
    severities = {name: severity for name, severity in _severities(index).items() if name in only}
    given, before = context.available_inputs(), since.available_inputs() if since else None
    rules = [
        rule
        for rule in RULES
        if rule.name in severities
        and rule.inputs <= given
        and not (before is not None and rule.inputs <= before)
    ]
    findings = _found(index, severities, rules)
    if since is None:
        findings.extend(_ended_exceptions(index, severities))
    return in_order(findings)


def judge_guard(context: RuleContext) -> list[Finding]:
    """Return the findings of the guard; the scope of `desired` decides what is managed."""
    index = Index(context)
    return _found(index, _severities(index), [rule for rule in RULES if rule.name.startswith("guard-")])


def _found(index: Index, severities: dict[str, Severity], rules: Iterable[Rule]) -> list[Finding]:
    """Return the findings of these rules with their severities."""
    exceptions = _Exceptions(index.today)
    return [
        _finding(
            rule.name,
            _severity_of(rule.name, severities, index, violation),
            _with_origin(violation, index),
            exceptions,
        )
        for rule in rules
        for violation in rule.check(index)
    ]


def _severities(index: Index) -> dict[str, Severity]:
    """Return the severity of each rule that is not off."""
    configured = {str(name): str(severity) for name, severity in index.settings.rules.items()}
    chosen = ((name, configured.get(name, severity)) for name, severity in DEFAULTS.items())
    return {name: Severity(severity) for name, severity in chosen if severity != "off"}


def _severity_of(
    rule: RuleName, severities: dict[str, Severity], index: Index, violation: Violation
) -> Severity:
    """Return the severity of a violation: that of the configuration counts first.

    Findings of the guard are information if the plan is allowed.
    """
    if index.context.allowed and rule.startswith("guard-"):
        return Severity.INFO
    own = violation.severity if rule not in index.settings.rules else None
    return own or severities[rule]


def _finding(rule: RuleName, severity: Severity, violation: Violation, exceptions: "_Exceptions") -> Finding:
    message = violation.message
    exception = exceptions.find(rule, violation.excused_by or violation.document)
    if exception is not None:
        severity = Severity.INFO
        message = f"{message} (exception until {exception.until}: {exception.reason})"
    source = violation.source or violation.document.where(*violation.path)
    return Finding.at(source, rule, message, violation.hint, severity=severity, id=violation.id)


def _with_origin(violation: Violation, index: Index) -> Violation:
    """Return the violation; it says so if its setting is that of the base, but the branch changes it."""
    branch, path = index.context.repository.branch_configuration, violation.path
    if branch is None or violation.document is not index.configuration or len(path) < 2:  # noqa: PLR2004
        return violation
    if _setting(branch, path[1]) == _setting(index.configuration, path[1]):
        return violation
    note = f"spec.{path[1]} of the base branch counts; its change on this branch has no effect yet"
    return msgspec.structs.replace(violation, message=f"{violation.message} ({note})")


def _setting(configuration: Document, name: str | int) -> object:
    """Return a setting, with its defaults."""
    body = configuration.body
    return body.model_dump(by_alias=True)["spec"].get(name) if body is not None else None


class _Exceptions:
    """The exceptions that have not ended; those of each document are collected once."""

    def __init__(self, today: str) -> None:
        self._today = today
        self._known: dict[int, dict[str, RuleException]] = {}

    def find(self, rule: RuleName, document: Document) -> RuleException | None:
        """Return the first exception from a rule in a document."""
        if CLASSES[rule] is not Class.CONFIGURABLE:
            return None
        known = self._known.get(id(document))
        if known is None:
            lasting = [each for each in _exceptions(document) if each.until >= self._today]
            known = self._known[id(document)] = {each.rule: each for each in reversed(lasting)}
        return known.get(rule)


def _exceptions(document: Document) -> tuple[RuleException, ...]:
    body = document.body
    return body.metadata.exceptions if isinstance(body, Partner | AccessGroup | ApiProduct) else ()


def _ended_exceptions(index: Index, severities: dict[str, Severity]) -> Iterator[Finding]:
    """Yield a finding for each exception that has ended: its subject must be decided again."""
    for document in index.special:
        for number, exception in enumerate(_exceptions(document)):
            rule = exception.rule
            if exception.until < index.today and rule in severities and CLASSES[rule] is Class.CONFIGURABLE:
                source = document.where("metadata", "exceptions", number, "until")
                message = f"the exception from {rule} ended on {exception.until}"
                yield Finding.at(source, rule, message, "renew it with a reason, or remove it")
