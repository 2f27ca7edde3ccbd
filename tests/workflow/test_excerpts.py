"""Plans of branches that read only an excerpt of the portal equal those that read everything."""

import asyncio
from collections.abc import Collection, Sequence
from random import Random
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.access import impact, people_with_access
from reconciler.errors import PlanError
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.graph.delta import Delta
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.plan import Coverage, Plan
from reconciler.model.portal import Progress, Totals
from reconciler.model.resource import Live, OfferedApi
from reconciler.model.snapshot import Excerpt, Selection, Snapshot
from reconciler.testing.excerpt import excerpt_of
from reconciler.workflow.plan import Planned, plan
from reconciler.workflow.plan.touched import find_touched
from reconciler.workflow.plan_options import PlanOptions
from tests.builders import catalog, configuration, group, partner, people, product, repository, team
from tests.laws import examples
from tests.states import TODAY, holding, member
from tests.workflow.deciding import NOW, Held, checked, quiet
from tests.workflow.excerpt_worlds import (
    ANA,
    APIS,
    BO,
    CONFIGURATION,
    CY,
    DEE,
    PARTNERS,
    as_in_files,
    edited,
    files,
    is_correct,
    portal,
)


class Counted(Held):
    """A portal that reads excerpts, and nothing that they do not have, and counts."""

    def __init__(self, held: Live) -> None:
        super().__init__(held)
        self.asked: list[Excerpt | str] = []

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        self.asked.append(selection.objects)
        whole = await super().read(selection, progress)
        if selection.objects == "all":
            return whole
        chosen_ids = excerpt_of(self._held.resources, selection.objects)
        part = {each: held for each, held in self._held.resources.items() if each in chosen_ids}
        return msgspec.structs.replace(whole, resources=part, excerpt=True)

    async def totals(self, owner_label: str, external: Collection[str], day: str | None) -> Totals:
        self.asked.append("totals")
        held = self._held.resources
        counted = None if day is None else len(people_with_access(held, day))
        return Totals(managed_by_kind(held, owner_label, external), counted)


def outcome(portal: Held, before: list[Document], after: list[Document]) -> Planned | str:
    """Return the plan of a branch, or why there is none."""
    options = PlanOptions(portal="local", now=NOW)
    try:
        return asyncio.run(plan(checked(before, after), portal, options, quiet))
    except PlanError as error:
        return error.message


def shown(made: Plan) -> dict[str, Any]:
    """Return everything of a plan that is the same whatever part of the portal was compared."""
    found = msgspec.structs.asdict(made)
    for part in ("summary", "drift", "findings", "coverage", "checksum"):
        found.pop(part)
    return found


def new(planned: Planned) -> list[Finding]:
    """Return the findings that the base does not have."""
    return [each for each in planned.findings if not each.in_base]


def require_equal(full: Planned | str, part: Planned | str, held: Live) -> Coverage | None:
    if isinstance(full, str) or isinstance(part, str) or full.plan is None or part.plan is None:
        assert (part if isinstance(part, str) else new(part)) == (
            full if isinstance(full, str) else new(full)
        )
        return None
    expected, made = full.plan, part.plan
    assert shown(made) == shown(expected)
    covered = made.coverage
    if covered is None:
        assert made == expected
        return None
    assert [each for each in expected.findings if not each.in_base or covered.includes(each.id or "")] == [
        *made.findings
    ]
    drifted = [each for each in expected.drift.changes if covered.includes(each.id)]
    assert sorted(made.drift.changes, key=_id) == sorted(drifted, key=_id)
    assert made.drift.access == impact(Delta(held.resources, drifted), TODAY)
    summary = made.summary
    assert msgspec.structs.replace(expected.summary, drift=0, unchanged=0, unmanaged=0) == (
        msgspec.structs.replace(summary, drift=0, unchanged=0, unmanaged=0)
    )
    touched = {
        each.id
        for each in (*filter(lambda each: covered.includes(each.id), made.changes), *drifted)
        if each.action != "create" or each.before is not None
    }
    held_there = sum(map(covered.includes, held.resources))
    assert (summary.drift, summary.unchanged + summary.unmanaged) == (len(drifted), held_there - len(touched))
    return covered


def _id(change: Any) -> str:
    return str(change.id)


