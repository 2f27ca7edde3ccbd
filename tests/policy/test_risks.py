"""What a reviewer has to look at, with its rank."""

from typing import Any

import msgspec
import pytest

from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Change
from reconciler.model.resource import Live, OfferedApi, Resource
from reconciler.model.risk import Risk
from reconciler.policy import risks
from tests.builders import catalog, group, partner, product, team
from tests.policy.planning import world
from tests.states import holding, live, member

ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@acme.example"


def found(
    held: list[Resource] | Live, *documents: Document, **inputs: Any
) -> list[tuple[str, str, str, str]]:
    return [told(each) for each in risks(world(held, *documents, **inputs), ())]


def told(risk: Risk) -> tuple[str, str, str, str]:
    return risk.rule, risk.rank, risk.subject, risk.message


def test_a_restricted_api_that_opens_to_people_outside_is_a_high_risk() -> None:
    apis = catalog(
        "secret", {"name": "staff", "visibility": "organization"}, {"name": "all", "visibility": "public"}
    )
    gold = group("gold", apis=["secret", "staff", "all"])
    before = [partner("acme", team("ops", ANA, members=[BO])), gold, apis]
    after = [partner("acme", team("ops", ANA, members=[BO], access=["gold"])), gold, apis]

    judged = risks(world(holding(*before), *after), ())

    assert [(told(each), each.people) for each in judged] == [
        (
            (
                "access-opened",
                "high",
                "api/secret",
                "`secret` (restricted) is now open to 2 people (`acme/ops`)",
            ),
            (ANA, BO),
        ),
        (
            (
                "access-opened",
                "medium",
                "api/staff",
                "`staff` (organization-wide) is now open to 2 people (`acme/ops`)",
            ),
            (ANA, BO),
        ),
    ]


def test_internal_people_do_not_count_as_outside() -> None:
    gold = group("gold", apis=["secret"], offers=[{"type": "internal"}])
    before, after = (
        [partner("acme", team("ops", ANA, access=access), type="internal"), gold] for access in ([], ["gold"])
    )

    assert found(holding(*before), *after) == []


def test_what_the_portal_says_of_an_api_counts_before_the_catalog() -> None:
    gold, apis = group("gold", apis=["rates"]), catalog({"name": "rates", "visibility": "public"})
    before, after = (
        [partner("acme", team("ops", ANA, access=access)), gold, apis] for access in ([], ["gold"])
    )
    state = msgspec.structs.replace(
        live(holding(*before)), apis={"rates": OfferedApi("rates", "restricted", "logistics")}
    )

    assert [each[:3] for each in found(state, *after)] == [("access-opened", "high", "api/rates")]


def test_an_empty_team_and_a_single_person_count_as_outside() -> None:
    held = [
        each
        for each in holding(partner("acme", team("ops", ANA)), group("gold", apis=["a"]))
        if ANA not in each.id
    ]
    after = group(
        "gold", apis=["a"], grants=[{"team": "acme/ops"}, {"developer": "sam@x.example", "level": "view"}]
    )
    changed = [partner("acme", team("ops", ANA)), after]

    assert found(
        [*held, member(ANA, "acme/ops", "admin", state="expired", invited_at="2026-11-23T08:00:00Z")],
        *changed,
    ) == [
        (
            "access-opened",
            "high",
            "api/a",
            "`a` (restricted) is now open to 1 person (`acme/ops`, `sam@x.example`)",
        )
    ]


def test_an_api_of_another_owner_is_a_high_risk_also_in_a_product() -> None:
    apis = catalog("labels", {"name": "cards", "owner": "payments"}, {"name": "loans", "owner": "payments"})
    before = [group("gold"), product("suite", apis=["loans"], owner="payments"), apis]
    after = [group("gold", apis=["labels", "cards"], products=["suite"]), *before[1:]]

    assert found(holding(*before), *after) == [
        (
            "foreign-api",
            "high",
            "access-group/gold",
            "`gold` now contains `cards`, `loans`, which `payments` owns",
        )
    ]


