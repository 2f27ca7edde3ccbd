"""The checks of `reconciler doctor` for sources without checks of their own, and what all of them share."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.accounts import Crm
from reconciler.model.counting import counted
from reconciler.model.directory import Directory
from reconciler.model.health import Check, CheckResult, failed, ok

_HINT: Final = "correct `group` in the files of the teams, or the group in the directory"
_MAX_SHOWN: Final = 5


def directory_checks(directory: Directory, groups: Sequence[str]) -> list[Check]:
    """Return the check that reads the groups of teams, as a pull does."""

    async def run() -> CheckResult:
        answers = await directory.read(groups, lambda *_: None)
        problems = {
            name: answer.reason or answer.completeness
            for name, answer in answers.items()
            if answer.completeness in {"absent", "partial"}
        }
        return groups_result(len(groups), problems)

    return [Check("groups", run, needs=())]


def crm_checks(crm: Crm) -> list[Check]:
    """Return the check that reads all accounts, as `sync` does."""

    async def run() -> CheckResult:
        found = await crm.read(lambda *_: None)
        return ok(f"{counted(len(found.accounts), 'account')} can be read")

    return [Check("read", run, needs=())]


def groups_result(number: int, problems: Mapping[str, str]) -> CheckResult:
    """Return the result of the check `groups`; `problems` says what is wrong with which of them."""
    if not number:
        return ok("no team names a group of this source")
    if not problems:
        return ok(f"{counted(number, 'group')} can be read")
    shown = [f"{name}: {problem}" for name, problem in sorted(problems.items())[:_MAX_SHOWN]]
    more = f"; and {len(problems) - _MAX_SHOWN:,} more" if len(problems) > _MAX_SHOWN else ""
    detail = f"{len(problems):,} of {counted(number, 'group')} cannot be read: {'; '.join(shown)}{more}"
    return failed(detail, _HINT)
