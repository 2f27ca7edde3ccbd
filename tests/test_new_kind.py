"""A kind that only the table of kinds knows: diff, order, plan, rules, risks and all renderers handle it."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from reconciler.diff import adoption, diff
from reconciler.errors import PlanError
from reconciler.model.graph.delta import Delta
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.kinds import KINDS, Kind, form
from reconciler.model.plan import Change, Plan, Summary, read_plan
from reconciler.model.portal import Totals
from reconciler.model.receipt import Entry, Receipt, read_receipt, summarize
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.model.risk import Risk
from reconciler.order import order
from reconciler.policy import RuleContext, approvals, judge, risks
from reconciler.render import html, json_format, markdown, text
from tests.builders import partner, repository, team
from tests.render.plans import bare, lines
from tests.states import TODAY, accepted, live, wanted

SCOPE = "our-company"
BUNDLE = {"displayName": "Gold", "owner": "logistics"}
APPLICATION: dict[str, Any] = {"displayName": "Tracker", "quota": 5}


@pytest.fixture(autouse=True)
def new_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add an object in a team, an object of its own, and an item in the latter."""
    for kind in (
        Kind(
            name="application",
            noun="application",
            plural="applications",
            rank=35,
            forms=(form("application/{partner}/{team}/{application}", "team/{partner}/{team}"),),
            fields={"displayName": str, "quota": int},
            headline=("displayName", "quota"),
        ),
        Kind(
            name="bundle",
            noun="API bundle",
            plural="API bundles",
            short="bundle",
            rank=42,
            forms=(form("bundle/{bundle}"),),
            fields={"displayName": str, "owner": str},
            owner_label=True,
            renameable=True,
            section=3,
        ),
        Kind(
            name="bundle-item",
            noun="API in bundle",
            plural="APIs in bundles",
            short="API",
            rank=44,
            forms=(form("bundle-item/{bundle}/{api}", "bundle/{bundle}"),),
        ),
    ):
        monkeypatch.setitem(KINDS, kind.name, kind)


def resource(
    resource_id: ResourceId, fields: dict[str, Any] | None = None, owner_label: str | None = None
) -> Resource:
    return Resource(resource_id, fields or {}, owner_label)


def defined(*resources: Resource, teams: tuple[str, ...] = ("ops",), **others: Any) -> Desired:
    """Return what files define: the partner acme with these teams, and resources of the new kinds."""
    found = wanted(partner("acme", *(team(name) for name in teams)))
    known = {**found.resources, **{each.id: each for each in resources}}
    return msgspec.structs.replace(found, resources=known, **others)


def held(*resources: Resource, teams: tuple[str, ...] = ("ops",)) -> Live:
    """Return a portal that has the partner acme with these teams, and resources of the new kinds."""
    return live(accepted(each) for each in defined(*resources, teams=teams).resources.values())


def planned(desired: Desired, state: Live) -> Plan:
    """Return the plan between two states from the same stages as `reconciler plan`."""
    found = diff(desired, state)
    changes = order(Delta(state.resources, found.changes), TODAY).changes
    totals = Totals(managed_by_kind(state.resources, desired.scope, desired.external))
    context = RuleContext(repository(partner()), TODAY, desired, state, changes, totals=totals)
    findings = (*found.findings, *judge(context))
    counts = Counter(each.action for each in changes)
    summary = Summary(
        create=counts["create"],
        update=counts["update"],
        delete=counts["delete"],
        unchanged=found.unchanged,
        unmanaged=found.unmanaged,
    )
    return bare(
        changes=changes,
        summary=summary,
        findings=findings,
        risks=risks(context, findings),
        approvals=approvals(context),
    )


TRACKER = resource("application/acme/ops/tracker", APPLICATION)
GOLD = resource("bundle/gold", BUNDLE, SCOPE)
RATES = resource("bundle-item/gold/rates-v1")


def created() -> Plan:
    new = resource("application/acme/new/x", APPLICATION)
    return planned(defined(TRACKER, new, GOLD, RATES, teams=("ops", "new")), held())


