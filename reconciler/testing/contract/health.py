"""The contract about checks: what `reconciler doctor` finds out about a portal."""
# ruff: noqa: S101  a suite of tests asserts

from collections.abc import Mapping
from typing import Any

from reconciler.model.health import CheckedPortal, CheckReport
from reconciler.model.resource import Resource, ResourceId
from reconciler.testing.contract.capability_skips import first, need
from reconciler.testing.harness import PortalUnderTest, asking, reach, run, snapshot
from reconciler.workflow.checks import CheckRunner


class HealthContract:
    """The contract about the checks of an adapter; they are optional."""

    def test_checks_find_nothing_wrong_and_write_nothing(self, ground: PortalUnderTest) -> None:
        """In a portal that can be read and written, no check fails, and the portal is as it was before."""
        run(reach(ground, asking(*first(ground))))
        before = run(_state(ground))
        reports = run(_reports(ground))
        need(can=reports is not None, what="checks")

        found = reports or []
        names = [each.name for each in found]
        assert [(each.name, each.detail) for each in found if each.status == "failed"] == []
        assert names[:1] == ["account"]
        assert len(names) == len({*names})
        assert run(_state(ground)) == before


async def _reports(ground: PortalUnderTest) -> list[CheckReport] | None:
    """Return what the checks find; None if the adapter has no checks."""
    async with ground.open() as portal:
        if not isinstance(portal, CheckedPortal):
            return None
        runner = CheckRunner()
        await runner.run(portal.checks())
        return runner.reports


async def _state(ground: PortalUnderTest) -> tuple[Mapping[ResourceId, Resource], Mapping[ResourceId, Any]]:
    """Return all objects, with their versions in the portal."""
    found = await snapshot(ground)
    return found.resources, {each: (native.id, native.version) for each, native in found.native.items()}
