"""Each capability of a portal decides something: without it, a plan or a run is another one."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from reconciler.apply import ExecutorOptions, apply
from reconciler.model.cancellation import Stop
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.portal import Capabilities, Lease, Progress, TextLimit
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.policy import RuleContext, judge
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.lease import leased
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult
from tests.builders import catalog, configuration, group, partner, product, repository, team
from tests.states import TODAY, holding, live, snapshot

ANA = {"email": "ana@acme.example", "until": "2027-01-31"}
BEFORE = [
    partner("acme", team("web", access=["tracking", "rates"])),
    partner("bolt", team("ops", "bo@bolt.example")),
    product("old-suite", apis=["labels"]),
    group("tracking", apis=["labels"]),
    group("rates", apis=["rates"]),
]
FILES = [
    catalog("labels", "rates"),
    partner(
        "acme",
        team("web", ANA, access=["tracking"], members=["mo@acme.example"]),
        team("ops", "bo@bolt.example", previously="bolt/ops"),
    ),
    partner("bolt"),
    product("suite", apis=["labels"], metadata={"previously": "old-suite"}),
    group("tracking", apis=["labels"], grants=[{"developer": "sam@indie.example"}]),
    group("rates", apis=["rates"]),
    group("gold", metadata={"externalName": "Tracking"}),
]
SAM = "grant/tracking/developer/sam@indie.example"
MO = "membership/acme/web/mo@acme.example"


class Noting:
    """A portal with these capabilities; it notes what a run asks of it."""

    def __init__(self, can: Capabilities) -> None:
        self.capabilities = can
        self.traffic = Traffic()
        self.noted: list[str] = []

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the portal's signature
        return msgspec.structs.replace(snapshot(live(holding(*BEFORE))), accounts=frozenset())

    def batch_key(self, change: Change) -> str:
        return change.kind

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:  # noqa: ARG002  the portal's signature
        self.noted.append(f"writes {len(batch)} together")
        return [WriteResult("applied") for _ in batch]

    async def resolve(self, change: Change) -> Resolution:
        raise NotImplementedError

    async def take_lease(self, lease: Lease) -> None:
        self.noted.append(f"takes the lease for {lease.owner}")

    async def release_lease(self, lease: Lease) -> None:
        """Do nothing."""


def planned(can: Capabilities) -> list[str]:
    """Return the findings and changes of a plan for such a portal."""
    files = repository(*FILES, configured=configuration(portals={"here": {"type": "noting"}}))
    checked = ValidationResult(files, tuple(judge(RuleContext(files, TODAY))), TODAY)
    options = PlanOptions(portal="here", now=datetime(2026, 11, 24, tzinfo=UTC))
    found = asyncio.run(plan(checked, Noting(can), options, lambda *_: None))
    changes = found.plan.changes if found.plan else ()
    findings = [f"{each.rule}: {each.message}" for each in found.findings]
    return [*findings, *(f"{each.action} {each.id} {each.after}" for each in changes)]


def written(can: Capabilities) -> list[str]:
    """Return what a run under a lease asks of such a portal."""
    changes = [Change(id=f"partner/{each}", kind="partner", action="create", after={}) for each in "ab"]
    made = with_digests(
        Plan(
            reconciler="0.1.0",
            portal="here",
            portal_id="portal-1",
            scope="our-company",
            created=f"{TODAY}T12:00:00Z",
            today=TODAY,
            changes=tuple(changes),
        )
    )
    portal = Noting(can)

    async def run() -> None:
        async with leased(portal, Lease("1", "this run", 60), 0, Stop(), lambda _: None):
            options = ExecutorOptions(
                at_once=2, now=lambda: datetime(2026, 11, 24, tzinfo=UTC), progress=lambda *_: None
            )
            await apply(made, portal, options)

    asyncio.run(run())
    return portal.noted


# Another value of each capability, and what it leads to. A new capability needs a line here.
FLIPPED: dict[str, tuple[Any, str]] = {
    "kinds": (
        CAPABILITIES.kinds - {"access-item"},
        (
            "unsupported: the portal does not support the kind access-item, which "
            "access-item/rates/api/rates requires"
        ),
    ),
    "fields": (
        CAPABILITIES.fields - {"membership.until"},
        (
            "unsupported: the portal does not end access on its last day, which "
            "membership/acme/web/ana@acme.example requires"
        ),
    ),
    "renames": (
        CAPABILITIES.renames - {"api-product"},
        "unsupported: the portal cannot rename an api-product, which api-product/suite requires",
    ),
    "moves": (
        frozenset(),
        "unsupported: the portal cannot move a team to another partner, which team/acme/ops requires",
    ),
    "team_admins": (
        False,
        (
            "unsupported: the portal does not support team admins, which "
            "membership/acme/web/ana@acme.example requires"
        ),
    ),
    "developer_grants": (
        False,
        f"unsupported: the portal does not support grants to single people, which {SAM} requires",
    ),
    "grants_before_account": (
        False,
        (f"unsupported: the portal cannot invite people who have no account, which {SAM} requires"),
    ),
    "invitations": (
        False,
        (f"unsupported: the portal cannot invite people who have no account, which {MO} requires"),
    ),
    "enforces_until": (
        False,
        (
            "unsupported: the portal does not end access on its last day, which "
            "membership/acme/web/ana@acme.example requires"
        ),
    ),
    "owner_labels": (
        False,
        (
            "unsupported: the portal cannot store owner labels, so nothing that is created there could be "
            "managed later"
        ),
    ),
    "preconditions": (
        False,
        "concurrent-writes: in this portal, another user's change can be overwritten while a run writes",
    ),
    "leases": (False, "concurrent-writes: in this portal, two runs can write at the same time"),
    "keys_outlive_grants": (
        True,
        (
            "keys-outlive-access: keys that were issued to ana@acme.example continue to work after they "
            "lose access"
        ),
    ),
    "limits": (
        {"team.name": TextLimit(2)},
        (
            "unsupported: the portal accepts at most 2 characters as name of a team, not 3, which "
            "team/acme/web requires"
        ),
    ),
    "case_insensitive_names": (
        True,
        (
            'unsupported: the portal treats "Tracking" (access-group/gold) and the name of'
            " access-group/tracking as equal"
        ),
    ),
    "batch_size": (2, "writes 2 together"),
}


def test_there_is_a_case_for_each_capability() -> None:
    assert set(FLIPPED) == {field.name for field in msgspec.structs.fields(Capabilities)}


@pytest.mark.parametrize("capability", FLIPPED)
def test_a_capability_decides_about_a_plan_or_a_run(capability: str) -> None:
    value, outcome = FLIPPED[capability]
    can = msgspec.structs.replace(CAPABILITIES, **{capability: value})

    assert outcome not in [*planned(CAPABILITIES), *written(CAPABILITIES)]
    assert outcome in [*planned(can), *written(can)]


def test_only_a_portal_with_leases_is_asked_for_one() -> None:
    without = msgspec.structs.replace(CAPABILITIES, leases=False)

    assert [written(can)[0] for can in (CAPABILITIES, without)] == [
        "takes the lease for this run",
        "writes 1 together",
    ]
