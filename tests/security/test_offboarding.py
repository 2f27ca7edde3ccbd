"""Who leaves stays in under no other spelling, and an address that only looks alike takes nobody out."""

from textwrap import dedent

import pytest

from tests.cli.running import PARTNER as ONE_TEAM
from tests.cli.running import Place

PARTNER = dedent(ONE_TEAM)
# With a Cyrillic o.
ALIKE = "b\u043e@acme.example"
BO = "bo@acme.example"


def with_admins(*admins: str) -> str:
    return PARTNER.replace("[ana@acme.example]", f"[{', '.join(admins)}]")


@pytest.mark.parametrize(
    ("spelled", "given"),
    [
        ("BO@ACME.EXAMPLE", BO),
        (BO, "Bo@Acme.Example"),
        ("bo@xn--mller-kva.example", "bo@M\u00dcLLER.example"),
        ("bo@mu\u0308ller.example", "bo@xn--mller-kva.example"),
        ("ze\u0301@acme.example", "Z\u00c9@acme.example"),
    ],
)
def test_each_spelling_of_an_address_is_the_same_person(place: Place, spelled: str, given: str) -> None:
    place.write(partners__acme=with_admins("ana@acme.example", spelled))

    assert place.run("offboard", given).code == 0
    text = (place.folder / "partners" / "acme.yaml").read_text()
    assert "admins: [ana@acme.example]" in text
    assert place.run("offboard", spelled).out == ""


@pytest.mark.parametrize(("left", "stays"), [(BO, ALIKE), (ALIKE, BO)])
def test_an_address_that_looks_alike_is_another_person_who_is_named(
    place: Place, left: str, stays: str
) -> None:
    place.write(partners__acme=with_admins("ana@acme.example", left, stays))
    ran = place.run("offboard", left)

    text = (place.folder / "partners" / "acme.yaml").read_text()
    assert f"admins: [ana@acme.example, {stays}]" in text
    assert f"the files also have {stays!a}, which looks like {left!a} but is another address." in ran.err


def test_an_address_that_only_looks_like_one_in_the_files_takes_nobody_out(place: Place) -> None:
    before = with_admins("ana@acme.example", BO)
    ran = place.write(partners__acme=before).run("offboard", ALIKE)

    assert (ran.code, "it is not the address that it looks like" in ran.err) == (3, True)
    assert (place.folder / "partners" / "acme.yaml").read_text() == before


@pytest.mark.parametrize(
    "given",
    ["bo\u200b@acme.example", "bo@acme.example\n", "bo@acme.example, x@y.example", "../bo@acme.example"],
)
def test_an_address_with_hidden_or_forbidden_characters_is_refused(place: Place, given: str) -> None:
    before = (place.folder / "partners" / "acme.yaml").read_bytes()

    assert (place.run("offboard", given).code, (place.folder / "partners" / "acme.yaml").read_bytes()) == (
        1,
        before,
    )


def test_a_person_whom_another_partner_blocks_is_taken_out_here_and_stays_blocked_there(place: Place) -> None:
    bolt = PARTNER.replace("name: acme}", "name: bolt}").replace("acme.example", "bolt.example")
    blocking = bolt.replace("  access:", "  blocked: [BO@acme.example]\n  access:")
    place.write(partners__acme=with_admins("ana@acme.example", BO), partners__bolt=blocking)

    assert place.run("offboard", BO).out == "partners/acme.yaml\n"
    assert (place.folder / "partners" / "bolt.yaml").read_text() == blocking
