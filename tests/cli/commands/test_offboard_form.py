"""`offboard --from-form`: the answers of people without git, and all that is wrong with them at once."""

from pathlib import Path

import pytest

from tests.cli.running import PARTNER, Place, Ran
from tests.edit.filled_forms import filled_removal

ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@bolt.example"


@pytest.fixture
def two(place: Place) -> Place:
    """A repository with two partners, each with a team whose members the file lists."""
    acme = PARTNER.replace(f"[{ANA}]", f"[{ANA}]\n          members: [{BO}]")
    bolt = PARTNER.replace("name: acme", "name: bolt").replace("acme.example", "bolt.example")
    return place.write(
        partners__acme=acme,
        partners__bolt=bolt.replace("[ana@bolt.example]", f"[{CY}]\n          members: []"),
    )


def asked(place: Place, output_format: str = "markdown", **answers: str) -> Ran:
    """Run the command with a form with these answers."""
    form = Path(place.folder, "form.md")
    form.write_text(filled_removal(**answers))
    return place.run("offboard", "--from-form", "form.md", "--format", output_format)


def test_people_are_taken_out_of_all_files_and_the_paths_are_printed(two: Place) -> None:
    ran = asked(two, people=f"- Bo@acme.example\n- {CY}")

    assert (ran.code, ran.out) == (0, "partners/acme.yaml\npartners/bolt.yaml\n")
    assert BO not in (two.folder / "partners" / "acme.yaml").read_text()
    assert "Warning: bolt/ops has no admin any more" in ran.err


def test_the_partner_is_only_compared(two: Place) -> None:
    assert asked(two, people=BO, partner="acme").out == "partners/acme.yaml\n"


def test_all_that_is_wrong_is_listed_in_the_words_of_the_form(two: Place) -> None:
    before = (two.folder / "partners" / "acme.yaml").read_text()
    ran = asked(two, people=f"boo@acme.example\n{BO}\nwho@else.example", partner="bolt")

    assert (ran.code, ran.out.splitlines()) == (
        1,
        [
            '- **E-mail addresses:** `"boo@acme.example" is not in any file`  ',
            '  `did you mean "bo@acme.example"?`',
            '- **Partner:** `"bo@acme.example" is not with bolt`  ',
            "  `they are in Partner acme`",
            '- **E-mail addresses:** `"who@else.example" is not in any file`  ',
            "  `check the address`",
        ],
    )
    assert (two.folder / "partners" / "acme.yaml").read_text() == before


def test_in_text_the_problems_are_an_error(two: Place) -> None:
    asked(two, people=BO)
    ran = asked(two, "text", people=f"{BO}\nnobody", partner="acne")

    assert (ran.code, ran.err.splitlines()) == (
        1,
        [
            "Error: no file was changed:",
            'E-mail addresses: "nobody" is not a valid e-mail address; use name@company.example',
            'Partner: "acne" is not a partner; choose one of the list',
            'E-mail addresses: "bo@acme.example" is not in any file; check the address',
        ],
    )


def test_somebody_who_is_blocked_already_is_out(place: Place) -> None:
    place.run("offboard", BO)
    ran = asked(place, people=BO)

    assert (ran.code, ran.out) == (
        1,
        '- **E-mail addresses:** `"bo@acme.example" is already taken out`  \n  `leave out this address`\n',
    )


def test_files_with_errors_are_no_answer_to_the_form(two: Place) -> None:
    two.write(partners__bolt="kind: Partner")
    ran = asked(two, people=BO)

    assert (ran.code, ran.out, "could name the person: partners/bolt.yaml" in ran.err) == (1, "", True)


@pytest.mark.parametrize("arguments", [(), (BO, "--from-form", "form.md")])
def test_either_addresses_or_a_form_are_needed(place: Place, arguments: tuple[str, ...]) -> None:
    ran = place.run("offboard", *arguments)

    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "Error: Give addresses, or a form with --from-form.",
    )
