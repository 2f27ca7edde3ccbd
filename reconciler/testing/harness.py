"""Helpers of contract tests: define the desired state, plan and apply."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from reconciler.apply import ExecutorOptions, apply, verify, verify_convergence, write_batch
from reconciler.diff import diff
from reconciler.model.graph.delta import Delta
from reconciler.model.kinds import KINDS, has_owner_label, parents, renamed
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Fields, Live, Resource, ResourceId
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import WriteResult
from reconciler.order import order
from reconciler.testing.faults import Faults, no_sleep

SCOPE: Final = "our-company"
ALL: Final = Selection(owner_label=SCOPE)
NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY: Final = "2026-11-24"
Result = TypeVar("Result")
_AT_ONCE: Final = 4


class PortalUnderTest(Protocol):
    """A new portal, which has `apis` (two or more) and nothing else, and actions of its users.

    Its lists have several pages if they have more than `page` objects.
    """

    @property
    def apis(self) -> Sequence[str]:
        """The names of its APIs."""

    @property
    def page(self) -> int:
        """The number of objects on a page."""

    def open(self) -> AbstractAsyncContextManager[Portal]:
        """Open a new adapter."""

    async def create(self, resource: Resource) -> None:
        """Create an object as another user, with its owner label or none; its parents exist."""

    async def edit(self, resource_id: ResourceId) -> None:
        """Change a managed field of an object with an owner label as another user."""

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        """Return the other fields of an object in the portal, except those that change automatically."""

    async def mail_count(self, address: str) -> int:
        """Return the number of mails to an address."""

    async def respond(self, address: str, *, accept: bool) -> None:
        """Accept or decline the last invitation of a person."""

    async def expire(self) -> str:
        """Advance the time until open invitations expire; return the new day."""

    async def effective_access(self, address: str, day: str) -> Mapping[str, str]:
        """Return the APIs that a person can call on a day, with levels, from the portal or its gateway.

        If the portal issues keys, use the keys that were issued when access was given.
        """


def quiet(_what: str, _count: int, _total: int | None) -> None:
    """Show no progress."""


def run(work: Awaitable[Result]) -> Result:
    """Run work on a new event loop."""

    async def awaited() -> Result:
        return await work

    return asyncio.run(awaited())


def asking(
    *resources: Resource, renames: Mapping[ResourceId, ResourceId] | None = None, today: str = TODAY
) -> Desired:
    """Return a desired state with these resources; `renames` maps new ids to former ones."""
    delegated = {each.id for each in resources if each.fields.get("delegated")}
    return Desired(
        scope=SCOPE,
        today=today,
        resources={each.id: each for each in resources},
        renames={new: ((old,),) for new, old in (renames or {}).items()},
        because={},
        blocked={},
        delegated=frozenset(delegated),
        ended=frozenset(),
        suspended=frozenset(),
    )


def plan(desired: Desired, live: Live) -> Plan:
    """Return the plan from the live state to the desired state."""
    changes = order(Delta(live.resources, diff(desired, live).changes), desired.today).changes
    return with_digests(
        Plan(
            reconciler="testing",
            portal="here",
            portal_id=live.portal_id,
            scope=desired.scope,
            created="",
            today=desired.today,
            changes=changes,
        )
    )


async def snapshot(ground: PortalUnderTest) -> Snapshot:
    """Read everything with a new adapter."""
    async with ground.open() as portal:
        return await portal.read(ALL, quiet)


async def read(ground: PortalUnderTest) -> Live:
    """Return the live state that a new adapter reads."""
    return (await snapshot(ground)).live


async def planned(ground: PortalUnderTest, desired: Desired) -> Plan:
    """Read the live state with a new adapter and return the plan."""
    return plan(desired, await read(ground))


async def apply_plan(portal: Portal, made: Plan) -> Receipt:
    """Apply a plan without verifying it."""
    return await apply(made, portal, ExecutorOptions(at_once=_AT_ONCE, now=lambda: NOW, progress=quiet))


async def applied(ground: PortalUnderTest, made: Plan) -> Receipt:
    """Apply a plan with a new adapter and verify it. Raise PlanError if the plan is stale."""
    async with ground.open() as portal:
        verify(made, (await portal.read(ALL, quiet)).live, made.today, portal.capabilities.kinds)
        receipt = await apply_plan(portal, made)
        return await verify_convergence(made, receipt, portal, no_sleep, quiet)


async def apply_with_faults(portal: Portal, line: Faults, desired: Desired) -> Receipt:
    """Plan without faults, and apply with them; late requests arrive before this returns."""
    line.active = False
    made = plan(desired, (await portal.read(ALL, quiet)).live)
    line.active = True
    receipt = await apply_plan(portal, made)
    await line.deliver()
    line.active = False
    return receipt


def require_true(receipt: Receipt, live: Live) -> None:
    """Check that what the receipt says about new objects is so in the portal, which had none of them."""
    reported = {each.id: each.outcome == "applied" for each in receipt.entries if each.outcome != "unknown"}
    real = {each: each in live.resources for each in reported}
    assert real == reported, "the receipt says what is not true"  # noqa: S101  a check of tests


async def write_alone(portal: Portal, change: Change) -> WriteResult:
    """Write one change, as apply does."""
    [result] = await write_batch(portal, [change], SCOPE)
    return result


async def require_applied(portal: Portal, change: Change) -> None:
    """Write one change, and check that it is applied."""
    result = await write_alone(portal, change)
    assert result.outcome == "applied", f"{change.id}: {result.message}"  # noqa: S101  a check of tests


def require_complete(receipt: Receipt) -> None:
    """Check that everything was applied, and that the portal then had what was planned."""
    left = [f"{each.outcome}: {each.action} {each.id}: {each.message}" for each in receipt.entries]
    left = [each for each in left if not each.startswith("applied: ")]
    assert receipt.outcome == "complete", "\n".join([f"the run is {receipt.outcome}", *left])  # noqa: S101  a check of tests
    # Where nothing was written, nothing is read again.
    unlike = [f"{each.id}: {each.message}" for each in receipt.unsettled] or ["it could not be read"]
    assert receipt.converged or not receipt.entries, "\n".join(  # noqa: S101  a check of tests
        ["what was read afterwards is not what was written", *unlike]
    )


async def reach(ground: PortalUnderTest, desired: Desired) -> Receipt:
    """Plan and apply."""
    return await applied(ground, await planned(ground, desired))


def sample(capabilities: Capabilities, apis: Sequence[str], *, second: bool = False) -> list[Resource]:
    """Return resources with all supported kinds and fields; the second sample has different values."""
    found: dict[ResourceId, Resource] = {}
    # A portal without partners has their names in the names of teams.
    optional = {"partner"} - capabilities.kinds
    for resource_id, fields in _sample(capabilities, apis, 1 if second else 0):
        kind = resource_id.partition("/")[0]
        needed = [each for each in parents(resource_id) if each.partition("/")[0] not in optional]
        if kind in capabilities.kinds and all(each in found for each in needed):
            kept = {key: value for key, value in fields.items() if f"{kind}.{key}" in capabilities.fields}
            found[resource_id] = Resource(resource_id, kept, SCOPE if has_owner_label(resource_id) else None)
    return list(found.values())


def fields(resources: Iterable[Resource]) -> dict[ResourceId, Fields]:
    """Return the managed fields by id."""
    return {each.id: each.fields for each in resources if each.kind in KINDS}


def under_new_name(resources: Iterable[Resource], old: ResourceId, new: ResourceId) -> list[Resource]:
    """Return resources after a rename of one of them."""
    return [Resource(renamed(each.id, {old: new}), each.fields, each.owner_label) for each in resources]


def _sample(
    capabilities: Capabilities, apis: Sequence[str], number: int
) -> Iterator[tuple[ResourceId, dict[str, Any]]]:
    called = {"displayName": ("One", "Two")[number]}
    owned = {**called, "owner": ("logistics", "payments")[number]}
    described = {**owned, "description": ("First", "Second")[number]}
    until = {"until": ("2027-01-31", "2027-02-28")[number]}
    yield (
        "partner/acme",
        {
            **owned,
            "type": ("reseller", "contractor")[number],
            "status": ("active", "suspended")[number],
            "domains": (["acme.example"], ["acme.example", "acme.test"])[number],
            "agreement": ("MSA-1", "MSA-2")[number],
            "blocked": (["mallory@acme.example"], ["eve@acme.example"])[number],
        },
    )
    yield "team/acme/ops", {**called, "delegated": bool(number)}
    role = "admin" if capabilities.team_admins else "member"
    yield "membership/acme/ops/ana@acme.example", {"role": role, **until}
    yield "membership/acme/ops/bo@acme.example", {"role": ("member", role)[number], **until}
    yield "api-product/suite", {**described, "visibility": ("restricted", "organization")[number]}
    yield f"product-item/suite/{apis[number]}", {}
    yield "access-group/gold", described
    yield f"access-item/gold/api/{apis[number]}", {}
    yield "access-item/gold/product/suite", {}
    level = {"level": ("view", "consume")[number], "reason": ("Pilot", "Contract")[number], **until}
    yield "grant/gold/team/acme/ops", level
    api_level = {key: value for key, value in level.items() if key != "reason"}
    yield f"api-grant/{apis[number]}/team/acme/ops", api_level
    if capabilities.developer_grants and capabilities.grants_before_account:
        yield "grant/gold/developer/sam@indie.example", level
        yield f"api-grant/{apis[number]}/developer/sam@indie.example", api_level
