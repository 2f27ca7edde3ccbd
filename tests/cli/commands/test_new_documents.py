"""New teams, access groups and API products."""

from tests.cli.running import CONFIGURATION, TODAY, Place, Ran, on_terminal


def new(place: Place, *arguments: str) -> Ran:
    return place.run("new", *arguments, "--today", TODAY)


def held(place: Place, name: str) -> list[str]:
    return (place.folder / name).read_text().splitlines()


def test_a_team_is_added_to_the_file_of_its_partner(place: Place) -> None:
    before = held(place, "partners/acme.yaml")

    ran = new(
        place,
        *("team", "acme/web", "--admin", "bo@acme.example", "--member", "cy@acme.example"),
        *("--display-name", "Web: team"),
    )

    assert (ran.code, ran.out) == (0, "partners/acme.yaml\n")
    assert held(place, "partners/acme.yaml") == [
        *before,
        "    - name: web",
        '      displayName: "Web: team"',
        "      admins: [bo@acme.example]",
        "      members: [cy@acme.example]",
    ]


def test_a_team_of_a_name_that_is_there_is_not_added(place: Place) -> None:
    assert new(place, "team", "acme/ops", "--admin", "bo@acme.example") == Ran(
        1, "", 'Error: team "acme/ops" already exists\nHint: it is defined in partners/acme.yaml\n'
    )


def test_all_that_is_wrong_with_a_team_is_reported(place: Place) -> None:
    ran = new(place, "team", "acme/Web", "--admin", "bo", "--access", "Gold")

    assert ran == Ran(
        1,
        "",
        "Error: no file was changed:\n"
        'NAME: "Web" is not a valid short name; use lower-case letters, digits and hyphens: web\n'
        '--admin: "bo" is not a valid e-mail address; use name@company.example\n'
        '--access: "Gold" is not a valid short name; use lower-case letters, digits and hyphens: gold\n',
    )


def test_what_the_rules_deny_is_not_written(place: Place) -> None:
    ran = new(place, "team", "acme/web", "--admin", "bo@else.example")

    assert (ran.code, ran.out, "else.example is not a domain" in ran.err) == (3, "", True)


def test_a_group_and_a_product_have_a_file_of_their_own(place: Place) -> None:
    place.write(reconciler=CONFIGURATION.replace("[AccessGroup]", "[AccessGroup, ApiProduct]"))
    given = ("--display-name", "Freight", "--owner", "logistics", "--api", "tracking-v2")

    product = new(place, "product", "suite", *given, "--visibility", "organization")
    group = new(
        place, "access-group", "rates", *given, "--product", "suite", "--offer", "reseller:view",
        "--offer", "acme",
    )  # fmt: skip

    assert (product.out, group.out) == ("access-groups/suite.yaml\n", "access-groups/rates.yaml\n")
    assert held(place, "access-groups/suite.yaml")[1:] == [
        "apiVersion: reconciler/v1",
        "kind: ApiProduct",
        "metadata: {name: suite}",
        "spec:",
        "  displayName: Freight",
        "  owner: logistics",
        "  apis: [tracking-v2]",
        "  visibility: organization",
    ]
    assert held(place, "access-groups/rates.yaml")[5:] == [
        "  displayName: Freight",
        "  owner: logistics",
        "  apis: [tracking-v2]",
        "  products: [suite]",
        "  offers:",
        "    - {type: reseller, level: view}",
        "    - {partner: acme}",
    ]
    assert place.run("validate").code == 0


def test_values_that_are_missing_are_reported_together_and_asked_for_on_a_terminal(place: Place) -> None:
    missing = new(place, "access-group", "rates", "--description", "d")
    asked = on_terminal(
        place.folder,
        *("new", "access-group", "rates", "--display-name", "Freight"),
        typed="logistic\nlogistics\n",
    )

    assert missing.err == (
        "Error: no file was changed:\n--display-name: a value is required\n"
        "--owner: a value is required; choose one of partnerships, logistics\n"
    )
    assert (asked.code, held(place, "access-groups/rates.yaml")[5:]) == (
        0,
        ["  displayName: Freight", "  owner: logistics"],
    )
    assert 'Error: "logistic" is not one of partnerships, logistics.\n' in asked.out


def test_a_file_is_never_overwritten(place: Place) -> None:
    ran = new(place, "access-group", "tracking", "--display-name", "T", "--owner", "logistics")

    assert ran == Ran(
        1,
        "",
        "Error: the file access-groups/tracking.yaml already exists\nHint: choose another name\n",
    )
