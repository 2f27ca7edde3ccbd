import pytest

from reconciler.model.timestamps import days_after
from tests.builders import configuration, group, partner, product, team
from tests.policy.judging import TODAY, YESTERDAY, judged


def exception(until: str) -> dict[str, str]:
    return {"rule": "admin-count", "reason": "many shifts", "until": until}


def test_access_of_contractors_has_an_end_wherever_it_comes_from() -> None:
    hint = "add until to the access or to the partner"

    assert judged(
        "until-missing",
        partner(
            "acme",
            team("a", access=[{"group": "ends", "until": "2027-01-01"}, "stays"]),
            type="contractor",
            access=["all"],
        ),
        group("given", grants=[{"team": "acme/a"}]),
    ) == [
        ("access-groups/given.yaml:11:5", 'contractor "acme" has access group "given" without an end', hint),
        ("partners/acme.yaml:11:5", 'contractor "acme" has access group "all" without an end', hint),
        ("partners/acme.yaml:19:7", 'contractor "acme" has access group "stays" without an end', hint),
    ]


def test_the_end_of_a_contractor_is_the_end_of_all_its_access() -> None:
    acme = partner("acme", team("a", access=["stays"]), type="contractor", until="2027-12-31")

    assert judged("until-missing", acme) == []


def test_access_of_others_needs_no_end() -> None:
    assert judged("until-missing", partner("acme", team("a", access=["stays"]))) == []


def test_grants_to_single_developers_have_an_end() -> None:
    grants = [
        {"developer": "sam@indie.example"},
        {"developer": "kim@indie.example", "until": "2027-03-31"},
    ]

    assert judged("until-missing", group(grants=grants)) == [
        (
            "access-groups/tracking.yaml:11:5",
            'sam@indie.example has access group "tracking" without an end',
            "add until to the grant",
        )
    ]


def test_ends_within_thirty_days_are_reported() -> None:
    hint = "extend it, or let it end"
    acme = partner(
        "acme",
        team(
            "a",
            "ana@acme.example",
            {"email": "bo@acme.example", "until": "2026-12-01"},
            access=[{"group": "own", "until": "2026-12-02"}],
        ),
        until="2026-12-24",
        access=["capped"],
        metadata={"exceptions": [exception("2026-12-03")]},
    )

    assert judged(
        "ending-soon",
        acme,
        group(grants=[{"developer": "sam@indie.example", "until": "2026-11-24"}]),
        product(metadata={"exceptions": [exception("2027-12-03")]}),
    ) == [
        (
            "access-groups/tracking.yaml:12:12",
            'the grant of access group "tracking" to sam@indie.example ends on 2026-11-24',
            hint,
        ),
        ("partners/acme.yaml:8:12", "the exception from admin-count ends on 2026-12-03", hint),
        ("partners/acme.yaml:14:10", 'all access of partner "acme" ends on 2026-12-24', hint),
        (
            "partners/acme.yaml:22:14",
            'membership of bo@acme.example in team "acme/a" ends on 2026-12-01',
            hint,
        ),
        ("partners/acme.yaml:25:14", 'access to group "own" ends on 2026-12-02', hint),
    ]


@pytest.mark.parametrize("until", ["2026-11-23", "2026-12-25"])
def test_past_ends_and_later_ends_are_not_reported(until: str) -> None:
    assert judged("ending-soon", partner("acme", until=until)) == []


@pytest.mark.parametrize(("days", "until"), [(7, "2026-12-01"), (90, "2027-02-22")])
def test_the_configuration_says_how_soon_is_soon(days: int, until: str) -> None:
    configured = configuration(ending_soon_days=days)
    acme, bolt = partner("acme", until=until), partner("bolt", until=days_after(until, 1))

    assert [place for place, _, _ in judged("ending-soon", acme, bolt, configured=configured)] == [
        "partners/acme.yaml:10:10"
    ]


def test_of_an_ended_partner_nothing_ends_soon() -> None:
    assert judged("ending-soon", partner("acme", until="2026-12-01", status="ended")) == []


def test_whatever_has_an_end_that_has_passed_is_named() -> None:
    hint = "remove it, or set a later end"
    acme = partner(
        "acme",
        team(
            "a",
            {"email": "ana@acme.example", "until": YESTERDAY},
            "bo@acme.example",
            access=["stays", {"group": "early", "until": "2025-01-31"}, {"group": "today", "until": TODAY}],
        ),
        access=["all"],
        until=YESTERDAY,
    )
    given = group("given", grants=[{"developer": "sam@indie.example", "until": YESTERDAY}])

    assert judged("already-ended", acme, given) == [
        (
            "access-groups/given.yaml:12:12",
            f'the grant of access group "given" to sam@indie.example ended on {YESTERDAY}',
            hint,
        ),
        ("partners/acme.yaml:12:10", f'all access of partner "acme" ended on {YESTERDAY}', hint),
        (
            "partners/acme.yaml:17:14",
            f'membership of ana@acme.example in team "acme/a" ended on {YESTERDAY}',
            hint,
        ),
        ("partners/acme.yaml:22:14", 'access to group "early" ended on 2025-01-31', hint),
    ]


def test_what_ends_today_or_is_of_an_ended_partner_has_not_ended_by_mistake() -> None:
    ended = partner("bolt", team("a", {"email": "ana@acme.example", "until": YESTERDAY}), status="ended")
    today = partner("acme", team("a", access=[{"group": "today", "until": TODAY}]), until=TODAY)
    excepted = partner("crew", metadata={"exceptions": [exception(YESTERDAY)]})

    assert judged("already-ended", ended, today, excepted) == []
