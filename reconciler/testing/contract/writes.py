"""The contract about writes: what travels together, results, and changes whose response was lost."""
# ruff: noqa: S101  a suite of tests asserts

from typing import Final

from reconciler.model.ids import encoded
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Resource
from reconciler.testing.contract.capability_skips import capabilities, first, need, root, sibling
from reconciler.testing.harness import (
    ALL,
    PortalUnderTest,
    apply_plan,
    asking,
    fields,
    plan,
    planned,
    quiet,
    reach,
    read,
    require_applied,
    require_complete,
    run,
)

_MEMBERS: Final = 12
_UNUSUAL: Final = ("o'neil+web", "a?b#c", "a%41b", "a%25b", "50%&half=1")


class WriteContract:
    """The contract about the writes of all portals."""

    def test_changes_of_one_object_do_not_overwrite_each_other(self, ground: PortalUnderTest) -> None:
        """Many memberships of one team, written as apply does, are all there afterwards."""
        need(can="membership" in capabilities(ground).kinds, what="memberships")
        run(reach(ground, asking(*first(ground))))
        [member] = [each for each in first(ground) if each.id == "membership/acme/ops/bo@acme.example"]
        more = [
            Resource(f"membership/acme/ops/p{number}@acme.example", member.fields)
            for number in range(_MEMBERS)
        ]
        wanted = asking(*first(ground), *more)
        receipt = run(reach(ground, wanted))

        require_complete(receipt)
        assert fields(run(read(ground)).resources.values()) == fields(wanted.resources.values())

    def test_an_address_can_have_any_character(self, ground: PortalUnderTest) -> None:
        """Characters with a meaning in URLs reach the portal as they are, or are refused."""
        need(can="membership" in capabilities(ground).kinds, what="memberships")
        run(reach(ground, asking(*first(ground))))
        [member] = [each for each in first(ground) if each.id == "membership/acme/ops/bo@acme.example"]
        people = [encoded(f"{each}@acme.example") for each in _UNUSUAL]
        more = [Resource(f"membership/acme/ops/{person}", member.fields) for person in people]
        receipt = run(reach(ground, asking(*first(ground), *more)))
        refused = {entry.id for entry in receipt.entries if entry.outcome == "failed"}
        accepted = [each for each in (*first(ground), *more) if each.id not in refused]

        assert fields(run(read(ground)).resources.values()) == fields(accepted)
        require_complete(run(reach(ground, asking(*first(ground)))))
        assert fields(run(read(ground)).resources.values()) == fields(first(ground))

    def test_each_result_has_its_requests(self, ground: PortalUnderTest) -> None:
        """The result of each applied change says how often it was sent."""
        receipt = run(reach(ground, asking(*first(ground))))

        assert [entry.id for entry in receipt.entries if entry.attempts < 1] == []

    def test_one_refused_change_does_not_fail_the_others(self, ground: PortalUnderTest) -> None:
        """If another user has created one of several new objects, the others are created nevertheless."""
        several = [sibling(root(ground), name) for name in ("one", "two", "three")]
        taken = sibling(root(ground), "two", None)
        wanted = asking(*several)
        made = run(planned(ground, wanted))

        async def late() -> Receipt:
            async with ground.open() as portal:
                await portal.read(ALL, quiet)
                await ground.create(taken)
                return await apply_plan(portal, made)

        receipt = run(late())
        assert [(entry.id, entry.outcome) for entry in receipt.entries] == [
            (change.id, "failed" if change.id == taken.id else "applied") for change in made.changes
        ]

    def test_a_change_that_was_not_written_is_not_taken_for_applied(self, ground: PortalUnderTest) -> None:
        """A change that was never sent is `not applied` or `unknown`."""
        parent = root(ground)

        async def unsent() -> str:
            async with ground.open() as portal:
                [change] = plan(asking(parent), (await portal.read(ALL, quiet)).live).changes
                return (await portal.resolve(change)).outcome

        assert run(unsent()) != "applied"

    def test_a_change_that_was_written_is_not_taken_for_not_applied(self, ground: PortalUnderTest) -> None:
        """A change that was applied is `applied` or `unknown`, whatever it is."""
        run(reach(ground, asking(*first(ground))))
        made = run(planned(ground, asking()))

        async def sent() -> dict[str, str]:
            outcomes: dict[str, str] = {}
            async with ground.open() as portal:
                await portal.read(ALL, quiet)
                for change in made.changes:
                    await require_applied(portal, change)
                    outcomes[change.id] = (await portal.resolve(change)).outcome
            return outcomes

        assert [each for each, outcome in run(sent()).items() if outcome == "not applied"] == []

    def test_the_key_of_a_change_does_not_depend_on_what_was_written(self, ground: PortalUnderTest) -> None:
        """A change has the same batch key before and after the changes that it needs."""
        made = run(planned(ground, asking(*first(ground))))

        async def keys() -> tuple[list[str | None], list[str | None]]:
            async with ground.open() as portal:
                await portal.read(ALL, quiet)
                before = [portal.batch_key(change) for change in made.changes]
                await apply_plan(portal, made)
                return before, [portal.batch_key(change) for change in made.changes]

        before, after = run(keys())
        assert before == after