def require_law(seed: int) -> None:
    random = Random(seed)  # noqa: S311  any worlds
    base = files(random)
    head = edited(random, base)
    state = portal(random, random.choice((base, edited(random, base))).values())
    before, after = ([CONFIGURATION, *side.values()] for side in (base, head))
    if is_correct(base.values()) and is_correct(head.values()):
        read, held = Counted(state), as_in_files(state, head.values())
        covered = require_equal(outcome(Held(state), before, after), outcome(read, before, after), held)
        assert covered is None or isinstance(read.asked[0], Excerpt)


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_of_an_excerpt_equals_that_of_everything(seed: int) -> None:
    require_law(seed)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(800)
@given(seed=st.integers(0, 10**9))
def test_the_same_in_any_world(seed: int) -> None:
    require_law(seed)


ACME: Final = partner("acme", team("ops", ANA, members=[BO], access=["gold"]), blocked=[CY])
BOLT: Final = partner("bolt", team("web", CY, members=[DEE], access=["gold", "tin"]))
GOLD: Final = group("gold", apis=["labels"], products=["suite"])
TIN: Final = group("tin", apis=["cards"], grants=[{"developer": ANA}])
SUITE: Final = product("suite", apis=["rates"])
FILES: Final = (ACME, BOLT, GOLD, TIN, SUITE)


def branch(*after: Document, before: Sequence[Document] = FILES) -> tuple[Plan, list[Excerpt | str]]:
    """Return the plan of a branch of files that were applied, and what it asked the portal for."""
    apis = {each: OfferedApi(each, "restricted", "logistics") for each in APIS}
    portal = Counted(Live("portal-1", {each.id: each for each in holding(*before)}, apis))
    made = outcome(portal, list(before), list(after))
    assert not isinstance(made, str)
    assert made.plan is not None, made.findings
    return made.plan, portal.asked


def test_a_branch_asks_for_the_partner_that_it_changes_and_the_people_in_it() -> None:
    acme = partner("acme", team("ops", ANA, members=[BO, DEE], access=["gold"]), blocked=[CY])

    made, asked = branch(acme, *FILES[1:])

    assert asked == [
        Excerpt(
            objects=frozenset({"partner/acme"}),
            contents=frozenset({"access-group/gold"}),
            people=frozenset({ANA, BO, DEE}),
        )
    ]
    assert made.coverage == Coverage(partners=("acme",))
    assert [each.id for each in made.changes] == [f"membership/acme/ops/{DEE}"]
    assert (made.summary.unchanged, made.summary.unmanaged) == (5, 0)
    assert made.access.gained == ()  # Dee has the same access by another team, which is read for her


def test_a_group_reads_its_holders_and_a_product_the_groups_with_it() -> None:
    tin = group("tin", apis=["cards", "labels"], grants=[{"developer": ANA}, {"team": "acme/ops"}])

    made, asked = branch(ACME, BOLT, GOLD, tin, SUITE)

    assert asked == [
        Excerpt(
            objects=frozenset({"access-group/tin", "team/acme/ops", "team/bolt/web"}), people=frozenset({ANA})
        )
    ]
    assert made.coverage == Coverage(access_groups=("tin",))
    assert [(each.api, each.team, each.people) for each in made.access.gained] == [
        ("cards", "acme/ops", (BO,)),
    ]

    made, asked = branch(*FILES[:4], product("suite", apis=["rates", "cards"]))

    assert asked == [Excerpt(objects=frozenset({"api-product/suite"}))]
    assert made.coverage == Coverage(products=("suite",))
    assert [(each.api, each.team, each.people) for each in made.access.gained] == [
        ("cards", "acme/ops", (BO,))
    ]


def test_only_removals_ask_for_totals_and_the_guard_uses_them() -> None:
    made, asked = branch(*FILES[1:])

    assert [type(each) for each in asked] == [Excerpt, str]
    [guarded] = [each for each in made.findings if each.rule == "guard-partner-removed"]
    assert guarded.id == "partner/acme"


def test_no_change_reads_no_object() -> None:
    made, asked = branch(*FILES)

    assert asked == [Excerpt()]
    assert (made.coverage, made.changes, made.findings) == (Coverage(), (), ())


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "their-company"},
        {"external": {"partners": ["dune"]}},
        {"unmanagedGrants": "remove"},
        {"portals": {"local": {"type": "embedded", "database": "portal.db"}}},
    ],
)
def test_settings_that_decide_about_all_objects_touch_everything(settings: dict[str, Any]) -> None:
    """They differ where the base branch has moved on, or a branch names a partner as external."""
    base, other = (repository(*FILES, configured=configuration(**each)) for each in ({}, settings))

    assert find_touched(base, other) is None
    assert find_touched(base, repository(*FILES, configured=configuration(rules={"admin-count": "off"})))


