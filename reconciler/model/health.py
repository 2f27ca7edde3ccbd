"""The checks of `reconciler doctor`, and what they found."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

FORMAT: Final = "reconciler-doctor/1.2"
Status: TypeAlias = Literal["ok", "warning", "failed", "skipped"]


class CheckResult(msgspec.Struct, frozen=True):
    """What a check found: `detail` in a few words, and `hint` with what to do about it.

    `fix` is the command that does it, if there is one.
    """

    status: Status
    detail: str
    hint: str = ""
    fix: str = ""


class Check(msgspec.Struct, frozen=True):
    """One check: it reads, and never writes.

    `name` is kebab-case. `run` returns the result; a ReconcilerError that it raises is a failure with the
    message and hint of the error, and any other exception is a failure, too. `needs` are the names of earlier
    checks: if one of them did not succeed, this check is skipped.
    """

    name: str
    run: Callable[[], Awaitable[CheckResult]]
    needs: tuple[str, ...] = ("account",)


@runtime_checkable
class CheckedPortal(Protocol):
    """What an adapter adds to `Portal` if it has checks of its own; the others are read once."""

    def checks(self) -> Sequence[Check]:
        """Return the checks of this portal, in their order; `read` has not been called.

        The caller has already checked the configuration, the connection, TLS and the clock, and catches all
        errors. It skips all these checks if the portal cannot be reached. Names that have a
        meaning for every portal:

        - `account`: who the credentials belong to. It needs nothing (`needs=()`), and the others need it. It
          distinguishes rejected credentials from a wrong address; the errors of the HTTP client do that.
        - `settings`: whether the portal enforces access at all, such as switched off access control.
        - `right-plan`: whether everything can be read that `plan` reads. Failed if something is missing.
        - `right-apply`: whether everything can be written that `apply` writes, found out without writing. A
          warning if something is missing, because a plan does without. Several rights can be several checks:
          `right-plan-users`, `right-apply-roles`. `refusal` in `http/attempts.py` helps.
        - `map`: whether configured names of types and fields exist in the portal.
        - `version`: the version of the portal.
        - `rate-limit`: from `rate_limit_check` in `http/rate_limit.py`, last.

        Texts of the portal go through `client.endpoint.redact`, which removes the credentials.
        """


@runtime_checkable
class CheckedSource(Protocol):
    """What a source adds to `Directory` or `Crm` if it has checks of its own; the others are read once."""

    def checks(self, groups: Sequence[str]) -> Sequence[Check]:
        """Return the checks of this source, in their order; `read` has not been called.

        `groups` are those that teams name, sorted. The caller has already checked the configuration, and the
        connection of a source with an `http` address. Names that have a meaning for every source:

        - `account`: who the credentials belong to, and that they are accepted. It needs nothing (`needs=()`),
          and the others need it.
        - `right-read`: whether everything can be read. A missing right must not look like an empty list.
        - `groups`: whether the source has each of the groups; `groups_result` in `sources/checks.py` helps.

        Texts of the source go through `client.endpoint.redact`, which removes the credentials.
        """


class CheckReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One check. `exitCode` is what it alone makes of the command: 0, 1 or 5.

    `fix` is a shell command that sets what is missing; it is empty where there is none.
    """

    name: str
    status: Status
    detail: str
    hint: str
    exit_code: int
    fix: str = ""


class TargetHealth(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The checks of one target. `address` is None for a portal in this process."""

    kind: Literal["portal", "source", "forge"]
    name: str
    type: str | None
    address: str | None
    checks: tuple[CheckReport, ...]


class HealthSummary(msgspec.Struct, frozen=True):
    """How many checks have which status."""

    ok: int
    warnings: int
    failed: int
    skipped: int


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `reconciler doctor` found. `version` is the version of the reconciler."""

    version: str
    targets: tuple[TargetHealth, ...]
    summary: HealthSummary
    format: str = FORMAT

    @property
    def exit_code(self) -> int:
        """The exit code of the command: an error of the configuration comes before one of a portal."""
        codes = {check.exit_code for target in self.targets for check in target.checks}
        return min(codes - {0}, default=0)


def ok(detail: str, hint: str = "") -> CheckResult:
    """Return a good result."""
    return CheckResult("ok", detail, hint)


def warning(detail: str, hint: str, fix: str = "") -> CheckResult:
    """Return a result that does not make the command fail."""
    return CheckResult("warning", detail, hint, fix)


def failed(detail: str, hint: str, fix: str = "") -> CheckResult:
    """Return a failure."""
    return CheckResult("failed", detail, hint, fix)


def skipped(detail: str, hint: str = "") -> CheckResult:
    """Return the result of a check that could not be run, with the reason."""
    return CheckResult("skipped", detail, hint)
