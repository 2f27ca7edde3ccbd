"""Rename objects and move teams: every reference changes, in every file."""

import pytest

from tests.cli.running import CONFIGURATION, PARTNER, TODAY, Place, Ran

FILE = "partners/acme.yaml"
RATES = """\
    # What it costs
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: rates}   # quotes
    spec:
      displayName: Rates
      owner: logistics
      products: [quotes]   # both
      offers: [{partner: acme}, {type: reseller}]
      grants:
        - {partner: bolt}   # by hand
        - {team: acme/ops, level: view}
    ---
    apiVersion: reconciler/v1
    kind: ApiProduct
    metadata: {name: quotes}
    spec: {displayName: Quotes, owner: logistics, apis: [tracking-v2]}
    """


@pytest.fixture
def written(place: Place) -> Place:
    """The repository with two partners, and groups and a product that name them and one another."""
    bolt = PARTNER.replace("acme", "bolt").replace("      access: [tracking]\n", "")
    both = CONFIGURATION.replace("[AccessGroup]", "[AccessGroup, ApiProduct]")
    return place.write(reconciler=both, partners__bolt=bolt, **{"access-groups__rates": RATES})


def edit(place: Place, *arguments: str) -> Ran:
    return place.run(*arguments, "--today", TODAY)


def changed(ran: Ran) -> list[str]:
    """Return the files, and the lines that go and come."""
    return [each for each in ran.err.splitlines() if each[:1] in {"+", "-"}]


def notes(ran: Ran) -> list[str]:
    return [each for each in ran.err.splitlines() if each.startswith("Note")]


ASK = "also ask logistics (l@our-company.example), the owner of access-groups/rates.yaml."


def test_a_partner_is_renamed_in_every_file_and_its_own_file_too(written: Place) -> None:
    ran = edit(written, "rename", "partner", "acme", "apex")

    assert (ran.code, ran.out.splitlines(), changed(ran), notes(ran)) == (
        0,
        ["access-groups/rates.yaml", FILE, "partners/apex.yaml"],
        [
            "--- access-groups/rates.yaml",
            "+++ access-groups/rates.yaml",
            "-  offers: [{partner: acme}, {type: reseller}]",
            "+  offers: [{partner: apex}, {type: reseller}]",
            "-    - {team: acme/ops, level: view}",
            "+    - {team: apex/ops, level: view}",
            f"--- {FILE}",
            "+++ partners/apex.yaml",
            "-metadata: {name: acme}",
            "+metadata: {name: apex, previously: acme}",
        ],
        [f"Note: {ASK}"],
    )
    assert (written.folder / FILE).exists() is False
    assert edit(written, "validate").code == 0


def test_a_team_is_renamed_where_it_is_granted_something(written: Place) -> None:
    ran = edit(written, "rename", "team", "acme/ops", "operations")

    assert (changed(ran)[2:4], changed(ran)[6:], notes(ran)) == (
        ["-    - {team: acme/ops, level: view}", "+    - {team: acme/operations, level: view}"],
        ["-    - name: ops", "+    - name: operations", "+      previously: ops"],
        [f"Note: {ASK}"],
    )
    assert edit(written, "rename", "team", "acme/operations", "acme/ops").code == 0
    assert "previously: operations" in (written.folder / FILE).read_text()


def test_a_group_is_renamed_where_it_is_used_and_its_shared_file_stays(written: Place) -> None:
    text = (written.folder / FILE).read_text()
    text = text.replace(
        "access: [tracking]", "access: [tracking, {group: rates, reason: rates}]   # for rates"
    )
    (written.folder / FILE).write_text(text)
    rates = (written.folder / "access-groups/rates.yaml").read_text()
    rates = rates.replace("    - {team: acme/ops, level: view}\n", "")
    (written.folder / "access-groups/rates.yaml").write_text(rates)

    ran = edit(written, "rename", "access-group", "rates", "prices")

    assert (ran.out.splitlines(), changed(ran), notes(ran)) == (
        ["access-groups/rates.yaml", FILE],
        [
            "--- access-groups/rates.yaml",
            "+++ access-groups/rates.yaml",
            "-metadata: {name: rates}   # quotes",
            "+metadata: {name: prices, previously: rates}   # quotes",
            f"--- {FILE}",
            f"+++ {FILE}",
            "-  access: [tracking, {group: rates, reason: rates}]   # for rates",
            "+  access: [tracking, {group: prices, reason: rates}]   # for rates",
        ],
        [f"Note: also ask partnerships (p@our-company.example), the owner of {FILE}."],
    )


def test_a_product_is_renamed_in_its_groups(written: Place) -> None:
    ran = edit(written, "rename", "product", "quotes", "offers")

    assert (ran.out, changed(ran)[2:], notes(ran)) == (
        "access-groups/rates.yaml\n",
        [
            "-  products: [quotes]   # both",
            "+  products: [offers]   # both",
            "-metadata: {name: quotes}",
            "+metadata: {name: offers, previously: quotes}",
        ],
        [],
    )


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("", "previously: acme"),
        (", previously: a0", "previously: [acme, a0]"),
        (", previously: [a0, a1]", "previously: [a0, a1, acme]"),
        (", previously: apex", "previously: acme"),
        (", previously: [apex]", "previously: [acme]"),
        (", previously: [a0, apex]", "previously: [a0, acme]"),
    ],
)
def test_the_former_name_joins_older_ones_and_the_new_name_leaves_them(
    written: Place, former: str, now: str
) -> None:
    text = (written.folder / FILE).read_text()
    (written.folder / FILE).write_text(text.replace("{name: acme}", f"{{name: acme{former}}}"))

    assert edit(written, "rename", "partner", "acme", "apex").code == 0
    assert f"metadata: {{name: apex, {now}}}" in (written.folder / "partners/apex.yaml").read_text()