def deleted() -> Plan:
    old = resource("application/acme/old/x", APPLICATION)
    return planned(defined(), held(TRACKER, old, GOLD, RATES, teams=("ops", "old")))


def updated() -> Plan:
    wider = resource(TRACKER.id, {**APPLICATION, "quota": 7})
    silver = resource("bundle/silver", {**BUNDLE, "owner": "payments"}, SCOPE)
    item = resource("bundle-item/silver/rates-v1")
    renames = {silver.id: ((GOLD.id,),)}
    return planned(defined(wider, silver, item, renames=renames), held(TRACKER, GOLD, RATES))


@pytest.mark.parametrize(
    ("made", "steps"),
    [
        (
            created,
            [
                ("create", "application/acme/new/x", ("team/acme/new",)),
                ("create", "application/acme/ops/tracker", ()),
                ("create", "bundle/gold", ()),
                ("create", "bundle-item/gold/rates-v1", ("bundle/gold",)),
            ],
        ),
        (
            deleted,
            [
                ("delete", "bundle-item/gold/rates-v1", ()),
                ("delete", "bundle/gold", ("bundle-item/gold/rates-v1",)),
                ("delete", "application/acme/old/x", ()),
                ("delete", "application/acme/ops/tracker", ()),
            ],
        ),
        (
            updated,
            [("update", "application/acme/ops/tracker", ()), ("update", "bundle/silver", ())],
        ),
    ],
)
def test_changes_of_a_new_kind_are_found_and_ordered_by_its_parents(
    made: Callable[[], Plan], steps: list[tuple[str, ResourceId, tuple[ResourceId, ...]]]
) -> None:
    changes = [each for each in made().changes if each.kind not in {"team", "membership"}]

    assert [(each.action, each.id, each.needs) for each in changes] == steps


def test_a_team_is_deleted_after_its_objects_of_a_new_kind() -> None:
    *_, last = deleted().changes

    assert (last.id, last.needs) == (
        "team/acme/old",
        ("application/acme/old/x", "membership/acme/old/ana@acme.example"),
    )


def test_objects_of_a_new_kind_of_another_owner_are_left_alone() -> None:
    theirs = resource("bundle/theirs", BUNDLE, "other-company")
    plan = planned(defined(), held(theirs, resource("bundle-item/theirs/rates-v1")))

    assert (plan.changes, plan.summary.unmanaged) == ((), 2)


def test_an_object_of_a_new_kind_can_be_adopted() -> None:
    changes = adoption(defined(GOLD), held(resource(GOLD.id, BUNDLE)), [GOLD.id]).changes

    assert "= bundle  gold  adopted without changes" in text.plan(bare(changes=changes), color=False)
    assert [each.message for each in planned_risks(changes)] == [
        "API bundle `gold` is managed here from now on"
    ]


def planned_risks(changes: tuple[Change, ...]) -> tuple[Risk, ...]:
    return risks(RuleContext(repository(partner()), TODAY, defined(), held(), changes), ())


@pytest.mark.parametrize("made", [created, deleted, updated])
def test_a_plan_with_a_new_kind_is_read_as_it_was_written(made: Callable[[], Plan]) -> None:
    plan = made()

    assert read_plan(json_format.plan(plan).encode()) == plan


@pytest.mark.parametrize(
    ("resource_id", "fields", "message"),
    [
        (
            "application/acme/ops/x",
            {"quota": "five"},
            "'quota' of 'application/acme/ops/x' has an invalid value",
        ),
        ("application/acme/ops/x", {"size": 5}, "'size' of 'application/acme/ops/x' has an invalid value"),
        ("application/acme/x", {}, "'application/acme/x' is not an id of a 'application'"),
    ],
)
def test_a_plan_with_a_new_kind_must_match_its_row(
    resource_id: ResourceId, fields: dict[str, Any], message: str
) -> None:
    plan = bare(changes=(Change(id=resource_id, kind="application", action="create", after=fields),))

    with pytest.raises(PlanError, match=re.escape(message)):
        read_plan(json_format.plan(plan).encode())


