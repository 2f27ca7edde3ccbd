"""The checks of `reconciler doctor` for Tryton."""

import asyncio
from typing import Any

from reconciler.errors import PortalError
from reconciler.model.health import CheckedSource, CheckResult
from tests.servers.tryton_rpc import PASSWORD, TrytonDouble
from tests.sources.tryton.opening import FIELDS, opened


def checked(double: TrytonDouble, password: str = PASSWORD, **settings: Any) -> dict[str, CheckResult | str]:
    """Run all checks; return their results, or the message of their error."""

    async def run() -> dict[str, CheckResult | str]:
        results: dict[str, CheckResult | str] = {}
        async with opened(double, password, **settings) as crm:
            assert isinstance(crm, CheckedSource)
            for check in crm.checks(()):
                try:
                    results[check.name] = await check.run()
                except PortalError as error:
                    results[check.name] = error.message
        return results

    return asyncio.run(run())


def test_a_user_who_reads_everything_is_fine() -> None:
    double = TrytonDouble()
    double.subscription(double.party("Acme"), "running")
    double.party("Bolt")

    assert checked(double) == {
        "account": CheckResult("ok", "began the session of reconciler"),
        "right-read": CheckResult("ok", "reads 2 parties and 1 subscription"),
    }
    names = {"displayName": "name", "type": FIELDS["type"], "owner": FIELDS["owner"]}
    assert checked(double, fields=names)["right-read"] == CheckResult("ok", "reads 2 parties")


def test_hidden_subscriptions_are_a_failure() -> None:
    double = TrytonDouble()
    double.party("Acme")

    assert checked(double)["right-read"] == CheckResult(
        "failed",
        "the server shows no subscription",
        "the user needs the right to read them, and the company in its companies",
    )


def test_a_wrong_password_is_a_failure() -> None:
    shown = checked(TrytonDouble(), "wrong")["account"]

    assert isinstance(shown, str)
    assert shown.endswith("does not accept the password of reconciler: Unauthorized")
