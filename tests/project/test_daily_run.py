"""Where the portal stores no ends, the daily run removes what has expired by the files."""

import json

import pytest

from tests.cli.running import GROUP, PARTNER, Place
from tests.project.conftest import Shelved
from tests.security.forging import Document, forge

LAST, AFTER = "2026-11-30", "2026-12-01"
FALLBACK = ", fallbacks: {until: daily-run}"
STRICT = "  guard: {deletions: {count: 0, percent: 0}, peopleLosing: {count: 0, percent: 0}}\n"
ENDING = PARTNER.replace("access: [tracking]", f"access: [{{group: tracking, until: {LAST}}}]")
MEMBER = PARTNER + f"      members: [{{email: bo@acme.example, until: {LAST}}}]\n"
API_GRANTS = ("grant", "access-group", "access-item", "api-product", "product-item", "api-grant.until")


def strict(place: Place) -> Place:
    """Apply the files, and set a guard that lets nothing be removed."""
    assert place.run("apply", "--auto-approve").code == 0
    path = place.folder / "reconciler.yaml"
    path.write_text(path.read_text() + STRICT)
    return place


def stored(place: Place) -> dict[str, Document]:
    found: dict[str, Document] = json.loads((place.folder / "shelf.json").read_text())
    return found


def daily(place: Place, today: str) -> int:
    return place.run("apply", "--only-expired", "--auto-approve", "--today", today).code


@pytest.mark.parametrize(
    ("lacks", "partner", "expired"),
    [
        (("grant.until",), ENDING, "grant/tracking/team/acme/ops"),
        (("membership.until",), MEMBER, "membership/acme/ops/bo@acme.example"),
        (API_GRANTS, ENDING, "api-grant/tracking-v2/team/acme/ops"),
    ],
)
def test_what_has_expired_is_removed_the_day_after_and_nothing_else(
    shelved: Shelved, lacks: tuple[str, ...], partner: str, expired: str
) -> None:
    place = strict(shelved(*lacks, more=FALLBACK, partner=partner))
    before = stored(place)

    assert (daily(place, LAST), stored(place)) == (0, before)
    assert (daily(place, AFTER), before.keys() - stored(place).keys()) == (0, {expired})


def test_a_level_that_has_expired_becomes_the_one_that_remains(shelved: Shelved) -> None:
    both = f"{GROUP.rstrip()}\n    ---\n" + GROUP.replace("{name: tracking}", "{name: basic}")
    partner = ENDING.replace("}]", "}, {group: basic, level: view}]")
    place = strict(shelved(*API_GRANTS, more=FALLBACK, partner=partner, group=both))
    grant = "api-grant/tracking-v2/team/acme/ops"

    levels = [(daily(place, day), stored(place)[grant]["fields"]["level"]) for day in (LAST, AFTER)]

    assert levels == [(0, "consume"), (0, "view")]


def test_in_a_saved_plan_it_counts_for_the_guard(shelved: Shelved) -> None:
    place = strict(shelved("grant.until", more=FALLBACK, partner=ENDING))
    before = stored(place)
    place.run("plan", "--out", "plan.json", "--today", AFTER)
    forge(place, lambda document: document.update(findings=[]))
    digest = json.loads((place.folder / "plan.json").read_text())["digest"]

    ran = place.run("apply", "plan.json", "--today", AFTER)

    assert (ran.code, stored(place)) == (3, before)
    assert ran.err.splitlines()[1].startswith("  guard-deletions: 1 of 1 managed grant would be deleted")
    assert ran.err.splitlines()[-1] == (
        "Hint: a saved plan cannot prove that access has expired: apply the files instead,"
        f" or add --allow {digest}"
    )
    assert place.run("apply", "plan.json", "--today", AFTER, "--allow", digest).code == 0


def test_a_plan_cannot_say_itself_that_access_has_expired(shelved: Shelved) -> None:
    place = strict(shelved("grant.until", more=FALLBACK))
    before = stored(place)
    place.write(partners__acme=PARTNER.replace("access: [tracking]", "access: []"))
    denied = place.run("plan", "--out", "plan.json").code

    def claim(document: Document) -> None:
        document["findings"] = []
        document["changes"][0]["because"] = "expired"

    forge(place, claim)
    ran = place.run("apply", "plan.json")

    assert (denied, ran.code, "guard-deletions" in ran.err, stored(place)) == (3, 3, True, before)
