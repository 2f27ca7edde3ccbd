from typing import Any

import pytest

from reconciler.model.document import Document
from reconciler.model.resource import Live, OfferedApi
from reconciler.policy import RuleContext, judge
from tests.builders import OWNERS, catalog, configuration, group, partner, product, repository, team
from tests.policy.judging import TODAY, YESTERDAY, judged

RATES = {"name": "rates", "owner": "payments"}


def live(*apis: OfferedApi, problem: str = "") -> Live:
    return Live("6f1c", {}, {api.name: api for api in apis}, problem)


def test_an_api_that_the_portal_does_not_offer_is_reported() -> None:
    offered = live(OfferedApi("labels-v3", "public"), OfferedApi("tracking", "public"))

    assert judged(
        "unknown-api", group(apis=["tracking", "nothing-like-it"]), product(apis=["labels-v2"]), live=offered
    ) == [
        (
            "access-groups/shipping.yaml:9:5",
            'the portal offers no API "labels-v2"',
            'did you mean "labels-v3"?',
        ),
        (
            "access-groups/tracking.yaml:12:5",
            'the portal offers no API "nothing-like-it"',
            "the APIs of the portal: labels-v3, tracking",
        ),
    ]


def test_a_portal_without_apis_or_with_many_has_its_own_advice() -> None:
    many = live(*(OfferedApi(f"api-{number}", "public") for number in range(31)))

    assert [
        [hint for _, _, hint in judged("unknown-api", group(apis=["tracking"]), live=portal)]
        for portal in (live(), many)
    ] == [
        ["the portal offers no APIs; the embedded portal offers all of the catalog"],
        ["use the name of an API in the portal"],
    ]


def test_what_was_read_incompletely_tells_nothing_about_apis() -> None:
    assert judged("unknown-api", group(apis=["t"]), live=live(problem="page 2 did not come")) == []


def test_an_api_of_another_owner_is_reported_in_its_group() -> None:
    known = catalog("tracking", RATES)

    assert judged(
        "foreign-api",
        known,
        group(apis=["tracking", "rates", "new"]),
        product("x", apis=["rates"], owner="payments"),
    ) == [
        (
            "access-groups/tracking.yaml:12:5",
            'API "rates" belongs to payments, not to logistics',
            (
                "make sure that its owner payments agrees, and adds `bundledBy: [logistics]` to it in the"
                " catalog"
            ),
        )
    ]


def foreign(*documents: Document, rates: dict[str, Any] | None = None, **spec: Any) -> list[tuple[str, str]]:
    """Return severity and place of what `foreign-api` finds, with the API `rates` of payments."""
    files = repository(catalog({**RATES, **(rates or {})}), *documents, configured=configuration(**spec))
    return [
        (each.severity.value, f"{each.file}:{each.line}")
        for each in judge(RuleContext(files, TODAY))
        if each.rule == "foreign-api"
    ]


# On GitHub, a plan does not need the approval of payments.
ON_GITHUB = {**OWNERS, "logistics": {**OWNERS["logistics"], "approvers": {"github": ["ana", "bo"]}}}
APPROVERS = {"payments": {**OWNERS["payments"], "approvers": {"gitlab": ["pat", "kim"]}}}


@pytest.mark.parametrize(
    ("rates", "spec", "severity"),
    [
        ({}, {}, "error"),
        ({"visibility": "organization"}, {}, "warning"),
        ({"visibility": "public"}, {}, "warning"),
        ({}, {"owners": {**OWNERS, **APPROVERS}}, "warning"),
        ({}, {"owners": {**OWNERS, **APPROVERS}, "approvals": "report"}, "error"),
        ({}, {"owners": {**OWNERS, **APPROVERS}, "approvals": "off"}, "error"),
        ({}, {"owners": {**ON_GITHUB, **APPROVERS}}, "error"),
        ({}, {"approvals": "enforce"}, "warning"),
        ({}, {"rules": {"foreign-api": "info"}}, "info"),
        ({}, {"rules": {"foreign-api": "off"}}, None),
        ({"bundledBy": ["logistics"]}, {}, None),
        ({"bundledBy": ["partnerships"]}, {}, "error"),
    ],
)
def test_a_restricted_api_of_another_owner_is_an_error_where_that_owner_is_not_asked(
    rates: dict[str, Any], spec: dict[str, Any], severity: str | None
) -> None:
    places = [(severity, "access-groups/tracking.yaml:11")] if severity else []

    assert foreign(group(apis=["rates"]), rates=rates, **spec) == places


def test_an_api_in_a_product_of_another_owner_is_reported_where_the_group_has_the_product() -> None:
    suite = product("suite", apis=["rates"], owner="payments")
    own = product("own", apis=["rates"])

    assert foreign(suite, group(products=["suite"])) == [("error", "access-groups/tracking.yaml:11")]
    assert foreign(suite, group(products=["suite"]), rates={"bundledBy": ["logistics"]}) == []
    assert foreign(own, group(products=["own"])) == [("error", "access-groups/own.yaml:9")]


def test_an_internal_partner_reaches_no_restricted_api_of_another_owner() -> None:
    known = catalog(
        "own",
        RATES,
        {"name": "open", "owner": "payments", "visibility": "public"},
        {"name": "wide", "owner": "payments", "visibility": "organization"},
    )
    inside = partner(
        "inside", team("a", access=["mixed"]), team("b", access=["mixed"]), type="internal", owner="logistics"
    )

    message = (
        'internal partner "inside" can access API "rates", restricted and of another owner than logistics'
    )

    assert judged(
        "internal-isolation",
        known,
        inside,
        partner("reseller", access=["mixed"]),
        group("mixed", apis=["own", "open", "wide"], products=["bundle"]),
        product("bundle", apis=["rates"]),
    ) == [
        (
            "partners/inside.yaml:15:7",
            message,
            'remove access group "mixed", or add an exception to that group',
        )
    ]


def test_isolation_applies_also_to_grants_of_a_groups_owner() -> None:
    inside = partner("inside", team("a"), type="internal", owner="logistics")
    given = group(apis=["rates"], grants=[{"partner": "inside"}])

    assert [place for place, _, _ in judged("internal-isolation", catalog(RATES), inside, given)] == [
        "access-groups/tracking.yaml:13:5"
    ]


def test_access_that_has_ended_reaches_nothing() -> None:
    ended = [{"group": "tracking", "until": YESTERDAY}]
    inside = partner("inside", team("a", access=ended), type="internal", owner="logistics")

    assert judged("internal-isolation", catalog(RATES), inside, group(apis=["rates"])) == []


def test_without_a_catalog_the_portal_tells_what_is_restricted() -> None:
    offered = live(OfferedApi("rates", "restricted", "payments"), OfferedApi("open", "public", "payments"))
    inside = partner("inside", team("a", access=["tracking"]), type="internal", owner="logistics")
    documents = inside, group(apis=["rates", "open"])

    assert judged("internal-isolation", *documents) == []
    assert [place for place, _, _ in judged("internal-isolation", *documents, live=offered)] == [
        "partners/inside.yaml:15:7"
    ]
    assert judged("internal-isolation", *documents, catalog("rates", "open"), live=offered) == []
