"""What the client `python-keycloak` reads after an apply, and an estate that it made."""

import json

import pytest

from reconciler.portals.keycloak.schemas import OWNER
from tests.end_to_end.keycloak_company import Company
from tests.portals.keycloak.witness import Facts, Witness

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

LABEL = "halden-freight"


def asked(company: Company) -> Facts:
    """Return what the files ask for: all creations of the plan for an empty realm."""
    ran = company.place.run("plan", "--format", "json")
    assert ran.code in {0, 3}, ran.out + ran.err
    changes = json.loads(ran.out)["changes"]
    assert {change["action"] for change in changes} == {"create"}
    return {change["id"]: change["after"] for change in changes}


def test_another_client_reads_what_the_files_ask_for(company: Company) -> None:
    wanted = asked(company)

    company.apply()

    witness = Witness(company.realm, company.apis)
    assert witness.facts() == wanted
    assert witness.labels(OWNER) == {LABEL}


def test_an_estate_of_another_client_is_adopted_unchanged(company: Company) -> None:
    wanted = asked(company)
    witness = Witness(company.realm, company.apis)
    witness.make(wanted)
    assert witness.facts() == wanted
    company.forget_writes()

    adopted = company.place.run("adopt", "--all-desired", "--auto-approve")

    assert adopted.code == 0, adopted.out + adopted.err
    labelled = {"partner", "team", "api-product", "access-group"}
    assert company.writes() == sum(resource.partition("/")[0] in labelled for resource in wanted)
    assert witness.facts() == wanted
    assert witness.labels(OWNER) == {LABEL}
    company.forget_writes()

    assert company.planned() == []
    assert company.writes() == 0
