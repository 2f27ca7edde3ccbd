"""A portal that stores less than the files say is planned for, applied to, and then has no changes."""

from reconciler.model.kinds import KINDS
from tests.cli.running import PARTNER, Place
from tests.project.conftest import Shelved

INFORMATION = [
    f"{kind.name}.{field}"
    for kind in KINDS.values()
    for field in kind.fields
    if field in {"displayName", "owner", "agreement", "description", "reason", "type", "domains"}
]
NOTE = "the portal cannot store some information, which is only in git"


def converged(place: Place) -> tuple[int, int, str]:
    """Apply the files; return the exit codes of that and of the next plan, and what this one prints."""
    first = place.run("apply", "--auto-approve")
    second = place.run("plan", "--detailed-exitcode")
    return first.code, second.code, second.out


def test_a_portal_without_information_and_partners_converges(shelved: Shelved) -> None:
    place = shelved("partner", *INFORMATION)
    code, again, out = converged(place)

    assert (code, again, out.count(NOTE), out.count("No changes.")) == (0, 0, 1, 1)


def test_an_object_of_a_kind_that_the_portal_lacks_is_an_error_before_any_write(shelved: Shelved) -> None:
    place = shelved("team_admins")

    ran = place.run("plan")
    assert (ran.code, "partners/acme.yaml:13:16" in ran.out, (place.folder / "shelf.json").exists()) == (
        3,
        True,
        False,
    )
    assert place.run("validate", "--portal", "local").code == 3


def test_renaming_a_partner_keeps_its_teams_in_a_portal_without_partners(shelved: Shelved) -> None:
    assert converged(shelved("partner"))[:2] == (0, 0)
    renamed = PARTNER.replace("{name: acme}", "{name: apex, previously: acme}")

    place = shelved("partner", partner=renamed)
    planned = place.run("plan").out
    code, again, out = converged(place)

    assert ("renamed from acme" in planned, code, again, "No changes." in out) == (True, 0, 0, True)