def test_a_lookalike_is_a_high_risk_unless_the_base_has_it_too() -> None:
    one = Finding(rule="lookalike-email", severity=Severity.INFO, message="m", file="a.yaml")
    known = Finding(rule="lookalike-email", severity=Severity.INFO, message="n", file="a.yaml", in_base=True)

    assert [told(each) for each in risks(world(holding(group())), (one, known))][:1] == [
        ("lookalike", "high", "a.yaml", "`m`")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            {"teams": [team("ops", ANA, members=[BO])]},
            {"teams": [team("ops", ANA)]},
            (
                "delegation-begins",
                "high",
                "team/acme/ops",
                "the admins of `acme/ops` may now add people to it themselves",
            ),
        ),
        (
            {"teams": [team("ops", ANA)]},
            {"teams": [team("ops", ANA, members=[])]},
            (
                "delegation-ends",
                "low",
                "team/acme/ops",
                "the admins of `acme/ops` may no longer add people to it",
            ),
        ),
        (
            {"blocked": [BO, CY]},
            {"blocked": [CY]},
            ("unblocked", "medium", "partner/acme", f"`{BO}` may join the teams of `acme` again"),
        ),
        (
            {"blocked": []},
            {"blocked": [BO]},
            ("blocked", "low", "partner/acme", f"`{BO}` may no longer be in any team of `acme`"),
        ),
        (
            {},
            {"owner": "logistics"},
            (
                "new-owner",
                "medium",
                "partner/acme",
                "partner `acme` now belongs to `logistics` (was `partnerships`)",
            ),
        ),
        (
            {},
            {"type": "external"},
            ("new-type", "medium", "partner/acme", "`acme` is now of type `external` (was `reseller`)"),
        ),
        (
            {"status": "suspended"},
            {},
            (
                "resumed",
                "medium",
                "partner/acme",
                "`acme` is no longer suspended: its teams get their access back",
            ),
        ),
        (
            {},
            {"status": "suspended"},
            ("suspended", "low", "partner/acme", "`acme` is suspended: its teams lose their access"),
        ),
        (
            {},
            {"domains": ["x.example", "y.example"]},
            (
                "new-domain",
                "medium",
                "partner/acme",
                "`acme` may now have people with addresses at `x.example`, `y.example`",
            ),
        ),
    ],
)
def test_what_changes_of_a_partner_or_team_has_its_rank(before: Any, after: Any, said: Any) -> None:
    one, other = (partner("acme", *spec.pop("teams", []), **spec) for spec in (dict(before), dict(after)))

    assert found(holding(one), other) == [said]


def test_a_new_owner_of_a_group_and_a_wider_product_are_risks() -> None:
    before = [group("gold"), product("suite")]
    after = [group("gold", owner="payments"), product("suite", visibility="public")]

    assert found(holding(*before), *after) == [
        ("visibility-widened", "high", "api-product/suite", "`suite` is now `public` (was `restricted`)"),
        (
            "new-owner",
            "medium",
            "access-group/gold",
            "group `gold` now belongs to `payments` (was `logistics`)",
        ),
    ]


def test_new_admins_of_one_team_are_named_together() -> None:
    before, after = partner("acme", team("ops", ANA)), partner("acme", team("ops", BO, CY, ANA))

    assert found(holding(before), after) == [
        ("new-admin", "medium", "team/acme/ops", f"`{BO}`, `{CY}` become admins of `acme/ops`")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            {"level": "view"},
            {"level": "consume"},
            ("level-raised", "medium", "`acme/ops` has `gold` with level `consume` (was `view`)"),
        ),
        (
            {"level": "consume"},
            {"level": "view"},
            ("level-lowered", "low", "`acme/ops` has `gold` with level `view` (was `consume`)"),
        ),
        (
            {"until": "2027-01-31"},
            {},
            ("end-moved-out", "medium", "`acme/ops` has `gold` without an end (was until `2027-01-31`)"),
        ),
        (
            {},
            {"until": "2027-01-31"},
            (
                "end-brought-forward",
                "low",
                "`acme/ops` has `gold` until `2027-01-31` (was without an end)",
            ),
        ),
    ],
)
def test_what_changes_of_a_grant_has_its_rank(before: Any, after: Any, said: Any) -> None:
    one, other = (
        [
            partner("acme", team("ops", ANA, members=[BO], access=[{"group": "gold", **each}])),
            group("gold", apis=["a"]),
        ]
        for each in (before, after)
    )

    judged = risks(world(holding(*one), *other), ())

    assert [(each.rule, each.rank, each.message, each.people) for each in judged] == [(*said, (ANA, BO))]


