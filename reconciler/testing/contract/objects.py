"""The contract about objects: exactly the planned objects are created, updated, renamed and deleted."""
# ruff: noqa: S101  a suite of tests asserts

from copy import deepcopy

import pytest

from reconciler.errors import PlanError
from reconciler.model.kinds import KINDS, has_owner_label, parents
from reconciler.model.plan import Change
from reconciler.model.portal import Lease, LeaseHeldError
from reconciler.model.resource import Resource, fingerprint
from reconciler.testing.contract.capability_skips import capabilities, first, need, root, second, sibling
from reconciler.testing.harness import (
    ALL,
    SCOPE,
    PortalUnderTest,
    applied,
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
    snapshot,
    under_new_name,
    write_alone,
)

_ANA = "ana@acme.example"


class ObjectContract:
    """The contract about the objects of all portals."""

    def test_what_is_asked_for_is_there_and_a_second_plan_is_empty(self, ground: PortalUnderTest) -> None:
        """After apply, the portal has the desired state, and the next plan is empty."""
        wanted = first(ground)
        receipt = run(reach(ground, asking(*wanted)))
        held = run(read(ground))

        require_complete(receipt)
        assert fields(held.resources.values()) == fields(wanted)
        assert run(planned(ground, asking(*wanted))).changes == ()

    def test_every_field_can_be_changed(self, ground: PortalUnderTest) -> None:
        """All fields of the capabilities can be stored, read, changed and removed."""
        run(reach(ground, asking(*first(ground))))
        receipt = run(reach(ground, asking(*second(ground))))

        require_complete(receipt)
        assert fields(run(read(ground)).resources.values()) == fields(second(ground))

    def test_a_field_that_is_left_out_is_taken_away(self, ground: PortalUnderTest) -> None:
        """A last day, a reason and a description are removed if they are no longer desired."""
        run(reach(ground, asking(*first(ground))))
        optional = {"until", "reason", "description", "agreement", "domains", "blocked"}
        bare = [
            Resource(
                each.id, {key: each.fields[key] for key in each.fields.keys() - optional}, each.owner_label
            )
            for each in first(ground)
        ]
        run(reach(ground, asking(*bare)))

        assert fields(run(read(ground)).resources.values()) == fields(bare)

    def test_it_holds_no_more_than_its_capabilities_say(self, ground: PortalUnderTest) -> None:
        """Reads return only kinds and fields of the capabilities."""
        can = capabilities(ground)
        run(reach(ground, asking(*first(ground))))
        held = run(read(ground)).resources.values()
        known = {f"{kind.name}.{field}" for kind in KINDS.values() for field in kind.fields}

        assert can.kinds <= KINDS.keys()
        ends = {field for field in can.fields if field.endswith(".until")}
        assert ends or not can.enforces_until, "a portal that stores no last day cannot enforce it"
        assert can.fields <= known
        assert {each.kind for each in held} <= can.kinds
        assert {f"{each.kind}.{field}" for each in held for field in each.fields} <= can.fields

    def test_a_plan_that_no_longer_fits_is_refused(self, ground: PortalUnderTest) -> None:
        """Nothing is written if the portal has changed since the plan was made."""
        run(reach(ground, asking(*first(ground))))
        made = run(planned(ground, asking(*second(ground))))
        updated = [each.id for each in made.changes if each.action == "update" and has_owner_label(each.id)]
        need(can=bool(updated), what="fields of objects with owner labels")
        run(ground.edit(root(ground).id if root(ground).id in updated else updated[0]))

        with pytest.raises(PlanError):
            run(applied(ground, made))

    def test_what_was_changed_in_between_is_not_overwritten(self, ground: PortalUnderTest) -> None:
        """A change between the last read and the write is kept, and the write fails."""
        need(can=capabilities(ground).preconditions, what="preconditions")
        run(reach(ground, asking(*first(ground))))
        wanted, name = asking(*second(ground)), root(ground).id

        async def late() -> tuple[Resource, Resource]:
            async with ground.open() as portal:
                changes = plan(wanted, (await portal.read(ALL, quiet)).live).changes
                [change] = [each for each in changes if each.id == name]
                await ground.edit(name)
                edited = (await read(ground)).resources[name]
                assert (await write_alone(portal, change)).outcome == "failed"
            return edited, (await read(ground)).resources[name]

        edited, now = run(late())
        assert now == edited

    def test_what_exists_by_now_is_not_made_twice(self, ground: PortalUnderTest) -> None:
        """A creation fails if another user has created the object in the meantime, which stays unchanged."""
        parent = root(ground)

        async def late() -> Resource:
            async with ground.open() as portal:
                [change] = plan(asking(parent), (await portal.read(ALL, quiet)).live).changes
                await ground.create(Resource(parent.id, parent.fields))
                assert (await write_alone(portal, change)).outcome == "failed"
            return (await read(ground)).resources[parent.id]

        assert run(late()).owner_label is None

    def test_children_go_before_their_parents(self, ground: PortalUnderTest) -> None:
        """Everything can be deleted in one run."""
        run(reach(ground, asking(*first(ground))))
        receipt = run(reach(ground, asking()))

        require_complete(receipt)
        assert run(read(ground)).resources == {}

    def test_a_parent_that_has_children_is_not_taken_away(self, ground: PortalUnderTest) -> None:
        """Neither the portal nor the adapter cascades: only planned objects are deleted."""
        run(reach(ground, asking(*first(ground))))
        held = run(read(ground)).resources
        containing = {parent for each in held for parent in parents(each)[:1] if parent in held}

        async def take_away() -> dict[str, str]:
            async with ground.open() as portal:
                await portal.read(ALL, quiet)
                return {
                    each: (await write_alone(portal, _deletion(held[each]))).outcome
                    for each in sorted(containing)
                }

        assert run(take_away()) == dict.fromkeys(sorted(containing), "failed")
        assert run(read(ground)).resources == held

    def test_a_read_is_proved_to_be_complete(self, ground: PortalUnderTest) -> None:
        """Without faults, a read of everything has a proof of completeness and no problem."""
        empty = run(snapshot(ground))

        assert (empty.proof != "", empty.problem) == (True, "")
        run(reach(ground, asking(*first(ground))))
        filled = run(snapshot(ground))
        assert (filled.proof != "", filled.problem) == (True, "")

    def test_a_read_names_the_portal_and_its_apis(self, ground: PortalUnderTest) -> None:
        """Each read returns the same id of the portal, and the APIs that it offers."""
        one, other = run(snapshot(ground)), run(snapshot(ground))

        assert one.portal_id
        assert one.portal_id == other.portal_id
        assert sorted(one.apis) == sorted(ground.apis)

    def test_the_portals_own_ids_are_reported(self, ground: PortalUnderTest) -> None:
        """Each resource has an id of the portal; two resources of a kind never have the same."""
        run(reach(ground, asking(*first(ground))))
        found = run(snapshot(ground))

        assert found.native.keys() == found.resources.keys()
        ids = {(each.kind, found.native[each.id].id) for each in found.resources.values()}
        assert len(ids) == len(found.resources)

    def test_every_page_is_read(self, ground: PortalUnderTest) -> None:
        """Lists with several pages are read completely."""
        many = [sibling(root(ground), f"p{number}") for number in range(ground.page * 2 + 1)]
        run(reach(ground, asking(*many)))
        held = run(read(ground))

        assert held.complete
        assert fields(held.resources.values()) == fields(many)

    def test_objects_with_another_owner_label_are_unchanged(self, ground: PortalUnderTest) -> None:
        """Unmanaged objects are recognized and not changed."""
        need(can=capabilities(ground).owner_labels, what="owner labels")
        theirs, without = (
            sibling(root(ground), "theirs", "another-company"),
            sibling(root(ground), "without", None),
        )
        run(ground.create(theirs))
        run(ground.create(without))
        before = run(read(ground)).resources
        wanted = Resource(theirs.id, {**theirs.fields, "displayName": "Ours"}, SCOPE)
        run(reach(ground, asking(wanted, *first(ground))))
        run(reach(ground, asking(wanted)))

        assert {each.id: each.owner_label for each in before.values()} == {
            theirs.id: "another-company",
            without.id: None,
        }
        assert run(read(ground)).resources == before

    def test_adoption_writes_the_owner_label_only(self, ground: PortalUnderTest) -> None:
        """Adopting an object changes only its owner label."""
        need(can=capabilities(ground).owner_labels, what="owner labels")
        parent = root(ground)
        run(ground.create(Resource(parent.id, parent.fields)))
        held = run(read(ground)).resources[parent.id]
        adoption = Change(
            id=held.id,
            kind=held.kind,
            action="adopt",
            before=held.fields,
            after=held.fields,
            precondition=fingerprint(held),
        )

        async def adopt() -> None:
            async with ground.open() as portal:
                await portal.read(ALL, quiet)
                await require_applied(portal, adoption)

        run(adopt())
        assert run(read(ground)).resources == {parent.id: parent}

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("partner/acme", "partner/apex"),
            ("team/acme/ops", "team/acme/platform"),
            ("api-product/suite", "api-product/bundle"),
            ("access-group/gold", "access-group/silver"),
        ],
    )
    def test_a_rename_keeps_what_is_below(self, ground: PortalUnderTest, old: str, new: str) -> None:
        """A rename is one update, without changes of children and without mails."""
        kind = old.partition("/")[0]
        can = capabilities(ground)
        need(can=kind in can.renames & can.kinds, what=f"renames of the kind {kind}")
        run(reach(ground, asking(*first(ground))))
        sent = run(ground.mail_count(_ANA))
        wanted = under_new_name(first(ground), old, new)
        made = run(planned(ground, asking(*wanted, renames={new: old})))
        run(applied(ground, made))

        assert [(each.action, each.id, each.renamed_from) for each in made.changes] == [("update", new, old)]
        assert fields(run(read(ground)).resources.values()) == fields(wanted)
        assert run(ground.mail_count(_ANA)) == sent

    def test_a_team_that_moves_to_another_partner_keeps_what_is_below(self, ground: PortalUnderTest) -> None:
        """A move of a team is one update, even if its partner is deleted, without mails."""
        can = capabilities(ground)
        need(can="team" in can.moves and "partner" in can.kinds, what="a team in another partner")
        run(reach(ground, asking(*first(ground))))
        sent = run(ground.mail_count(_ANA))
        old, new = "team/acme/ops", "team/apex/platform"
        moved = under_new_name(first(ground), old, new)
        partner = next(each for each in moved if each.id == "partner/acme")
        wanted = [each for each in moved if each is not partner]
        wanted.append(Resource("partner/apex", partner.fields, partner.owner_label))
        made = run(planned(ground, asking(*wanted, renames={new: old})))
        run(applied(ground, made))

        assert [(each.action, each.id, each.renamed_from) for each in made.changes] == [
            ("create", "partner/apex", None),
            ("update", new, old),
            ("delete", "partner/acme", None),
        ]
        assert fields(run(read(ground)).resources.values()) == fields(wanted)
        assert run(ground.mail_count(_ANA)) == sent

    def test_what_we_do_not_know_survives_an_update(self, ground: PortalUnderTest) -> None:
        """An update writes only managed fields."""
        run(reach(ground, asking(*first(ground))))
        known = [each.id for each in first(ground) if each.id in fields(second(ground))]
        before = {each: deepcopy(run(ground.unmanaged_fields(each))) for each in known}
        need(can=any(before.values()), what="other fields")
        run(reach(ground, asking(*second(ground))))

        assert {each: run(ground.unmanaged_fields(each)) for each in known} == before

    def test_one_run_at_a_time_holds_the_lease(self, ground: PortalUnderTest) -> None:
        """The holder of the lease can acquire it again; others must wait until it is released."""
        need(can=capabilities(ground).leases, what="a lease")
        ours, theirs = Lease("a", "us", 60), Lease("b", "them", 60)

        async def take() -> None:
            async with ground.open() as one, ground.open() as other:
                await one.take_lease(ours)
                await one.take_lease(ours)
                with pytest.raises(LeaseHeldError, match="us"):
                    await other.take_lease(theirs)
                await other.release_lease(theirs)
                with pytest.raises(LeaseHeldError):
                    await other.take_lease(theirs)
                await one.release_lease(ours)
                await other.take_lease(theirs)

        run(take())

    def test_requests_are_counted(self, ground: PortalUnderTest) -> None:
        """The adapter counts its requests."""

        async def count() -> tuple[int, int]:
            async with ground.open() as portal:
                before = portal.traffic.requests
                await portal.read(ALL, quiet)
                return before, portal.traffic.requests

        before, after = run(count())
        assert (before, after > 0) == (0, True)


def _deletion(held: Resource) -> Change:
    """Return the deletion of an object as it is."""
    return Change(
        id=held.id, kind=held.kind, action="delete", before=held.fields, precondition=fingerprint(held)
    )
