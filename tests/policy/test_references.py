from typing import Any

import pytest

from reconciler.model.document import KindName
from tests.builders import catalog, configuration, document, group, partner, product, team
from tests.policy.judging import judged

GONE = "remove this entry if the partner no longer exists"
BROKEN_TEAMS = "{kind: Partner, metadata: {name: globex}, spec: {teams: [{name: 5}]}}"


def test_where_everything_exists_nothing_is_found() -> None:
    assert (
        judged(
            "unknown-reference",
            partner("acme", team("a", access=["tracking"]), access=[{"group": "rates"}]),
            group("tracking", apis=["t"], products=["shipping"], offers=[{"partner": "acme"}]),
            group("rates", grants=[{"partner": "acme"}, {"team": "acme/a"}, {"developer": "x@y.example"}]),
            product("shipping", apis=["t"]),
            catalog("t"),
        )
        == []
    )


def test_an_undefined_group_is_reported_with_a_similar_name() -> None:
    acme = partner("acme", team("a", access=[{"group": "gold-reader", "level": "view"}]), access=["silver"])

    assert judged("unknown-reference", acme, group("gold-readers")) == [
        (
            "partners/acme.yaml:11:5",
            'access group "silver" is not defined in any file',
            "the access groups: gold-readers",
        ),
        (
            "partners/acme.yaml:17:14",
            'access group "gold-reader" is not defined in any file',
            'did you mean "gold-readers"?',
        ),
    ]


def test_every_owner_is_defined_in_the_configuration() -> None:
    assert judged(
        "unknown-reference",
        partner("acme", owner="partnership"),
        group("tracking", owner="nobody"),
        product("shipping", owner="nobody"),
        catalog({"name": "t", "owner": "nobody"}),
    ) == [
        (
            "access-groups/shipping.yaml:7:10",
            'owner "nobody" is not defined in the configuration',
            "the owners: logistics, partnerships, payments",
        ),
        (
            "access-groups/tracking.yaml:7:10",
            'owner "nobody" is not defined in the configuration',
            "the owners: logistics, partnerships, payments",
        ),
        (
            "catalog.yaml:7:12",
            'owner "nobody" is not defined in the configuration',
            "the owners: logistics, partnerships, payments",
        ),
        (
            "partners/acme.yaml:8:10",
            'owner "partnership" is not defined in the configuration',
            'did you mean "partnerships"? The owners: logistics, partnerships, payments',
        ),
    ]


def test_of_very_many_names_none_is_listed() -> None:
    groups = [group(f"g{number}") for number in range(31)]

    assert judged("unknown-reference", partner("acme", access=["silver"]), *groups) == [
        ("partners/acme.yaml:11:5", 'access group "silver" is not defined in any file', "")
    ]


def test_products_partners_and_teams_that_groups_name_exist() -> None:
    tracking = document(
        """\
        apiVersion: reconciler/v1
        kind: AccessGroup
        metadata: {name: tracking}
        spec:
          displayName: Tracking
          owner: logistics
          products: [shiping]
          offers:
            - {partner: acm}
          grants:
            - {partner: nobody-at-all}
            - {team: acme/intgration}
            - {team: acmee/integration}
        """,
        "access-groups/tracking.yaml",
    )

    assert judged("unknown-reference", tracking, partner("acme", team()), product("shipping")) == [
        (
            "access-groups/tracking.yaml:7:14",
            'API product "shiping" is not defined in any file',
            'did you mean "shipping"?',
        ),
        (
            "access-groups/tracking.yaml:9:17",
            'partner "acm" is not defined in any file',
            'did you mean "acme"?',
        ),
        ("access-groups/tracking.yaml:11:17", 'partner "nobody-at-all" is not defined in any file', GONE),
        (
            "access-groups/tracking.yaml:12:14",
            'team "acme/intgration" is not defined in any file',
            'did you mean "acme/integration"?',
        ),
        (
            "access-groups/tracking.yaml:13:14",
            'team "acmee/integration" is not defined in any file',
            'its partner is not defined in any file; did you mean "acme"?',
        ),
    ]


def test_apis_are_defined_in_the_catalog_if_there_is_one() -> None:
    documents = group("tracking", apis=["labels-v2"]), product("shipping", apis=["x"])

    assert judged("unknown-reference", *documents) == []
    assert judged("unknown-reference", *documents, catalog("labels-v3")) == [
        (
            "access-groups/shipping.yaml:9:5",
            'API "x" is not defined in the catalog',
            "add it to the catalog if the portal offers it; the embedded portal offers all of the catalog",
        ),
        (
            "access-groups/tracking.yaml:11:5",
            'API "labels-v2" is not defined in the catalog',
            'did you mean "labels-v3"?',
        ),
    ]