def test_files_that_define_nothing_are_read_with_all_objects() -> None:
    portal = Counted(Live("portal-1", {each.id: each for each in holding(TIN)}, {}))

    made = outcome(portal, [TIN], [])

    assert portal.asked == ["all"]
    assert not isinstance(made, str)
    assert [each.rule for each in made.findings] == ["empty-state"]


def test_a_changed_catalog_is_judged_with_all_documents() -> None:
    apis = catalog("labels", "rates", "cards")

    made, asked = branch(*FILES, apis)

    assert (asked, made.coverage) == ([Excerpt()], Coverage())
    assert made.changes == ()


def test_people_lock_touches_the_partners_whose_people_change() -> None:
    given = [
        partner(name, team("ops", ANA, members={"from": "directory", "group": name})) for name in PARTNERS
    ]
    before = people({f"{name}/ops": {"members": [BO]} for name in PARTNERS})
    after = people(
        {**{f"{name}/ops": {"members": [BO]} for name in PARTNERS}, "bolt/ops": {"members": [DEE]}}
    )

    made, asked = branch(*given, after, before=[*given, before])

    assert made.coverage == Coverage(partners=("bolt",))
    assert asked[0] == Excerpt(objects=frozenset({"partner/bolt"}), people=frozenset({ANA, BO, DEE}))


def test_a_former_name_is_read_with_the_object_that_has_it_now() -> None:
    apex = partner("apex", *ACME.data["spec"]["teams"], metadata={"previously": "acme"}, blocked=[CY])

    made, asked = branch(apex, *FILES[1:])

    assert isinstance(asked[0], Excerpt)
    assert asked[0].objects == {"partner/acme", "partner/apex"}
    assert [(each.id, each.renamed_from) for each in made.changes] == [("partner/apex", "partner/acme")]


def test_an_object_that_the_portal_still_calls_as_the_files_do_is_found() -> None:
    held = Live("portal-1", {each.id: each for each in holding(SUITE)}, {})
    suite = product("suite", apis=["rates"], metadata={"externalName": "Suite Ltd"})
    portal = Counted(held)

    full, part = (outcome(each, [SUITE], [suite]) for each in (Held(held), portal))

    assert portal.asked == [Excerpt(objects=frozenset({"api-product/suite", "api-product/Suite Ltd"}))]
    assert not isinstance(full, str)
    assert not isinstance(part, str)
    assert [(each.rule, each.message) for each in part.findings if each.rule == "unsupported"] == [
        ("unsupported", 'api-product/suite is still called "suite" in the portal, not "Suite Ltd"')
    ]
    assert new(part) == new(full)


def test_everything_is_read_where_names_must_differ_by_more_than_case() -> None:
    apex = partner("apex", team("ops", ANA), metadata={"externalName": "ACME"})
    portal = Counted(Live("portal-1", {each.id: each for each in holding(ACME, GOLD, SUITE)}, {}))
    portal.capabilities = msgspec.structs.replace(portal.capabilities, case_insensitive_names=True)

    made = outcome(portal, [ACME, GOLD, SUITE], [ACME, GOLD, SUITE, apex])

    assert portal.asked == ["all"]
    assert not isinstance(made, str)
    message = 'the portal treats "ACME" (partner/apex) and the name of partner/acme as equal'
    assert [each.message for each in new(made) if each.rule == "unsupported"] == [message]


def test_grants_of_files_that_a_branch_leaves_alone_are_not_called_unmanaged() -> None:
    """The team of Bolt is read because Cy is in it, and nobody has adopted either team yet."""
    given, taken = (partner("acme", team("ops", CY, access=each)) for each in (["gold"], []))
    unlabelled = ("partner/acme", "partner/bolt", "team/acme/ops", "team/bolt/web")
    resources = {each.id: each for each in holding(given, *FILES[1:])}
    for each in unlabelled:
        resources[each] = msgspec.structs.replace(resources[each], owner_label=None)
    portal = Counted(Live("portal-1", resources, {}))

    made = outcome(portal, [given, *FILES[1:]], [taken, *FILES[1:]])

    assert not isinstance(made, str)
    assert [each.message for each in new(made) if each.rule == "unmanaged-grant"] == [
        'access group "gold" is granted to 1 team not managed here: acme/ops'
    ]


