"""The checks of sources that have none of their own."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from reconciler.model.accounts import Account, Accounts
from reconciler.model.directory import Evidence, GroupAnswer
from reconciler.model.health import Check, CheckResult
from reconciler.model.portal import Progress
from reconciler.sources.checks import crm_checks, directory_checks

ANSWERS = {
    "a": GroupAnswer("complete"),
    "b": GroupAnswer("empty"),
    "c": GroupAnswer("absent", reason="there is no such group"),
    "d": GroupAnswer("partial"),
}


class Scripted:
    """A directory with these answers."""

    async def read(self, groups: Sequence[str], _progress: Progress) -> Mapping[str, GroupAnswer]:
        return {group: ANSWERS[group] for group in groups}

    async def confirm(self, _group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        return dict.fromkeys(ids, "unknown")


class Accounting:
    """A CRM with one account."""

    async def read(self, _progress: Progress) -> Accounts:
        return Accounts((Account("1", {}),))


def checked(*groups: str) -> CheckResult:
    [check] = directory_checks(Scripted(), groups)
    return result(check)


def result(check: Check) -> CheckResult:
    """Run a check."""

    async def run() -> CheckResult:
        return await check.run()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("groups", "status", "detail"),
    [
        ((), "ok", "no team names a group of this source"),
        (("a",), "ok", "1 group can be read"),
        (("a", "b"), "ok", "2 groups can be read"),
        (
            ("a", "b", "c", "d"),
            "failed",
            "2 of 4 groups cannot be read: c: there is no such group; d: partial",
        ),
    ],
)
def test_a_directory_is_read(groups: tuple[str, ...], status: str, detail: str) -> None:
    found = checked(*groups)

    assert (found.status, found.detail) == (status, detail)


def test_a_crm_is_read() -> None:
    [check] = crm_checks(Accounting())
    found = result(check)

    assert (found.status, found.detail) == ("ok", "1 account can be read")