@pytest.mark.parametrize(
    ("unreadable", "made"),
    [
        ("AccessGroup", partner("acme", access=["gone"])),
        ("ApiProduct", group(products=["gone"])),
        ("Partner", group(offers=[{"partner": "gone"}], grants=[{"team": "gone/a"}])),
    ],
)
def test_references_into_an_unreadable_file_are_not_reported(unreadable: KindName, made: Any) -> None:
    assert judged("unknown-reference", made, unreadable=frozenset({unreadable})) == []


def test_references_into_an_unreadable_catalog_are_not_reported() -> None:
    assert (
        judged("unknown-reference", catalog("t"), group(apis=["gone"]), unreadable=frozenset({"Catalog"}))
        == []
    )


def test_a_name_that_could_be_read_counts_though_the_schema_is_not_met() -> None:
    broken = document("{kind: Partner, metadata: {name: globex}, spec: {teams: [{name: a}], x: 1}}")

    assert (
        judged("unknown-reference", broken, group(grants=[{"team": "globex/a"}, {"partner": "globex"}])) == []
    )


def test_a_team_is_not_missed_in_a_partner_whose_teams_could_not_be_read() -> None:
    assert judged("unknown-reference", document(BROKEN_TEAMS), group(grants=[{"team": "globex/a"}])) == []


def test_a_document_without_a_readable_name_may_be_the_one_that_is_missed() -> None:
    nameless = document("{kind: AccessGroup, metadata: {name: [x]}, spec: {}}")

    assert judged("unknown-reference", nameless, partner("acme", access=["tracking"])) == []


def test_a_misplaced_configuration_breaks_nothing() -> None:
    misplaced = document("{kind: Configuration, metadata: {name: tracking}, spec: {}}")

    assert len(judged("unknown-reference", misplaced, partner("acme", access=["tracking"]))) == 1


def test_a_document_of_an_unknown_kind_may_be_the_one_that_is_missed() -> None:
    unkind = document("{kind: Grp, metadata: {name: tracking}, spec: {}}")

    assert judged("unknown-reference", unkind, partner("acme", access=["tracking"])) == []


def test_references_are_checked_also_where_the_schema_is_not_met() -> None:
    broken = document("""\
        kind: Partner
        metadata: {name: acme}
        spec:
          owner: nobody
          access: [gone, 5, {group: gone}, {level: view}, Not A Name]
          teams: [5, {access: gone}, {access: [gone]}]
    """)

    assert [place for place, _, _ in judged("unknown-reference", broken)] == [
        "partners/acme.yaml:4:10",
        "partners/acme.yaml:5:12",
        "partners/acme.yaml:5:29",
        "partners/acme.yaml:6:40",
    ]


@pytest.mark.no_cover  # it runs the same lines again and again
def test_thousands_of_undefined_references_are_all_reported() -> None:
    lost = [partner(f"p{number}", owner=f"o{number}") for number in range(200)]
    owners = {f"owner{number}": {"email": "o@our-company.example"} for number in range(1000)}

    assert len(judged("unknown-reference", *lost, configured=configuration(owners=owners))) == 200


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ({"partner": "acme"}, 'it was renamed; use "apex"'),
        ({"team": "acme/web"}, 'it was renamed; use "apex/shop"'),
        ({"team": "acme/ops"}, 'it was renamed; use "apex/ops"'),
        ({"team": "globex/site"}, 'it was renamed; use "apex/site"'),
    ],
)
def test_what_was_renamed_is_named_by_its_new_name(reference: dict[str, str], hint: str) -> None:
    apex = partner(
        "apex",
        team("shop", previously=["web", "store"]),
        team("ops"),
        team("site", previously="globex/site"),
        metadata={"previously": "acme"},
    )
    files = [apex, partner("globex", team("x")), group("gold", grants=[reference])]

    assert [each[2] for each in judged("unknown-reference", *files)] == [hint]


def test_a_group_that_was_renamed_is_named_by_its_new_name() -> None:
    acme = partner("acme", team(), access=["gold"])

    assert [
        each[2]
        for each in judged("unknown-reference", acme, group("premium", metadata={"previously": "gold"}))
    ] == ['it was renamed; use "premium"']
