"""What `reconciler doctor` says about a real server."""

import asyncio
from collections.abc import Sequence
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.model.health import CheckedSource, CheckResult
from tests.servers.slapd import PASSWORD, READER
from tests.sources.ldap.company import Company, opened


def results(
    company: Company, groups: Sequence[str], password: str = PASSWORD, **changes: Any
) -> dict[str, str]:
    """Return the detail of each check, or the message of its error."""

    async def run() -> dict[str, str]:
        found = {}
        async with opened(company.settings(**changes), password) as directory:
            assert isinstance(directory, CheckedSource)
            for check in directory.checks(groups):
                try:
                    result: CheckResult = await check.run()
                    found[check.name] = f"{result.status}: {result.detail}"
                except ReconcilerError as error:
                    found[check.name] = error.message
        return found

    return asyncio.run(run())


def test_a_directory_that_can_be_read_is_fine(company: Company) -> None:
    company.group("developers", company.person("ana"))

    assert results(company, ["developers"]) == {
        "account": f"ok: logs in as {READER}, encrypted with TLS",
        "right-read": f"ok: reads {company.base}",
        "groups": "ok: 1 group can be read",
    }


def test_groups_and_rights_that_are_missing_are_named(company: Company) -> None:
    base = f"ou=nothing,{company.base}"

    absent = "developers: there is no such group, or the account may not see it"
    assert results(company, ["developers"])["groups"] == f"failed: 1 of 1 group cannot be read: {absent}"
    assert results(company, [], url=company.server.plain, userBase=base) == {
        "account": f"ok: logs in as {READER}, encrypted with StartTLS",
        "right-read": (
            f'source "people" at {company.server.plain}: the base "{base}" cannot be read:'
            " there is no such entry, or the account may not see it"
        ),
        "groups": (
            f'source "people" at {company.server.plain}: the base "{base}" cannot be read:'
            " there is no such entry, or the account may not see it"
        ),
    }


def test_a_wrong_password_is_found(company: Company) -> None:
    assert results(company, [], "wrong")["account"] == (
        f'source "people" at {company.server.url} does not accept the password: invalidCredentials (49)'
    )