def test_a_level_that_another_group_raises_is_a_risk_of_the_api() -> None:
    groups = [group("gold", apis=["a"]), group("silver", apis=["a"])]
    low = {"group": "gold", "level": "view"}
    before, after = (
        [partner("acme", team("ops", ANA, access=access)), *groups] for access in ([low], [low, "silver"])
    )

    assert found(holding(*before), *after) == [
        (
            "level-raised",
            "medium",
            "api/a",
            "`a` can now be called by 1 person (`acme/ops`), who could only view it before",
        )
    ]


def test_more_than_ten_people_who_gain_access_are_many() -> None:
    people = [f"p{each}@acme.example" for each in range(10)]
    gold, apis = group("gold", apis=["a"]), catalog({"name": "a", "visibility": "public"})
    before, after = (
        [partner("acme", team("ops", ANA, members=people, access=access)), gold, apis]
        for access in ([], ["gold"])
    )

    assert found(holding(*before), *after) == [("many-people", "medium", "access", "11 people gain access")]


def test_what_takes_away_is_low_and_counted_by_what_it_belongs_to() -> None:
    gold = group("gold", apis=["a"])
    ends = {"group": "gold", "until": "2026-11-23"}
    before = [partner("acme", team("ops", ANA, members=[BO, CY], access=["gold"])), gold]
    held = holding(partner("bolt", team("x", "d@b.example", access=[{**ends, "until": "2026-11-24"}])), gold)
    after = [
        partner("acme", team("ops", ANA, members=[])),
        partner("bolt", team("x", "d@b.example", access=[ends])),
        gold,
    ]

    assert [
        (each.rule, each.rank, each.subject, each.message, each.people)
        for each in risks(world([*holding(*before), *held], *after), ())
    ] == [
        ("removed", "low", "partner/acme", "2 members, 1 grant of `acme` are removed", (ANA, BO, CY)),
        ("expired", "low", "partner/bolt", "1 grant of `bolt` has ended", ("d@b.example",)),
    ]


def test_what_is_removed_as_a_whole_is_named_with_what_it_contains() -> None:
    acme = partner("acme", team("ops", ANA, members=[BO], access=["gold"]))
    gold, suite = group("gold", apis=["a"], products=["suite"]), product("suite", apis=["b", "c"])
    empty = group("empty")

    assert [
        [each.message for each in risks(world(holding(acme, gold, suite, empty), *after), ())]
        for after in (
            [gold, suite, empty],
            [acme, group("gold"), suite],
            [acme, group("gold", apis=["a"]), empty],
        )
    ] == [
        ["partner `acme` is removed with 1 team, 2 members, 1 grant"],
        ["access group `empty` is removed", "1 API, 1 product of `gold` are removed"],
        ["1 product of `gold` is removed", "API product `suite` is removed with 2 APIs"],
    ]


def test_a_team_that_moves_to_another_partner_is_taken_over() -> None:
    files = [partner("acme", team("ops", ANA)), partner("bolt")]
    moved = Change(
        id="team/bolt/ops", kind="team", action="update", renamed_from="team/acme/ops", before={}, after={}
    )
    judged = msgspec.structs.replace(world(holding(*files), *files), changes=(moved,))

    assert [(told(each), each.people) for each in risks(judged, ())] == [
        (
            (
                "taken-over",
                "medium",
                "team/bolt/ops",
                "team `acme/ops` becomes `bolt/ops` and keeps its people",
            ),
            (ANA,),
        )
    ]


def test_the_order_is_by_rank_then_rule_then_subject() -> None:
    gold = group("gold", apis=["b", "a"])
    after = [partner("acme", team("ops", ANA, access=["gold"]), domains=["acme.example"]), gold]

    assert [each[:3] for each in found([*holding(gold), *holding(group("old"))], *after)] == [
        ("access-opened", "high", "api/a"),
        ("access-opened", "high", "api/b"),
        ("new-admin", "medium", "team/acme/ops"),
        ("new-domain", "medium", "partner/acme"),
        ("removed", "low", "access-group/old"),
    ]
