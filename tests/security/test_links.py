"""A branch commits links where the program writes, so that it changes a file elsewhere."""

from pathlib import Path

import pytest

from tests.cli.running import Place

OLA = ["--type", "internal", "--display-name", "Bolt", "--owner", "partnerships", "--team", "web"]
HINT = "Hint: a link in a checkout could lead anywhere: remove it, or use a path without links\n"


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the reviewer's, outside of the checkout, with a file in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "precious").write_text("precious")
    return folder


def held(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in folder.iterdir()]


@pytest.mark.parametrize("place_of_it", ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"])
@pytest.mark.parametrize("check", [(), ("--check",)], ids=["write", "check"])
def test_a_linked_codeowners_is_neither_read_nor_written(
    place: Place, elsewhere: Path, place_of_it: str, check: tuple[str, ...]
) -> None:
    link = place.folder / place_of_it
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere / "precious")
    place.write(
        reconciler=(place.folder / "reconciler.yaml")
        .read_text()
        .replace("{email: p@our-company.example}", '{email: p@our-company.example, github: "@our/p"}')
    )

    ran = place.run("codeowners", *check)

    assert (ran.code, ran.err.splitlines()[-2], held(elsewhere)) == (
        1,
        f"Error: {link} is not used: it is a symbolic link",
        [("precious", "precious")],
    )


def test_a_linked_folder_of_schemas_is_not_written_into(place: Place, elsewhere: Path) -> None:
    (place.folder / "schemas").symlink_to(elsewhere)

    ran = place.run("schema")

    assert (ran.code, ran.err, held(elsewhere)) == (
        1,
        f"Error: schemas/partner.schema.json is not used: {place.folder}/schemas is a symbolic link\n{HINT}",
        [("precious", "precious")],
    )


def test_a_linked_schema_is_not_written_through(place: Place, elsewhere: Path) -> None:
    (place.folder / "schemas").mkdir()
    (place.folder / "schemas" / "partner.schema.json").symlink_to(elsewhere / "precious")

    ran = place.run("schema")

    assert (ran.code, held(elsewhere)) == (1, [("precious", "precious")])


def test_a_linked_file_of_a_partner_is_not_changed_where_it_leads(place: Place, elsewhere: Path) -> None:
    (elsewhere / "precious").write_text((place.folder / "partners" / "acme.yaml").read_text())
    (place.folder / "partners" / "acme.yaml").unlink()
    (place.folder / "partners" / "acme.yaml").symlink_to(elsewhere / "precious")
    before = held(elsewhere)

    ran = place.run("revoke", "acme", "tracking")

    assert (ran.code, held(elsewhere)) == (1, before)


def test_a_new_partner_is_not_written_into_a_linked_folder(place: Place, elsewhere: Path) -> None:
    (place.folder / "partners" / "acme.yaml").unlink()
    (place.folder / "partners").rmdir()
    (place.folder / "partners").symlink_to(elsewhere)

    ran = place.run("new", "partner", "bolt", *OLA, "--admin", "ana@our-company.example")

    assert (ran.code, held(elsewhere)) == (1, [("precious", "precious")])


def test_details_of_an_error_are_not_written_into_a_linked_folder(
    place: Place, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.folder / ".reconciler").symlink_to(elsewhere)
    monkeypatch.setattr("reconciler.workflow.validate.check", lambda *_: 1 / 0)

    ran = place.run("validate")

    assert (ran.code, "unexpected error" in ran.err, held(elsewhere)) == (
        1,
        True,
        [("precious", "precious")],
    )
