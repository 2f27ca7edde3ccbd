"""The example with faults between it and a real Keystone."""

import asyncio
from random import Random

import httpx2
import pytest

from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired
from reconciler.testing.contract.capability_skips import first
from reconciler.testing.faults import FAULTS, Faults
from reconciler.testing.harness import (
    apply_with_faults,
    asking,
    reach,
    read,
    require_complete,
    require_true,
    run,
)
from tests.examples.keystone.opening import opened
from tests.examples.keystone.test_contract import KeystoneUnderTest
from tests.servers.keystone import KeystoneServer, keystone, keystone_server

__all__ = ["keystone", "keystone_server"]

# A single server shows each write at once.
TABLE = tuple(fault for fault in FAULTS if fault.name != "stale read")


async def applied_with_faults(url: str, desired: Desired, seed: int) -> Receipt:
    """Apply with faults between the adapter and the server."""
    line = Faults(httpx2.AsyncHTTPTransport(), Random(seed), table=TABLE)  # noqa: S311  chance, not secrecy
    async with opened(url, transport=line) as portal:
        return await apply_with_faults(portal, line, desired)


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keystone")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_receipt_is_true_whatever_the_network_does(keystone: KeystoneServer, seed: int) -> None:
    ground = KeystoneUnderTest(keystone)
    desired = asking(*first(ground))
    receipt = asyncio.run(applied_with_faults(keystone.url, desired, seed))

    require_true(receipt, run(read(ground)))
    require_complete(run(reach(ground, desired)))
