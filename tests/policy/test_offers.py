from typing import Any

import pytest

from reconciler.model.document import Document
from tests.builders import configuration, group, partner, team
from tests.policy.judging import YESTERDAY, judged

ASK = (
    "ask its owner logistics (logistics@our-company.example) to add this under offers in"
    " access-groups/tracking.yaml: - {partner: acme, level: consume}"
)


def takes(access: Any = "tracking", **spec: Any) -> Document:
    return partner("acme", team("a", access=[access]), **spec)


def test_missing_offers_are_reported_with_the_owner_and_the_line_to_add() -> None:
    assert judged("grant-not-offered", takes(), group(offers=[{"partner": "globex"}])) == [
        (
            "partners/acme.yaml:15:7",
            'access group "tracking" is not offered to partner "acme" (reseller)',
            ASK,
        )
    ]


@pytest.mark.parametrize("offer", [{"type": "reseller"}, {"partner": "acme"}])
@pytest.mark.parametrize("access", ["tracking", {"group": "tracking", "level": "view"}])
def test_an_offer_to_the_partner_or_its_type_is_consent(offer: dict[str, Any], access: Any) -> None:
    assert judged("grant-not-offered", takes(access), group(offers=[offer])) == []


def test_an_offer_to_view_does_not_allow_consume() -> None:
    assert judged("grant-not-offered", takes(), group(offers=[{"type": "reseller", "level": "view"}])) == [
        (
            "partners/acme.yaml:15:7",
            'access group "tracking" is offered to partner "acme" (reseller) with level view, not consume',
            f"use level: view, or {ASK}",
        )
    ]


def test_access_without_an_end_fits_no_offer_for_some_days() -> None:
    message = (
        'access group "tracking" is offered to partner "acme" (reseller) for at most 30 days from today,'
        " but this access has no end"
    )

    assert judged("grant-not-offered", takes(), group(offers=[{"type": "reseller", "maxDays": 30}])) == [
        ("partners/acme.yaml:15:7", message, f"set until to 2026-12-24 or earlier, or {ASK}")
    ]


@pytest.mark.parametrize(("until", "fits"), [("2026-12-24", True), ("2026-12-25", False)])
def test_an_end_lies_at_most_so_many_days_from_today(until: str, fits: bool) -> None:  # noqa: FBT001  an example
    offered = group(offers=[{"type": "reseller", "maxDays": 30}])

    assert (judged("grant-not-offered", takes({"group": "tracking", "until": until}), offered) == []) is fits


def test_the_end_of_the_partner_caps_what_is_asked_for() -> None:
    acme = takes({"group": "tracking", "until": "2099-12-31"}, until="2026-12-24")

    assert judged("grant-not-offered", acme, group(offers=[{"type": "reseller", "maxDays": 30}])) == []


def test_offers_do_not_restrict_one_another() -> None:
    offers = [{"type": "reseller", "level": "view"}, {"partner": "acme", "maxDays": 1}, {"type": "reseller"}]

    assert judged("grant-not-offered", takes(), group(offers=offers)) == []


def test_access_fits_one_offer_whole() -> None:
    offers = [{"type": "reseller", "level": "view"}, {"partner": "acme", "maxDays": 30}]

    assert len(judged("grant-not-offered", takes(), group(offers=offers))) == 1


def test_what_has_ended_needs_no_offer() -> None:
    nobody = group(offers=[])

    assert judged("grant-not-offered", takes({"group": "tracking", "until": YESTERDAY}), nobody) == []
    assert judged("grant-not-offered", takes(status="ended"), nobody) == []


def test_an_offer_to_one_partner_is_none_to_another_of_its_type() -> None:
    globex = partner("globex", access=["tracking"])

    assert [
        place
        for place, _, _ in judged("grant-not-offered", takes(), globex, group(offers=[{"partner": "acme"}]))
    ] == ["partners/globex.yaml:11:5"]


def test_what_the_owner_grants_needs_no_offer() -> None:
    assert judged("grant-not-offered", takes("other"), group(offers=[], grants=[{"team": "acme/a"}])) == []


def test_consent_cannot_be_configured_or_excepted_away() -> None:
    exception = {"rule": "grant-not-offered", "reason": "please", "until": "2027-01-01"}
    acme = partner("acme", access=["tracking"], metadata={"exceptions": [exception]})

    assert len(judged("grant-not-offered", acme, group(offers=[]), configured=configuration())) == 1


def test_an_offer_that_no_partner_uses_is_reported() -> None:
    offers = [{"type": "reseller"}, {"type": "external"}, {"partner": "acme"}, {"partner": "globex"}]

    assert judged("unused-offer", takes(), partner("globex"), group(offers=offers)) == [
        (
            "access-groups/tracking.yaml:10:5",
            'no partner uses the offer of access group "tracking" to type external',
            "remove the offer if it is not needed",
        ),
        (
            "access-groups/tracking.yaml:12:5",
            'no partner uses the offer of access group "tracking" to partner "globex"',
            "remove the offer if it is not needed",
        ),
    ]


def test_a_group_that_nobody_uses_is_reported() -> None:
    assert judged(
        "unused-group",
        takes(),
        group("tracking"),
        group("idle"),
        group("given", grants=[{"partner": "acme"}]),
    ) == [("access-groups/idle.yaml:4:9", 'nobody uses access group "idle"', "delete it if it is not needed")]