def test_findings_about_the_old_name_do_not_block_the_new_one(written: Place) -> None:
    text = (written.folder / FILE).read_text()
    (written.folder / FILE).write_text(text.replace("ana@acme.example", "ana@else.example"))
    before = edit(written, "validate")

    ran = edit(written, "rename", "partner", "acme", "apex")

    assert (before.code, ran.code, "Warning" in ran.err) == (3, 0, False)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["partner", "acm", "x"], 'partner "acm" is not defined in any file', 'did you mean "acme"?'),
        (["partner", "acme", "bolt"], 'partner "bolt" exists already', "choose another name"),
        (
            ["partner", "acme", "Apex Ltd"],
            '"Apex Ltd" is not a valid short name',
            "use lower-case letters, digits and hyphens: apex-ltd",
        ),
        (
            ["product", "quote", "x"],
            'API product "quote" is not defined in any file',
            'did you mean "quotes"?',
        ),
        (["team", "acme", "x"], '"acme" is not a team', "write it as PARTNER/TEAM"),
        (["team", "acme/op", "x"], 'partner "acme" has no team "op"', 'did you mean "ops"?'),
        (
            ["team", "acme/ops", "bolt/ops"],
            "bolt/ops is in another partner than acme/ops",
            "use `reconciler move acme/ops bolt`, and rename it there",
        ),
    ],
)
def test_what_cannot_be_renamed_says_why(
    written: Place, arguments: list[str], message: str, hint: str
) -> None:
    assert edit(written, "rename", *arguments) == Ran(1, "", f"Error: {message}\nHint: {hint}\n")


def test_nothing_is_renamed_while_a_file_cannot_be_read(written: Place) -> None:
    written.write(partners__broken="a: [")

    ran = edit(written, "rename", "partner", "acme", "apex")

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "Error: some files could not be read, and may refer to it:",
    )
    assert "partners/broken.yaml:1:" in ran.err


def test_the_same_name_is_nothing_to_do(written: Place) -> None:
    same = Ran(0, "", f"{FILE} is already up to date; nothing was written.\n")

    assert edit(written, "rename", "partner", "acme", "acme") == same
    assert edit(written, "rename", "team", "acme/ops", "ops") == same
    assert edit(written, "move", "acme/ops", "acme") == same


def test_a_file_whose_new_path_is_taken_or_configured_stays(written: Place) -> None:
    (written.folder / "partners/apex.yaml").write_text((written.folder / "partners/bolt.yaml").read_text())
    (written.folder / "partners/bolt.yaml").unlink()

    assert edit(written, "rename", "partner", "acme", "apex").out.splitlines() == [
        "access-groups/rates.yaml",
        FILE,
    ]


def test_a_team_moves_with_its_former_names_and_all_that_refer_to_it(written: Place) -> None:
    text = (written.folder / FILE).read_text()
    text = text.replace("- name: ops\n", "- name: web   # the shop\n      previously: site\n")
    (written.folder / FILE).write_text(text.replace("ana@acme.example", "ana@bolt.example"))
    rates = (written.folder / "access-groups/rates.yaml").read_text()
    (written.folder / "access-groups/rates.yaml").write_text(
        rates.replace("- {partner: bolt}", "- {team: bolt/ops}").replace("acme/ops", "acme/web")
    )

    ran = edit(written, "move", "acme/web", "bolt")

    assert (ran.code, ran.out.splitlines(), changed(ran), notes(ran)) == (
        0,
        ["access-groups/rates.yaml", FILE, "partners/bolt.yaml"],
        [
            "--- access-groups/rates.yaml",
            "+++ access-groups/rates.yaml",
            "-    - {team: acme/web, level: view}",
            "+    - {team: bolt/web, level: view}",
            f"--- {FILE}",
            f"+++ {FILE}",
            "-  teams:",
            "-    - name: web   # the shop",
            "-      previously: site",
            "-      admins: [ana@bolt.example]",
            "+  teams: []",
            "--- partners/bolt.yaml",
            "+++ partners/bolt.yaml",
            "+    - name: web   # the shop",
            "+      previously: [acme/web, acme/site]",
            "+      admins: [ana@bolt.example]",
        ],
        [
            f"Note: {ASK}",
            f"Note: also ask partnerships (p@our-company.example), the owner of {FILE}, partners/bolt.yaml.",
        ],
    )


def test_a_team_does_not_replace_another(written: Place) -> None:
    assert edit(written, "move", "acme/ops", "bolt").err == (
        'Error: partner "bolt" has another team "ops" already\n'
        "Hint: rename one of them first: `reconciler rename team acme/ops NAME`\n"
    )


def test_the_fixture_is_valid(written: Place) -> None:
    assert edit(written, "validate").code == 0


def test_the_command_that_was_probably_meant_is_suggested(written: Place) -> None:
    assert written.run("rename", "group", "rates", "quotes").err.splitlines()[-1] == (
        "Error: No such command 'group'. Did you mean 'access-group'?"
    )


def test_a_line_of_codeowners_for_the_former_path_is_named(written: Place) -> None:
    place = written.folder / ".github" / "CODEOWNERS"
    place.parent.mkdir()
    place.write_text("* @our-company/all\n\n/partners/acme.yaml @our-company/sales\n")
    other = edit(written, "rename", "partner", "bolt", "bell")
    ran = edit(written, "rename", "partner", "acme", "apex")

    assert [line for line in ran.err.splitlines() if "CODEOWNERS" in line] == [
        "Note: .github/CODEOWNERS has a line for partners/acme.yaml: run `reconciler codeowners`."
    ]
    assert "CODEOWNERS" not in other.err