def test_the_text_of_a_plan_shows_a_new_kind() -> None:
    assert text.plan(created(), color=False).startswith(
        lines(
            """
            Plan for local (our-company), 2026-11-24

            partner acme  partners/acme.yaml
              + team             new               delegated  :14
                  + admin        ana@acme.example             :16
                  + application  x                 Tracker 5
                team             ops
                  + application  tracker           Tracker 5

            API bundle gold
              + bundle  gold      Gold
              + API     rates-v1
            """
        )
    )


def test_the_text_of_a_plan_shows_updates_of_a_new_kind_with_risks_and_owners() -> None:
    assert text.plan(updated(), color=False) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme
            team             ops
              ~ application  tracker  quota: 5 → 7

        API bundle silver
          ~ bundle  silver  renamed from gold; owner: logistics → payments

        Who gains access
          nobody
        Who loses access
          nobody

        Risks
          medium  Owner changed: bundle `silver` now belongs to `payments` (was `logistics`)
          medium  Setting changed: `quota` of application `acme/ops/tracker` has changed

        Required approvals
          logistics     takes over bundle/gold as bundle/silver
          partnerships  partner/acme
          payments      bundle/silver

        Plan: 0 to create, 2 to update, 0 to delete; 4 unchanged. Nobody gains or loses access.
        """
    )


def test_a_comment_shows_a_new_kind_with_its_removals() -> None:
    comment = markdown.plan(deleted())

    assert (
        lines(
            """
        - 🟢 **Removed**: API bundle `gold` is removed with 1 API
        - 🟢 **Removed**: 1 team, 1 member, 2 applications of `acme` are removed
        """
        )
        in comment
    )
    assert (
        lines(
            """
        ```diff
        @@ partner acme @@
        - team acme/old
        - admin acme/old/ana@acme.example
        - application acme/old/x
        - application acme/ops/tracker
        @@ API bundle gold @@
        - bundle gold
        - API gold/rates-v1
        ```
        """
        )
        in comment
    )


def test_the_page_of_a_plan_shows_a_new_kind() -> None:
    (table,) = re.findall(r'<table class="listed changes">.*?</table>', html.plan(created()), re.DOTALL)
    rows = [re.sub("<[^>]*>", " ", row).split() for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]

    assert [" ".join(row) for row in rows[3:]] == [
        "+ admin new / ana@acme.example partners/acme.yaml:16",
        "+ application new / x Tracker 5",
        "+ application ops / tracker Tracker 5",
        "API bundle gold",
        "+ bundle gold Gold",
        "+ API rates-v1",
    ]


def test_a_receipt_shows_a_new_kind() -> None:
    entries = [
        Entry(GOLD.id, "create", "failed", "409: the name is taken"),
        Entry(TRACKER.id, "create", "applied"),
    ]
    written = Receipt(
        plan="sha256:00",
        portal="local",
        started="2026-11-24T12:00:00Z",
        finished="2026-11-24T12:00:01Z",
        outcome="incomplete",
        summary=summarize(entries),
        entries=tuple(entries),
    )

    assert read_receipt(json_format.receipt(written).encode()) == written
    assert text.receipt(written, color=False) == lines(
        """
        failed  create  bundle/gold  409: the name is taken
        Applied 1, 1 failed.
        """
    )
    assert "`bundle/gold`" in markdown.receipt(written)


def test_the_deletion_of_many_objects_of_a_new_kind_is_denied() -> None:
    many = [resource(f"application/acme/ops/a{number}", APPLICATION) for number in range(6)]
    names = ", ".join(sorted(each.id for each in many))
    limit = "but at most 5 may be (the larger of 5 and 10 %)"

    assert [each.message for each in planned(defined(), held(*many)).findings] == [
        f"6 of 6 managed applications would be deleted, {limit}: {names}",
        f"all 6 managed applications would be deleted: {names}",
    ]
