from typing import Any

import pytest

from tests.builders import configuration, partner, team
from tests.policy.judging import TODAY, YESTERDAY, judged

HINT = "add an admin without an end; only admins can manage the members in the portal"
ANA = "ana@acme.example"


def until(day: str, email: str = ANA) -> dict[str, str]:
    return {"email": email, "until": day}


def without_admins(**fields: str) -> dict[str, Any]:
    return {"name": "ops", "admins": [], **fields}


def test_a_team_without_an_admin_is_named() -> None:
    assert judged("no-admin", partner("acme", team("web"), without_admins())) == [
        ("partners/acme.yaml:15:13", 'team "acme/ops" has no admin', HINT)
    ]


def test_a_team_without_an_admin_has_no_other_finding_about_them() -> None:
    assert judged("no-active-admin", partner("acme", without_admins())) == []


@pytest.mark.parametrize(
    ("admins", "message"),
    [
        ([until(YESTERDAY)], f"has no admin: the last one, {ANA}, ended on {YESTERDAY}"),
        (
            [until("2026-01-31", "bo@acme.example"), until(YESTERDAY)],
            f"has no admin: the last one, {ANA}, ended on {YESTERDAY}",
        ),
        ([until(TODAY)], f"will have no admin after {TODAY}: the last one, {ANA}, ends on that day"),
        (
            [until("2026-12-24")],
            f"will have no admin after 2026-12-24: the last one, {ANA}, ends on that day",
        ),
        (
            [until("2026-12-24"), until("2026-12-01", "bo@acme.example")],
            f"will have no admin after 2026-12-24: the last one, {ANA}, ends on that day",
        ),
    ],
)
def test_a_team_whose_last_admin_ends_soon_or_has_ended_is_named(admins: list[Any], message: str) -> None:
    assert judged("no-active-admin", partner("acme", team("web", *admins))) == [
        ("partners/acme.yaml:13:5", f'team "acme/web" {message}', HINT)
    ]


@pytest.mark.parametrize(
    "admins",
    [
        [until("2026-12-25")],
        [until(YESTERDAY), "bo@acme.example"],
        [until(TODAY), until("2027-01-31", "b@a.cd")],
    ],
)
def test_a_team_with_an_admin_who_stays_longer_is_fine(admins: list[Any]) -> None:
    assert judged("no-active-admin", partner("acme", team("web", *admins))) == []


def test_how_soon_is_configured() -> None:
    acme, later = partner("acme", team("web", until("2026-12-25"))), configuration(ending_soon_days=31)

    assert len(judged("no-active-admin", acme, configured=later)) == 1


def test_teams_that_end_need_no_admin() -> None:
    assert [
        judged(rule, *documents)
        for rule in ("no-admin", "no-active-admin")
        for documents in (
            [partner("acme", without_admins(status="ended"), team("web", until(YESTERDAY), status="ended"))],
            [partner("acme", without_admins(), team("web", until(YESTERDAY)), status="ended")],
        )
    ] == [[], [], [], []]