def test_a_group_with_an_unmanaged_team_is_read_with_all_its_teams() -> None:
    """The branch takes the group from a team that another configuration manages, so that the grant stays."""
    given, taken = (partner("acme", team("ops", ANA, access=each)) for each in (["gold"], []))
    theirs = ("team/acme/ops", "partner/bolt", "team/bolt/web")
    resources = {each.id: each for each in holding(given, *FILES[1:])}
    for each in theirs:
        resources[each] = msgspec.structs.replace(resources[each], owner_label="another")
    portal = Counted(Live("portal-1", resources, {}))

    made = outcome(portal, [given, GOLD, SUITE], [taken, GOLD, SUITE])

    assert [sorted(each.objects) for each in portal.asked if isinstance(each, Excerpt)] == [
        ["partner/acme"],
        ["access-group/gold", "partner/acme"],
    ]
    assert not isinstance(made, str)
    assert [each.message for each in new(made) if each.rule == "unmanaged-grant"] == [
        'access group "gold" is granted to 2 teams not managed here: acme/ops, bolt/web'
    ]


def test_people_of_other_documents_are_not_called_unlisted() -> None:
    held = holding(*FILES)
    delegated = partner("core", team("ops", DEE, members="delegated", access=["gold"]))
    before = [*FILES, delegated]
    apis = {each: OfferedApi(each, "restricted", "logistics") for each in APIS}
    joined = [member(CY, "core/ops"), member("eve@core.example", "core/ops")]
    portal = Counted(Live("p", {each.id: each for each in (*holding(*before), *joined, *held)}, apis))

    made = outcome(
        portal, before, [*FILES, partner("core", team("ops", DEE, members="delegated", access=["tin"]))]
    )

    assert not isinstance(made, str)
    assert made.plan is not None
    assert made.plan.unlisted == ("eve@core.example",)


def test_a_holder_that_only_the_portal_names_is_read_with_its_other_names() -> None:
    core = partner("core", team("ops", DEE), metadata={"previously": "acme"})
    acme = partner("acme", team("ops", ANA, members=[BO], access=["gold"]))
    state = Live("portal-1", {each.id: each for each in holding(core, acme, GOLD, SUITE)}, {})
    before, after = [core, GOLD, SUITE], [core, group("gold", apis=["cards"], products=["suite"]), SUITE]

    read = Counted(state)
    covered = require_equal(outcome(Held(state), before, after), outcome(read, before, after), state)

    assert covered == Coverage(access_groups=("gold",))
    assert [sorted(each.objects) for each in read.asked if isinstance(each, Excerpt)] == [
        ["access-group/gold"],
        ["access-group/gold", "partner/acme", "partner/core"],
    ]


def test_a_partner_that_another_configuration_manages_is_read_without_its_team() -> None:
    """The team was never created, because its partner is not managed here."""
    both, one = (
        group("gold", apis=["labels"], grants=[{"team": each} for each in teams])
        for teams in (["acme/ops", "bolt/web"], ["acme/ops"])
    )
    ops, web = partner("acme", team("ops", ANA)), partner("bolt", team("web", CY))
    held = {each.id: each for each in holding(ops, one)}
    theirs = {each.id: msgspec.structs.replace(each, owner_label="another") for each in holding(web)}
    portal = Counted(Live("portal-1", {**held, "partner/bolt": theirs["partner/bolt"]}, {}))

    made = outcome(portal, [ops, web, one], [ops, web, both])

    assert not isinstance(made, str)
    assert [(each.rule, each.id) for each in new(made)] == [("not-managed", "partner/bolt")]


def test_access_that_a_partner_has_by_another_group_is_not_new() -> None:
    """Without a catalog, the portal says which APIs are restricted. The other group is not applied yet."""
    inside, applied = (
        partner("acme", team("ops", ANA, access=access), type="internal")
        for access in (["gold", "tin"], ["tin"])
    )
    gold, before, after = (
        group(name, apis=apis, offers=[{"type": "internal"}])
        for name, apis in (("gold", ["rates"]), ("tin", ["cards"]), ("tin", ["cards", "rates"]))
    )
    apis = {each: OfferedApi(each, "restricted", "logistics") for each in ("cards", "rates")}
    portal = Counted(Live("portal-1", {each.id: each for each in holding(applied, before)}, apis))

    made = outcome(portal, [inside, gold, before], [inside, gold, after])

    assert not isinstance(made, str)
    assert made.plan is not None
    assert [each.id for each in made.plan.changes] == ["access-item/tin/api/rates"]
    assert new(made) == []
