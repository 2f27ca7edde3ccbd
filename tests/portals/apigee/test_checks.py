"""What `reconciler doctor` finds out about an organization."""

from collections.abc import Callable

import pytest

from reconciler.model.health import CheckedPortal
from reconciler.model.portal import Portal
from reconciler.workflow.checks import CheckRunner
from tests.portals.apigee.estates import organization
from tests.portals.apigee.organizations import within
from tests.servers.apigee.server import TOKEN, ApigeeServer

READS = ("appgroups", "apps", "apiproducts", "developers")
WRITES = ("appgroups", "keys", "developers")


def checked(server: ApigeeServer, allowed: Callable[[str], bool], token: str = TOKEN) -> dict[str, str]:
    """Return the status of each check."""
    server.tokens = {TOKEN: allowed}

    async def act(portal: Portal) -> dict[str, str]:
        assert isinstance(portal, CheckedPortal)
        runner = CheckRunner()
        await runner.run(portal.checks())
        return {each.name: each.status for each in runner.reports}

    return within(server, act, token=token)


def statuses(read: str, write: str) -> dict[str, str]:
    return {
        "account": "ok",
        **{f"right-plan-{what}": read for what in READS},
        **{f"right-apply-{what}": write for what in WRITES},
        "rate-limit": "ok",
    }


@pytest.mark.parametrize(
    ("allowed", "read", "write"),
    [
        (lambda _: True, "ok", "ok"),
        (lambda method: method == "get" or method.endswith(".list"), "ok", "warning"),
        (lambda method: method == "get", "failed", "warning"),
    ],
    ids=["an administrator", "a reader", "somebody else"],
)
def test_rights_are_tried_without_writing(allowed: Callable[[str], bool], read: str, write: str) -> None:
    server = organization("rates")
    before = (dict(server.organization.groups), dict(server.organization.developers))

    assert checked(server, allowed) == statuses(read, write)
    assert (server.organization.groups, server.organization.developers) == before


def test_a_rejected_token_fails_first() -> None:
    found = checked(organization(), lambda _: True, token="ya29.other")

    assert (found.pop("account"), {*found.values()}) == ("failed", {"skipped"})
