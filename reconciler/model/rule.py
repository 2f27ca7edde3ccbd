"""The names of the rules, how severe each is, and which a configuration may change."""

from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from reconciler.model.finding import Severity

FilesRule: TypeAlias = Literal[
    "yaml",
    "schema",
    "misplaced-kind",
    "duplicate-name",
    "duplicate-person",
    "duplicate-grant",
    "unknown-reference",
    "empty-state",
]
FixedRule: TypeAlias = Literal["not-managed", "unknown-api", "unsupported", "grant-not-offered"]
ConfigurableRule: TypeAlias = Literal["keeps-access",]
RuleName: TypeAlias = FilesRule | FixedRule | ConfigurableRule


class Class(StrEnum):
    """What follows from an error: exit 1 and no plan, exit 3, or exit 3 unless configured otherwise."""

    FILES = "files"
    FIXED = "fixed"
    CONFIGURABLE = "configurable"


CLASSES: Final[dict[str, Class]] = {
    **dict.fromkeys(get_args(FilesRule), Class.FILES),
    **dict.fromkeys(get_args(FixedRule), Class.FIXED),
    **dict.fromkeys(get_args(ConfigurableRule), Class.CONFIGURABLE),
}

DEFAULTS: Final[dict[str, Severity]] = {
    **dict.fromkeys((*get_args(FilesRule), *get_args(FixedRule)), Severity.ERROR),
    "keeps-access": Severity.WARNING,
}
