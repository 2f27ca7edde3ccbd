from typing import Any

import pytest

from reconciler.errors import PortalError
from reconciler.model.resource import Live, OfferedApi, Resource
from reconciler.model.snapshot import Snapshot

RESOURCES = {"partner/acme": Resource("partner/acme", {})}
APIS = {"rates": OfferedApi("rates", "public")}


def snapshot(**claims: Any) -> Snapshot:
    return Snapshot(portal_id="portal-1", resources=RESOURCES, apis=APIS, native={}, **claims)


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({}, "neither a proof nor a problem"),
        ({"proof": "", "problem": ""}, "neither a proof nor a problem"),
        ({"proof": "42 of 42", "problem": "a page was short"}, "both a proof and a problem"),
    ],
)
def test_a_snapshot_that_does_not_say_whether_it_is_complete_cannot_be_made(
    claims: dict[str, str], found: str
) -> None:
    with pytest.raises(PortalError) as refused:
        snapshot(**claims)

    assert (refused.value.message, refused.value.hint) == (
        f"the adapter does not say whether the portal was read completely: it reports {found}",
        "report this to the authors of the adapter",
    )


@pytest.mark.parametrize(
    ("claims", "problem"), [({"proof": "42 of 42"}, ""), ({"problem": "short"}, "short")]
)
def test_a_live_state_is_complete_only_with_a_proof(claims: dict[str, str], problem: str) -> None:
    assert snapshot(**claims).live == Live("portal-1", RESOURCES, APIS, problem)
