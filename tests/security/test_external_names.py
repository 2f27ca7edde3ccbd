"""Attacks by external names: what is changed in the portal is not what the reviewers see."""

import json

import pytest

from tests.cli.commands.test_base import repository
from tests.cli.running import PARTNER, Place
from tests.security.forging import Document, forge

__all__ = ["repository"]

BOLT = PARTNER.replace("acme", "bolt")


def test_a_branch_cannot_call_its_partner_like_another_one(repository: Place) -> None:
    repository.write(
        partners__bolt=BOLT,
        partners__acme=PARTNER.replace("{name: acme}", "{name: acme, externalName: bolt}"),
    )

    ran = repository.run("plan", "--base", "main")

    assert (ran.code, 'partner/acme is called "bolt"' in ran.out + ran.err) == (1, True)


def test_a_branch_cannot_change_an_external_name_without_the_owner(repository: Place) -> None:
    repository.write(partners__acme=PARTNER.replace("{name: acme}", "{name: acme, externalName: Acme}"))

    made = json.loads(repository.run("plan", "--base", "main", "--format", "json").out)

    assert [each["path"] for each in made["fileChanges"]] == ["externalName"]
    assert {each["owner"] for each in made["approvals"]} >= {"partnerships"}


@pytest.mark.parametrize(
    ("names", "has_digest", "message"),
    [
        ({"partner/acme": "bolt"}, False, "its changes do not match its digest"),
        ({"partner/acme": "a\nb"}, True, "this is not a valid plan"),
        ({"membership/a/b/c": "d"}, True, "'membership/a/b/c' cannot have an external name"),
    ],
)
def test_a_forged_plan_cannot_write_to_an_object_of_another_name(
    place: Place,
    names: dict[str, str],
    has_digest: bool,  # noqa: FBT001  a case of the test
    message: str,
) -> None:
    def edit(document: Document) -> None:
        document["externalNames"] = names

    assert place.run("plan", "--out", "plan.json").code == 0
    forge(place, edit, digest=has_digest)

    ran = place.run("apply", "plan.json")

    assert (ran.code, message in ran.err, (place.folder / ".reconciler" / "receipts").exists()) == (
        4,
        True,
        False,
    )


def test_an_approval_covers_the_external_names(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    before = json.loads((place.folder / "plan.json").read_text())["digest"]
    forge(place, lambda document: document.update(externalNames={"partner/acme": "Acme"}))

    assert json.loads((place.folder / "plan.json").read_text())["digest"] != before
