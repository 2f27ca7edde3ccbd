"""Somebody forges what the digest of a plan does not cover: reasons, order, day, findings, base, portal."""

import json
from collections.abc import Callable

import pytest

from tests.cli.commands.test_base import git, repository
from tests.cli.running import CONFIGURATION, GROUP, PARTNER, Place, Ran
from tests.security.forging import Document, forge

__all__ = ["repository"]

PEOPLE = [f"person{number}@acme.example" for number in range(8)]
LISTED = PARTNER + f"      members: [{', '.join(PEOPLE)}]\n"
ENDING = (
    PARTNER + f"      members: [{', '.join(f'{{email: {each}, until: 2026-12-31}}' for each in PEOPLE)}]\n"
)
STRICT = (
    CONFIGURATION
    + "  guard: {deletions: {count: 3, percent: 10}, peopleLosing: {count: 100, percent: 100}}\n"
)
DENIED = "Error: the guard denies the plan in the current state of the portal; nothing was written:"


def because(reason: str) -> Callable[[Document], None]:
    """Return an edit that gives each removal this reason, and takes out what was found."""

    def edit(document: Document) -> None:
        document["findings"] = []
        document["today"] = "2099-01-01"
        for change in document["changes"]:
            if change["action"] == "delete":
                change["because"] = reason

    return edit


def applied(place: Place, partner: str) -> Place:
    """Apply the files with a partner, under a strict guard."""
    place.write(reconciler=STRICT, partners__acme=partner)
    assert place.run("apply", "--auto-approve").code == 0
    return place


def saved(place: Place, partner: str | None, *arguments: str) -> int:
    """Save the plan that leads to other files of the partner."""
    place.write(partners__acme=partner)
    return place.run("plan", "--out", "plan.json", *arguments).code


def nothing_written(place: Place) -> bool:
    return len(list((place.folder / ".reconciler" / "receipts").iterdir())) == 1


@pytest.mark.parametrize("reason", ["expired", "ended", "suspended"])
@pytest.mark.parametrize("files", [LISTED, ENDING])
def test_a_plan_cannot_say_itself_why_it_takes_so_much_away(place: Place, files: str, reason: str) -> None:
    applied(place, files)
    denied = saved(place, PARTNER + "      members: []\n")
    forge(place, because(reason))

    ran = place.run("apply", "plan.json")

    assert (denied, ran.code, ran.err.splitlines()[0], nothing_written(place)) == (3, 3, DENIED, True)


def test_a_plan_cannot_say_itself_that_a_partner_has_ended(place: Place) -> None:
    applied(place, PARTNER)
    denied = saved(place, None)
    forge(place, because("ended"))

    ran = place.run("apply", "plan.json")

    assert (denied, ran.code, "guard-partner-removed" in ran.err, nothing_written(place)) == (
        3,
        3,
        True,
        True,
    )


def test_a_saved_plan_that_ends_a_partner_is_let_through_by_its_digest(place: Place) -> None:
    applied(place, PARTNER)
    allowed = saved(place, PARTNER.replace("spec:\n", "spec:\n      status: ended\n"))
    digest = json.loads((place.folder / "plan.json").read_text())["digest"]

    denied = place.run("apply", "plan.json")

    why = "a partner or team has ended"
    hint = f"a saved plan cannot prove that {why}: apply the files instead, or add --allow"
    assert (allowed, denied.code, denied.err.splitlines()[-1]) == (0, 3, f"Hint: {hint} {digest}")
    assert place.run("apply", "plan.json", "--allow", digest).code == 0


def test_what_ended_by_its_date_is_taken_away_by_a_saved_plan_however_much_it_is(place: Place) -> None:
    applied(place, ENDING)
    later = ("--today", "2027-01-01")

    assert (saved(place, ENDING, *later), place.run("apply", "plan.json", *later).out) == (0, "Applied 8.\n")


def test_a_suspension_takes_grants_away_by_a_saved_plan_however_many_they_are(place: Place) -> None:
    groups = {
        f"access-groups__g{each}": GROUP.replace("name: tracking}", f"name: g{each}}}") for each in range(5)
    }
    many = PARTNER.replace("[tracking]", "[tracking, g0, g1, g2, g3, g4]")
    applied(place.write(**groups), many)

    planned = saved(place, many.replace("spec:\n", "spec:\n      status: suspended\n"))

    assert (planned, place.run("apply", "plan.json").out) == (0, "Applied 7.\n")


def test_a_plan_cannot_choose_its_order(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    honest = json.loads((place.folder / "plan.json").read_text())["changes"]

    def edit(document: Document) -> None:
        document["changes"].reverse()
        for change in document["changes"]:
            change["needs"] = [] if change["needs"] else [document["changes"][0]["id"]]

    forge(place, edit)
    ran = place.run("apply", "plan.json", "--format", "json")

    entries = json.loads(ran.out)["entries"]
    assert [(each["id"], each["outcome"]) for each in entries] == [(each["id"], "applied") for each in honest]


def test_a_plan_cannot_change_what_another_configuration_owns(place: Place) -> None:
    place.write(reconciler=CONFIGURATION.replace("our-company}", "others}"))
    place.run("apply", "--auto-approve")
    saved(place, LISTED)
    place.write(reconciler=CONFIGURATION)

    theirs = place.run("apply", "plan.json")
    forge(place, lambda document: document.update(scope="our-company"))
    claimed = place.run("apply", "plan.json")

    assert (theirs.code, theirs.err.splitlines()[0]) == (
        4,
        "Error: the plan is for another configuration: others instead of our-company",
    )
    assert (claimed.code, claimed.err.splitlines()[1:3]) == (
        4,
        [
            "  team/acme/ops: does not have this configuration's owner label",
            "Hint: plan again",
        ],
    )


def test_a_receipt_names_the_portal_that_was_chosen(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    forge(place, lambda document: document.update(portal="production"))

    unknown = place.run("apply", "plan.json")
    ran = place.run("apply", "plan.json", "--portal", "local", "--format", "json")

    assert (unknown.code, json.loads(ran.out)["portal"]) == (1, "local")


def test_a_plan_cannot_name_the_configuration_that_governs_it(repository: Place) -> None:
    repository.write(partners__acme=None)
    repository.run("plan", "--base", "main", "--out", "plan.json")
    digest = json.loads((repository.folder / "plan.json").read_text())["digest"]
    repository.write(reconciler=CONFIGURATION + f"  guard: {{allow: ['{digest}']}}\n")
    git(repository.folder, "add", "--all")
    git(repository.folder, "commit", "--quiet", "--message", "Let it through")
    own = git(repository.folder, "rev-parse", "HEAD")

    forge(repository, lambda document: document["source"].update(base=own))
    unnamed = repository.run("apply", "plan.json")
    named = repository.run("apply", "plan.json", "--base", "main")
    forge(repository, lambda document: document["source"].update(base=None))
    forgotten = repository.run("apply", "plan.json", "--base", "main")

    assert unnamed == Ran(
        1,
        "",
        "Error: the plan was made with --base, whose configuration governs what it may change\n"
        "Hint: name the same branch again: `reconciler apply PLAN --base REF`\n",
    )
    assert (named.code, forgotten.code) == (3, 3)
