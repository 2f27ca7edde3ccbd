"""The contract finds adapters that break it, and the check of receipts finds those that lie."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reconciler.errors import PortalError
from reconciler.model.health import Check, CheckedPortal, CheckResult, ok
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, CountedPortal, Lease, Portal, Progress, Totals
from reconciler.model.receipt import Entry, Outcome, Traffic
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.testing.contract import PortalContract
from reconciler.testing.database_state import DatabaseState, Held
from reconciler.testing.embedded import InProcessPortal, embedded
from reconciler.testing.harness import ALL, TODAY, PortalUnderTest, asking, plan
from reconciler.testing.oracle import Record, false_reports, overwritten
from tests.testing.test_contract_of_embedded import EmbeddedUnderTest

# What an adapter takes one state of a membership for.
_STATES = {
    "invites who accepted": ("active", "expired"),
    "invites who declined": ("declined", "expired"),
    "forgets the invited": ("expired", "invited"),
}
_BELIEFS = {
    "believes in each write": Resolution("applied"),
    "believes in no write": Resolution("not applied"),
}
PARTNER = Resource(
    "partner/late",
    {"type": "reseller", "status": "active", "displayName": "Late", "owner": "partnerships"},
    "our-company",
)
Test = Callable[[PortalContract, Any], None]


class Twisted:
    """An adapter in which one thing is not as it should be."""

    def __init__(self, portal: Portal, twist: str) -> None:
        self._portal = portal
        self._twist = twist
        self._failed = asyncio.Event()
        self._teams: set[str] = set()

    @property
    def traffic(self) -> Traffic:
        return self._portal.traffic

    async def take_lease(self, lease: Lease) -> None:
        await self._portal.take_lease(lease)

    async def release_lease(self, lease: Lease) -> None:
        await self._portal.release_lease(lease)

    @property
    def capabilities(self) -> Capabilities:
        can = self._portal.capabilities
        if self._twist == "promises too little":
            return msgspec.structs.replace(can, fields=can.fields - {"team.delegated"})
        if self._twist == "enforces nothing":
            kept = frozenset(each for each in can.fields if not each.endswith(".until"))
            return msgspec.structs.replace(can, fields=kept)
        return can

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        snapshot = await self._portal.read(selection, progress)
        if snapshot.excerpt:
            return self._of_excerpt(snapshot)
        kept = dict(snapshot.resources)
        if self._twist == "reads one page":
            kept = dict(list(kept.items())[:3])
        if self._twist == "hides marks":
            kept = {
                each.id: msgspec.structs.replace(each, owner_label=each.owner_label and "our-company")
                for each in kept.values()
            }
        if self._twist in _STATES:
            was, now = _STATES[self._twist]
            kept = {
                each.id: msgspec.structs.replace(each, state=now if each.state == was else each.state)
                for each in kept.values()
            }
        if self._twist == "forgets ids":
            return msgspec.structs.replace(snapshot, resources=kept, native={})
        if self._twist == "hides apis":
            return msgspec.structs.replace(snapshot, apis={})
        if self._twist == "never proves":
            return msgspec.structs.replace(snapshot, proof="", problem="the portal has no totals")
        if self._twist == "forgets to prove":
            return msgspec.structs.replace(snapshot, proof="")
        native = {each: snapshot.native[each] for each in kept}
        return msgspec.structs.replace(snapshot, resources=kept, native=native)

    def _of_excerpt(self, snapshot: Snapshot) -> Snapshot:
        if self._twist == "takes an excerpt for everything":
            return msgspec.structs.replace(snapshot, excerpt=False)
        if self._twist == "finds what is missing":
            return msgspec.structs.replace(snapshot, resources={PARTNER.id: PARTNER})
        if self._twist == "reads half an excerpt":
            kept = {each: held for each, held in snapshot.resources.items() if held.kind != "grant"}
            return msgspec.structs.replace(
                snapshot, resources=kept, native={each: snapshot.native[each] for each in kept}
            )
        return snapshot

    async def totals(self, owner_label: str, external: Collection[str], day: str | None) -> Totals:
        assert isinstance(self._portal, CountedPortal)
        if self._twist == "counts for one label":
            owner_label = "our-company"
        if self._twist == "counts no external partner":
            external = ()
        return await self._portal.totals(owner_label, external, day)

    def batch_key(self, change: Change) -> str | None:
        if self._twist == "changes keys":
            return str(self._portal.traffic.requests)
        return self._portal.batch_key(change)

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        if self._twist == "does nothing":
            return [WriteResult("applied") for _ in batch]
        if self._twist == "deletes parents" and batch[0].action == "delete":
            return [WriteResult("applied") for _ in batch]
        if self._twist == "decodes addresses":
            batch = [msgspec.structs.replace(each, id=each.id.replace("%41", "a")) for each in batch]
        if self._twist == "overwrites":
            await self._portal.read(ALL, lambda *_: None)
        if self._twist == "fails all after one":
            return await self._until_one_fails(batch, owner_label)
        if self._twist == "loses updates":
            return await self._without_lanes(batch, owner_label)
        results = await self._portal.write(batch, owner_label)
        if self._twist == "counts no requests":
            return [msgspec.structs.replace(result, requests=0) for result in results]
        return results

    async def _until_one_fails(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        """Fail the third partner because the second one failed."""
        if batch[0].id == "partner/three":
            await self._failed.wait()
            return [WriteResult("failed", "an earlier one failed")]
        results = await self._portal.write(batch, owner_label)
        if results[0].outcome == "failed":
            self._failed.set()
        return results

    async def _without_lanes(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        """Lose a membership that is written while another one of its team is."""
        team = batch[0].id.rpartition("/")[0]
        if team in self._teams:
            return [WriteResult("applied")]
        self._teams.add(team)
        await asyncio.sleep(0)
        results = await self._portal.write(batch, owner_label)
        self._teams.remove(team)
        return results

    def checks(self) -> Sequence[Check]:
        own = self._portal.checks() if isinstance(self._portal, CheckedPortal) else ()
        if self._twist == "checks without an account":
            return own[1:]
        return [*own, Check("extra", self._check)]

    async def _check(self) -> CheckResult:
        if self._twist == "fails a check":
            raise PortalError("refused")
        if self._twist == "writes in a check":
            [change] = plan(asking(PARTNER), (await self._portal.read(ALL, lambda *_: None)).live).changes[:1]
            await self._portal.write([change], "our-company")
        return ok("fine")

    async def resolve(self, change: Change) -> Resolution:
        if self._twist in _BELIEFS:
            return _BELIEFS[self._twist]
        return await self._portal.resolve(change)


class TwistedUnderTest(EmbeddedUnderTest):
    """A portal that is not as its adapter says, or an adapter that is not as the portal is."""

    twist = ""

    def __init__(self, portal: InProcessPortal) -> None:
        super().__init__(portal)
        self._reached: Mapping[str, str] | None = None

    async def effective_access(self, address: str, day: str) -> Mapping[str, str]:
        found = await super().effective_access(address, TODAY if self.twist == "knows no days" else day)
        self._reached = self._reached or found
        return self._reached if self.twist == "keeps keys" else found

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        async with super().open() as portal:
            yield Twisted(portal, self.twist)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[TwistedUnderTest]:
    with embedded(str(tmp_path / "portal.db"), EmbeddedUnderTest.apis) as portal:
        yield TwistedUnderTest(portal)


def accepted(contract: PortalContract, ground: PortalUnderTest) -> None:
    contract.test_an_answered_invitation_is_no_difference(ground, accept=True, state="active")


def declined(contract: PortalContract, ground: PortalUnderTest) -> None:
    contract.test_an_answered_invitation_is_no_difference(ground, accept=False, state="declined")


def membership_ends(contract: PortalContract, ground: PortalUnderTest) -> None:
    contract.test_an_end_ends_access_by_itself(ground, "membership/acme/ops/ana@acme.example")


def grant_ends(contract: PortalContract, ground: PortalUnderTest) -> None:
    contract.test_an_end_ends_access_by_itself(ground, "grant/gold/team/acme/ops")


@pytest.mark.parametrize(
    ("twist", "test"),
    [
        ("does nothing", PortalContract.test_what_is_asked_for_is_there_and_a_second_plan_is_empty),
        ("reads one page", PortalContract.test_every_page_is_read),
        ("enforces nothing", PortalContract.test_it_holds_no_more_than_its_capabilities_say),
        ("hides apis", PortalContract.test_a_read_names_the_portal_and_its_apis),
        ("deletes parents", PortalContract.test_a_parent_that_has_children_is_not_taken_away),
        ("decodes addresses", PortalContract.test_an_address_can_have_any_character),
        ("forgets ids", PortalContract.test_the_portals_own_ids_are_reported),
        ("never proves", PortalContract.test_a_read_is_proved_to_be_complete),
        ("hides marks", PortalContract.test_objects_with_another_owner_label_are_unchanged),
        ("overwrites", PortalContract.test_what_was_changed_in_between_is_not_overwritten),
        ("promises too little", PortalContract.test_it_holds_no_more_than_its_capabilities_say),
        ("invites who accepted", accepted),
        ("invites who declined", declined),
        ("forgets the invited", PortalContract.test_an_expired_invitation_is_sent_again_once),
        ("knows no days", membership_ends),
        ("knows no days", grant_ends),
        ("loses updates", PortalContract.test_changes_of_one_object_do_not_overwrite_each_other),
        ("counts no requests", PortalContract.test_each_result_has_its_requests),
        ("fails all after one", PortalContract.test_one_refused_change_does_not_fail_the_others),
        (
            "believes in each write",
            PortalContract.test_a_change_that_was_not_written_is_not_taken_for_applied,
        ),
        (
            "believes in no write",
            PortalContract.test_a_change_that_was_written_is_not_taken_for_not_applied,
        ),
        (
            "changes keys",
            PortalContract.test_the_key_of_a_change_does_not_depend_on_what_was_written,
        ),
        (
            "reads half an excerpt",
            PortalContract.test_an_excerpt_equals_the_same_part_of_everything,
        ),
        (
            "takes an excerpt for everything",
            PortalContract.test_an_excerpt_equals_the_same_part_of_everything,
        ),
        ("finds what is missing", PortalContract.test_an_excerpt_leaves_out_what_does_not_exist),
        ("counts for one label", PortalContract.test_totals_are_those_of_a_read_of_everything),
        (
            "counts no external partner",
            PortalContract.test_grants_to_other_configurations_count_only_for_external_partners,
        ),
        ("fails a check", PortalContract.test_checks_find_nothing_wrong_and_write_nothing),
        ("writes in a check", PortalContract.test_checks_find_nothing_wrong_and_write_nothing),
        ("checks without an account", PortalContract.test_checks_find_nothing_wrong_and_write_nothing),
        ("keeps keys", PortalContract.test_keys_outlive_grants_only_where_the_capabilities_say_so),
    ],
)
def test_an_adapter_that_breaks_the_contract_is_found(
    ground: TwistedUnderTest, twist: str, test: Test
) -> None:
    ground.twist = twist

    # What pytest.raises misses is a failure of its own kind.
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test(PortalContract(), ground)


def test_an_adapter_that_forgets_to_prove_a_read_reads_nothing(ground: TwistedUnderTest) -> None:
    ground.twist = "forgets to prove"

    with pytest.raises(PortalError, match="neither a proof nor a problem"):
        PortalContract().test_a_read_is_proved_to_be_complete(ground)


def partner(name: str, etag: str = "1") -> Held:
    stored = {"id": "par_1", "etag": etag, "name": "acme", "displayName": name, "managedBy": "our-company"}
    return Held("partner/acme", stored)


def record(outcome: Outcome, before: Held, after: Held | None, writes: int = 1, **edited: str) -> Record:
    change = Change(
        id="partner/acme",
        kind="partner",
        action="update",
        before={"displayName": "One"},
        after={"displayName": "Two"},
        precondition="sha256:1",
    )
    now = DatabaseState(
        "", {"par_1": after} if after else {}, Counter(), frozenset(), Counter(par_1=7 + writes)
    )
    return Record(
        [change],
        [Entry("partner/acme", "update", outcome)],
        DatabaseState("", {"par_1": before}, Counter(), frozenset(), Counter(par_1=7)),
        now,
        now,
        "our-company",
        {"par_1": edited} if edited else {},
    )


@pytest.mark.parametrize(
    ("outcome", "after", "writes", "found"),
    [
        ("applied", partner("Two", "2"), 1, 0),
        ("applied", partner("One"), 0, 1),
        ("applied", partner("Two", "2"), 0, 1),
        ("applied", None, 1, 1),
        ("applied", partner("Two", "3"), 2, 1),
        ("failed", partner("One"), 0, 0),
        ("failed", partner("Two", "2"), 1, 1),
        ("skipped", partner("Two", "2"), 1, 1),
        ("unknown", partner("Two", "2"), 1, 0),
        ("unknown", partner("One"), 0, 0),
        ("unknown", partner("Two", "3"), 2, 1),
    ],
)
def test_a_receipt_is_true_or_found_to_lie(
    outcome: Outcome, after: Held | None, writes: int, found: int
) -> None:
    assert len(list(false_reports(record(outcome, partner("One"), after, writes)))) == found


@pytest.mark.parametrize(
    ("outcome", "writes", "found"), [("applied", 0, 1), ("failed", 1, 1), ("failed", 0, 0)]
)
def test_concurrent_changes_do_not_hide_false_reports(outcome: Outcome, writes: int, found: int) -> None:
    made = record(outcome, partner("One"), partner("Theirs", "3"), writes, displayName="Theirs")

    assert len(list(false_reports(made))) == found


@pytest.mark.parametrize(
    ("edited", "after", "found"),
    [
        ("Theirs", partner("Theirs", "2"), 0),
        ("Theirs", partner("Two", "3"), 1),
        ("Theirs", None, 1),
        # Changed back to what the plan was made for.
        ("One", partner("Two", "3"), 0),
    ],
)
def test_overwritten_concurrent_changes_are_detected(edited: str, after: Held | None, found: int) -> None:
    made = record("applied", partner("One"), after, displayName=edited)

    assert len(list(overwritten(made))) == found
