from tests.cli.running import Place, Ran


def test_schemas_are_written_and_then_are_what_they_should_be(place: Place) -> None:
    written = place.run("schema")

    assert (written.code, sorted(written.out.split())) == (
        0,
        sorted(path.relative_to(place.folder).as_posix() for path in place.folder.glob("schemas/*")),
    )
    assert place.run("schema", "--check") == Ran(0, "")


def test_a_schema_that_differs_and_one_that_is_missing_are_named(place: Place) -> None:
    place.run("schema", "--into", "elsewhere")
    (place.folder / "elsewhere" / "catalog.schema.json").write_text("{}")
    (place.folder / "elsewhere" / "partner.schema.json").unlink()

    ran = place.run("schema", "--check", "--into", "elsewhere")

    assert (ran.code, ran.out, sorted(ran.err.removeprefix("Error: ").splitlines())) == (
        1,
        "",
        [
            "Hint: write the schemas with `reconciler schema`",
            "elsewhere/catalog.schema.json is not up to date",
            "elsewhere/partner.schema.json does not exist",
        ],
    )


def test_schemas_that_cannot_be_written_are_an_error(place: Place) -> None:
    (place.folder / "taken").touch()

    assert place.run("schema", "--into", "taken") == Ran(
        1, "", "Error: taken/partner.schema.json cannot be written: taken is not a folder\n"
    )
