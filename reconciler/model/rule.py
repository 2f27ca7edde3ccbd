"""The names of the rules, their default severities, and which of them can be configured."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from reconciler.model.finding import Finding, Severity

FilesRule: TypeAlias = Literal[
    "yaml",
    "schema",
    "misplaced-kind",
    "duplicate-name",
    "duplicate-person",
    "duplicate-grant",
    "unknown-reference",
    "empty-state",
    "too-many-paths",
]
GuardRule: TypeAlias = Literal[
    "guard-deletions", "guard-emptied-kind", "guard-people", "guard-delegation", "guard-partner-removed"
]
FixedRule: TypeAlias = Literal[
    "not-managed", "unknown-api", "unknown-team", "unsupported", "grant-not-offered", GuardRule
]
DenyingRule: TypeAlias = Literal["admin-domain", "internal-isolation", "agreement-missing", "lookalike-email"]
WarningRule: TypeAlias = Literal[
    "member-domain",
    "admin-count",
    "until-missing",
    "ending-soon",
    "already-ended",
    "keeps-access",
    "public-domain",
    "shared-domain",
    "suspended-person",
    "foreign-api",
    "single-approver",
    "hidden-characters",
    "redundant-grant",
    "unused-group",
    "no-admin",
    "no-active-admin",
    "invitation-declined",
    "delegated-domain",
    "catalog-stale",
    "passing-access",
    "unmanaged-grant",
    "likely-rename",
    "keys-outlive-access",
    "unknown-portal",
    "people-not-pulled",
]
# These rules deny nothing and cannot be turned off.
NoticeRule: TypeAlias = Literal[
    "full-plan",
    "owner-label-changes",
    "portal-settings",
    "source-settings",
    "removal-left-out",
    "adoption",
]
PortalNote: TypeAlias = Literal["git-only", "fallback", "unused-fallback"]
InfoRule: TypeAlias = Literal[
    "grant-to-person", "unused-offer", "unread-file", "concurrent-writes", "waits-for-key", "unused-people"
]
ConfigurableRule: TypeAlias = Literal[DenyingRule, WarningRule, InfoRule]
RuleName: TypeAlias = Literal[FilesRule, FixedRule, NoticeRule, PortalNote, ConfigurableRule]


class Class(StrEnum):
    """The effect of an error: exit 1 and no plan, exit 3, or exit 3 unless configured otherwise."""

    FILES = "files"
    FIXED = "fixed"
    CONFIGURABLE = "configurable"


_CONFIGURABLE: Final[dict[str, Severity]] = {
    **dict.fromkeys(get_args(DenyingRule), Severity.ERROR),
    **dict.fromkeys(get_args(WarningRule), Severity.WARNING),
    **dict.fromkeys(get_args(InfoRule), Severity.INFO),
}

CLASSES: Final[dict[str, Class]] = {
    **dict.fromkeys(get_args(FilesRule), Class.FILES),
    **dict.fromkeys((*get_args(FixedRule), *get_args(NoticeRule), *get_args(PortalNote)), Class.FIXED),
    **dict.fromkeys(_CONFIGURABLE, Class.CONFIGURABLE),
}

DEFAULTS: Final[dict[str, Severity]] = {
    **dict.fromkeys((*get_args(FilesRule), *get_args(FixedRule)), Severity.ERROR),
    **dict.fromkeys(get_args(NoticeRule), Severity.WARNING),
    **dict.fromkeys(get_args(PortalNote), Severity.INFO),
    **_CONFIGURABLE,
}


def file_errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the errors in the files themselves, which prevent a plan."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR and CLASSES.get(finding.rule) is Class.FILES
    ]


def denials(findings: Iterable[Finding]) -> list[Finding]:
    """Return the errors that deny a plan: it is shown, but cannot be applied."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR and CLASSES.get(finding.rule) is not Class.FILES
    ]
