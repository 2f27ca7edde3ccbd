"""A branch changes what the portal cannot store, so that no change of its plan shows it."""

import json
from typing import Any

from tests.cli.commands.test_base import committed, git
from tests.cli.running import GROUP, PARTNER, Place
from tests.project.conftest import Shelved, shelved

__all__ = ["shelved"]

ENDING = PARTNER.replace("[tracking]", "[{group: tracking, until: 2026-12-31}]")
FALLBACKS = ", fallbacks: {until: daily-run, blocked: each-run, admins: as-members}"
LACKS = ("partner", "access-group.owner", "grant.until", "membership.role")


def branch(shelved: Shelved, main: str, **texts: str | None) -> Place:
    """Apply main with this partner to a portal that stores little, and change files on a branch."""
    place = shelved(*LACKS, more=FALLBACKS, partner=main)
    (place.folder / ".gitignore").write_text(".reconciler\nshelf.json\n")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    committed(place, "Begin")
    assert place.run("apply", "--auto-approve").code == 0
    git(place.folder, "switch", "--quiet", "--create", "topic")
    return place.write(**texts)


def planned(place: Place) -> tuple[list[tuple[str, str, Any, Any]], list[str]]:
    """Return the file changes of the branch's plan, and who has to approve it."""
    made = json.loads(place.run("plan", "--base", "main", "--format", "json").out)
    changes = [(each["about"], each["path"], each["before"], each["after"]) for each in made["fileChanges"]]
    return changes, sorted({each["owner"] for each in made["approvals"]})


def test_a_branch_cannot_take_a_partner_without_its_owner(shelved: Shelved) -> None:
    place = branch(shelved, PARTNER, partners__acme=PARTNER.replace("partnerships", "logistics"))

    assert planned(place) == (
        [("partner/acme", "owner", "partnerships", "logistics")],
        ["logistics", "partnerships"],
    )


def test_a_branch_cannot_extend_access_unseen(shelved: Shelved) -> None:
    grant = "grant/tracking/team/acme/ops"
    longer = branch(shelved, ENDING, partners__acme=ENDING.replace("2026", "2030"))

    assert planned(longer) == ([(grant, "until", "2026-12-31", "2030-12-31")], ["partnerships"])

    endless = longer.write(partners__acme=PARTNER)
    assert planned(endless) == ([(grant, "until", "2026-12-31", None)], ["partnerships"])


def test_a_branch_cannot_unblock_people_unseen(shelved: Shelved) -> None:
    blocking = PARTNER.replace("access:", "blocked: [eve@acme.example]\n      access:")
    place = branch(shelved, blocking, partners__acme=PARTNER)

    assert planned(place) == ([("partner/acme", "blocked", ["eve@acme.example"], None)], ["partnerships"])


def test_a_branch_cannot_make_members_admins_unseen(shelved: Shelved) -> None:
    member = PARTNER.replace("[ana@acme.example]", "[ana@acme.example]\n          members: [bo@acme.example]")
    admin = member.replace("admins: [", "admins: [bo@acme.example, ").replace(
        "members: [bo@acme.example]", "members: []"
    )
    place = branch(shelved, member, partners__acme=admin)

    assert planned(place) == (
        [("membership/acme/ops/bo@acme.example", "role", "member", "admin")],
        ["partnerships"],
    )


def test_a_branch_cannot_remove_a_partner_or_group_without_its_owner(shelved: Shelved) -> None:
    place = branch(shelved, PARTNER, partners__acme=None, **{"access-groups__tracking": None})
    place.write(**{"access-groups__rates": GROUP.replace("tracking}", "rates}")})

    assert planned(place)[1] == ["logistics", "partnerships"]


def test_what_the_portal_stores_is_no_file_change(shelved: Shelved) -> None:
    place = branch(
        shelved,
        PARTNER,
        partners__acme=PARTNER.replace("- name: ops", "- name: ops\n          displayName: Operations"),
    )

    assert planned(place) == ([], ["partnerships"])


def test_a_branch_cannot_choose_a_fallback_for_itself(shelved: Shelved) -> None:
    without = PARTNER.replace("[ana@acme.example]", "[]\n          members: [ana@acme.example]")
    place = shelved("team_admins", partner=without)
    (place.folder / ".gitignore").write_text(".reconciler\nshelf.json\n")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    committed(place, "Begin")
    assert place.run("apply", "--auto-approve").code == 0
    git(place.folder, "switch", "--quiet", "--create", "topic")
    shelved("team_admins", more=", fallbacks: {admins: as-members}", partner=PARTNER)

    assert (place.run("plan", "--base", "main").code, place.run("plan").code) == (3, 0)


def test_a_partner_cannot_be_removed_by_its_file_in_a_portal_without_partners(shelved: Shelved) -> None:
    listed = PARTNER.replace("[ana@acme.example]", "[ana@acme.example]\n          members: []")
    place = branch(shelved, listed, partners__acme=None)
    ran = place.run("plan")

    assert (ran.code, 'partner "acme" still exists in the portal' in ran.out) == (3, True)
    assert place.run("apply", "--auto-approve").code == 3

    place.write(partners__acme=listed.replace("type: reseller", "type: reseller\n      status: ended"))
    assert place.run("apply", "--auto-approve").code == 0


def test_a_partner_with_the_reserved_name_cannot_be_removed_by_its_file(shelved: Shelved) -> None:
    named = PARTNER.replace("{name: acme}", "{name: our-company-developers}")
    place = shelved(partner=named)
    assert place.run("apply", "--auto-approve").code == 0
    place.write(partners__acme=None)

    ran = place.run("plan")

    assert (ran.code, "(ended)" in ran.out, "[guard-partner-removed]" in ran.out) == (3, False, True)
