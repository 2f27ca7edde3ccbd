"""The contract about portals that count their objects, and are read in part."""
# ruff: noqa: S101  a suite of tests asserts

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from reconciler.access import people_with_access
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.ids import kind_of, name_of
from reconciler.model.kinds import parents, person_of, team_of
from reconciler.model.portal import CountedPortal, Totals
from reconciler.model.resource import ResourceId
from reconciler.model.snapshot import Excerpt, Selection, Snapshot
from reconciler.testing.contract.capability_skips import first, need, root, sibling
from reconciler.testing.excerpt import excerpt_of
from reconciler.testing.harness import SCOPE, TODAY, PortalUnderTest, asking, quiet, reach, run, snapshot

_WITH_CONTENT = frozenset({"partner", "team", "access-group", "api-product"})
_OF_A_PARTNER = frozenset({"partner", "team", "membership"})


class ExcerptContract:
    """The contract about excerpts and totals; they are optional."""

    def test_an_excerpt_equals_the_same_part_of_everything(self, ground: PortalUnderTest) -> None:
        """What an excerpt is about is read as it is in a read of everything, and nothing of it is missing."""
        _need_totals(ground)
        run(reach(ground, asking(*first(ground), sibling(root(ground), "other"))))
        whole = run(snapshot(ground))
        for wanted in _excerpts(whole.resources):
            found = run(_read(ground, wanted))
            ids = found.resources.keys()

            assert (found.proof != "", found.problem) == (True, "")
            assert (found.portal_id, found.apis) == (whole.portal_id, whole.apis)
            assert excerpt_of(whole.resources, wanted) <= ids
            assert found.resources == {each: whole.resources[each] for each in ids}
            assert found.native.keys() == ids
            assert found.excerpt or ids == whole.resources.keys()

    def test_an_excerpt_leaves_out_what_does_not_exist(self, ground: PortalUnderTest) -> None:
        """Names without an object and people without access cause no error."""
        _need_totals(ground)
        missing = Excerpt(
            objects=frozenset({"partner/none", "team/none/none"}), people=frozenset({"no@acme.example"})
        )
        found = run(_read(ground, missing))

        assert (found.resources, found.problem) == ({}, "")
        assert sorted(found.apis) == sorted(ground.apis)

    def test_totals_are_those_of_a_read_of_everything(self, ground: PortalUnderTest) -> None:
        """The totals are what is counted in a read of everything, for each label and day."""
        _need_totals(ground)
        run(reach(ground, asking(*first(ground))))
        run(ground.create(sibling(root(ground), "theirs", "another-company")))
        whole = run(snapshot(ground)).resources
        for label in (SCOPE, "another-company", "nobody"):
            for day in (TODAY, "2027-06-01"):
                counted = Totals(dict(managed_by_kind(whole, label, ())), len(people_with_access(whole, day)))
                assert run(_totals(ground, label, (), day)) == counted
            assert run(_totals(ground, label, (), None)) == replace(counted, people=None)

    def test_grants_to_other_configurations_count_only_for_external_partners(
        self, ground: PortalUnderTest
    ) -> None:
        """A grant to a team with another label counts if its partner is named as external."""
        _need_totals(ground)
        ours = first(ground)
        theirs = [each for each in ours if each.kind in _OF_A_PARTNER]
        to_them = [each for each in ours if each.kind not in _OF_A_PARTNER]
        need(can=any(team_of(each.id) for each in to_them), what="grants to teams")
        run(reach(ground, replace(asking(*theirs), scope="another-company")))
        run(reach(ground, asking(*to_them)))
        whole = run(snapshot(ground)).resources
        partner = name_of(parents(theirs[1].id)[0])
        without, with_them = (run(_totals(ground, SCOPE, each, None)).managed for each in ((), (partner,)))

        assert (without, with_them) == (
            managed_by_kind(whole, SCOPE, ()),
            managed_by_kind(whole, SCOPE, (partner,)),
        )
        assert sum(with_them.values()) > sum(without.values())


def _need_totals(ground: PortalUnderTest) -> None:
    async def counts() -> bool:
        async with ground.open() as portal:
            return isinstance(portal, CountedPortal)

    need(can=run(counts()), what="totals")


def _excerpts(ids: Collection[ResourceId]) -> Iterator[Excerpt]:
    """Return an excerpt of each object, of the contents of each, of each person, and of all of them."""
    objects = frozenset(each for each in ids if kind_of(each) in _WITH_CONTENT)
    contents = frozenset(each for each in objects if kind_of(each) in {"access-group", "api-product"})
    people = frozenset(person_of(each) for each in ids if kind_of(each) == "membership")
    yield from (Excerpt(objects=frozenset({each})) for each in sorted(objects))
    yield from (Excerpt(contents=frozenset({each})) for each in sorted(contents))
    yield from (Excerpt(people=frozenset({each})) for each in sorted(people))
    yield Excerpt(objects=objects, contents=contents, people=people)


async def _read(ground: PortalUnderTest, wanted: Excerpt) -> Snapshot:
    async with ground.open() as portal:
        return await portal.read(Selection(owner_label=SCOPE, objects=wanted), quiet)


async def _totals(ground: PortalUnderTest, label: str, external: Collection[str], day: str | None) -> Totals:
    async with ground.open() as portal:
        assert isinstance(portal, CountedPortal)
        found = await portal.totals(label, external, day)
        return replace(found, managed={kind: count for kind, count in found.managed.items() if count})
