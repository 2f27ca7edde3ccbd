"""What `doctor` finds about users of a real Keystone with fewer rights."""

import asyncio

import pytest

from reconciler.model.health import CheckedPortal
from tests.examples.keystone.opening import opened
from tests.servers.keystone import KeystoneServer, keystone, keystone_server

__all__ = ["keystone", "keystone_server"]


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keystone")
def test_a_user_who_may_only_read_is_warned_that_apply_is_not_possible(keystone: KeystoneServer) -> None:
    keystone.give_role("reader", instead_of="admin")

    async def found() -> dict[str, str]:
        async with opened(keystone.url) as portal:
            assert isinstance(portal, CheckedPortal)
            return {check.name: (await check.run()).status for check in portal.checks()}

    assert asyncio.run(found()) == {
        "account": "ok",
        "right-plan": "ok",
        "right-apply": "warning",
    }
