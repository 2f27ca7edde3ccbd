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
    "names", [{"partner/acme": "bolt"}, {"partner/acme": "a\nb"}, {"membership/a/b/c": "d"}]
)
def test_a_forged_plan_cannot_write_to_an_object_of_another_name(place: Place, names: dict[str, str]) -> None:
    def edit(document: Document) -> None:
        document["externalNames"] = names

    assert place.run("plan", "--out", "plan.json").code == 0
    digest = json.loads((place.folder / "plan.json").read_text())["digest"]
    forge(place, edit)

    ran = place.run("apply", "plan.json", "--approved", digest)

    assert (ran.code, (place.folder / ".reconciler" / "receipts").exists()) == (4, False)
