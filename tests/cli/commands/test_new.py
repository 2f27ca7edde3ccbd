from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests.cli.running import GROUP, TODAY, Place, Ran, on_terminal
from tests.edit.filled_forms import filled

NEEDED = ("--type", "reseller", "--display-name", "Bolt", "--owner", "logistics", "--agreement", "MSA-2")
FORM = {
    "display-name": "Bolt",
    "name": "bolt",
    "type": "reseller",
    "owner": "logistics",
    "agreement": "MSA-2",
    "domains": "bolt.example",
    "access": ["tracking"],
    "team": "web",
    "admins": "ana@bolt.example",
}
HEAD = """\
# yaml-language-server: $schema=../schemas/partner.schema.json
apiVersion: reconciler/v1
kind: Partner
metadata:
  name: bolt
spec:
  type: reseller
  displayName: Bolt
  owner: logistics
"""
TEAM = """\
  domains: [bolt.example]
  agreement: MSA-2
  access: [tracking]
  teams:
    - name: web
      admins: [ana@bolt.example]
"""
NOTHING = "Error: no file was written:\n"


@pytest.fixture(autouse=True)
def _schemas(place: Place) -> None:
    """Put the schema there that a new file names."""
    (place.folder / "schemas").mkdir()
    (place.folder / "schemas" / "partner.schema.json").write_text("{}")


def new(place: Place, *arguments: str) -> Ran:
    """Create a partner; the new lines are left out of what is printed."""
    ran = place.run("new", "partner", *arguments, "--today", TODAY)
    lines = ran.err.splitlines(keepends=True)
    return ran._replace(err="".join(each for each in lines if not each.startswith(("--- ", "@@ ", "+"))))


def from_form(place: Place, body: str, *arguments: str) -> Ran:
    (place.folder / "form.md").write_text(body, encoding="utf-8", errors="surrogatepass")
    return new(place, "--from-form", "form.md", *arguments)


def held(place: Place, name: str = "partners/bolt.yaml") -> str:
    return (place.folder / name).read_text()


def partners(place: Place) -> list[str]:
    return sorted(path.name for path in (place.folder / "partners").iterdir())


def test_a_partner_is_written_in_the_style_of_the_sample_and_is_right(place: Place) -> None:
    ran = new(place, "bolt", *NEEDED, "--until", "2028-12-31")

    assert (ran, held(place)) == (
        Ran(0, "partners/bolt.yaml\n"),
        f"{HEAD}  agreement: MSA-2\n  until: 2028-12-31\n",
    )
    assert place.run("validate") == Ran(0, "5 documents in 5 files: no findings.\n")


def test_the_new_lines_are_shown(place: Place) -> None:
    ran = place.run("new", "partner", "bolt", *NEEDED, "--today", TODAY)
    lines = held(place).splitlines(keepends=True)

    assert (ran.out, ran.err) == (
        "partners/bolt.yaml\n",
        f"--- /dev/null\n+++ partners/bolt.yaml\n@@ -0,0 +1,{len(lines)} @@\n"
        + "".join(f"+{line}" for line in lines),
    )


def test_an_end_in_the_past_has_to_be_meant(place: Place) -> None:
    refused = new(place, "bolt", *NEEDED, "--until", "2026-11-23")
    accepted = new(place, "bolt", *NEEDED, "--until", "2026-11-23", "--past")

    assert refused == Ran(1, "", f'{NOTHING}--until: "2026-11-23" is in the past; use today or a later day\n')
    assert (accepted.code, accepted.out) == (0, "partners/bolt.yaml\n")


def test_each_admin_belongs_to_the_team_before(place: Place) -> None:
    teams = "--team web --admin a@bolt.example --admin=b@bolt.example --team=ops --admin c@bolt.example"
    new(place, "bolt", *NEEDED, "--domain", "bolt.example", "--access", "tracking", *teams.split())

    assert held(place) == (
        f"{HEAD}  domains: [bolt.example]\n  agreement: MSA-2\n  access: [tracking]\n  teams:\n"
        "    - name: web\n      admins: [a@bolt.example, b@bolt.example]\n"
        "    - name: ops\n      admins: [c@bolt.example]\n"
    )


def test_all_that_is_wrong_is_told_at_once_with_what_to_do(place: Place) -> None:
    said = "--admin x@y.example --type Reseller --owner logistic --domain @b --access trackin:view --team web"

    assert new(place, "Bolt", *said.split()) == Ran(
        1,
        "",
        f"{NOTHING}"
        "--admin: x@y.example is given before its team; give --admin after its --team\n"
        "--display-name: a value is required; add the name of the partner\n"
        'NAME: "Bolt" is not a valid short name; use lower-case letters, digits and hyphens: bolt\n'
        '--type: "Reseller" is not a valid type; '
        "choose one of reseller, subsidiary, contractor, external, internal\n"
        '--domain: "@b" is not a valid e-mail domain; use the part after the @: company.example\n'
        '--owner: owner "logistic" is not defined in the configuration; '
        'did you mean "logistics"? The owners: logistics, partnerships\n'
        '--access: access group "trackin" is not defined in any file; did you mean "tracking"?\n',
    )
    assert partners(place) == ["acme.yaml"]


def test_what_a_rule_denies_is_not_written_and_ends_with_3(place: Place) -> None:
    ran = new(
        place, "bolt", *NEEDED, "--domain", "bolt.example", "--team", "web", "--admin", "ana@else.example"
    )

    assert (ran, partners(place)) == (
        Ran(
            3,
            "",
            f'{NOTHING}--admin: ana@else.example is an admin of team "bolt/web", but else.example '
            'is not a domain of partner "bolt"; correct the address or add the domain (domains: '
            "bolt.example)\n",
        ),
        ["acme.yaml"],
    )


def test_what_a_rule_warns_of_is_written_and_told(place: Place) -> None:
    many = [part for number in range(4) for part in ("--admin", f"a{number}@b.example")]

    assert new(place, "bolt", *NEEDED, "--team", "web", *many) == Ran(
        0,
        "partners/bolt.yaml\n",
        'Warning: team "bolt/web" has 4 admins, more than the recommended 3; keep one or two\n',
    )


def test_no_file_is_written_over(place: Place) -> None:
    before = held(place, "partners/acme.yaml")

    assert new(place, "acme", *NEEDED) == Ran(
        1, "", f"{NOTHING}NAME: the file partners/acme.yaml already exists; choose another name\n"
    )
    assert held(place, "partners/acme.yaml") == before


def test_a_link_that_leads_nowhere_is_a_file_that_is_there(place: Place, tmp_path: Path) -> None:
    (place.folder / "partners" / "bolt.yaml").symlink_to(tmp_path / "nowhere.yaml")

    assert new(place, "bolt", *NEEDED).code == 1
    assert not (tmp_path / "nowhere.yaml").exists()


def test_a_name_that_another_file_has_is_taken(place: Place) -> None:
    place.write(partners__elsewhere=held(place, "partners/acme.yaml").replace("acme", "bolt"))

    ran = new(place, "bolt", *NEEDED)

    assert (ran.code, ran.err.startswith(f"{NOTHING}NAME: ")) == (1, True)
    assert "partners/elsewhere.yaml" in ran.err


def test_what_is_wrong_elsewhere_is_not_the_partners_business(place: Place) -> None:
    place.write(partners__wrong="kind: Partner")

    assert new(place, "bolt", *NEEDED).code == 0


def test_the_file_stands_where_the_configuration_lets_partners_stand(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = held(place, "reconciler.yaml").replace(
        "partners: [Partner]", "list.yaml: [Partner], a/b/: [Partner]"
    )
    place.write(reconciler=text)
    (place.folder / "partners").rename(place.folder / "kept")
    monkeypatch.chdir(place.folder / "access-groups")

    assert new(place, "bolt", *NEEDED) == Ran(0, f"{place.folder}/a/b/bolt.yaml\n")
    assert held(place, "a/b/bolt.yaml").startswith("# yaml-language-server: $schema=../../schemas/")


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ("{list.yaml: [Partner]}", "reconciler.yaml has no folder for partners"),
        ("{../x: [Partner]}", "../x leads outside the repository"),
    ],
)
def test_without_a_folder_for_partners_nothing_is_written(place: Place, paths: str, said: str) -> None:
    text = held(place, "reconciler.yaml")
    whole = next(line for line in text.splitlines() if "paths:" in line)
    place.write(reconciler=text.replace(whole, f"  paths: {paths}"))

    ran = new(place, "bolt", *NEEDED)

    assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: {said}")


def test_a_form_becomes_a_file(place: Place) -> None:
    assert from_form(place, filled(FORM)) == Ran(0, "partners/bolt.yaml\n")
    assert held(place) == HEAD + TEAM


def test_a_form_is_read_from_a_pipe(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.folder / "form.md").write_text(filled(FORM))
    with (place.folder / "form.md").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        code = run(["new", "partner", "--from-form", "-", "--today", TODAY])

    assert (code, held(place)) == (0, HEAD + TEAM)


def test_what_is_wrong_with_a_form_is_told_by_its_questions(place: Place) -> None:
    body = filled(FORM, name="../bolt", until="soon", access=["trackin"], admins="ana@bolt.example\n@channel")

    assert from_form(place, body) == Ran(
        1,
        "",
        f"{NOTHING}"
        'Short name: "../bolt" is not a valid short name; use lower-case letters, digits and hyphens: bolt\n'
        'Last day: "soon" is not a valid date; use YYYY-MM-DD, for example 2027-12-31\n'
        'Team admins: "@channel" is not a valid e-mail address; use name@company.example\n'
        'Access groups: access group "trackin" is not defined in any file; did you mean "tracking"?\n',
    )


def test_a_comment_about_a_form_mentions_links_and_hides_nothing(place: Place) -> None:
    hostile = "`@everyone` <!-- [x](http://x.example) \u202e"
    ran = from_form(place, filled(FORM, team=hostile, name="`"), "--format", "markdown")

    assert ran == Ran(
        1,
        '- **Short name:** `` "`" is not a valid short name ``  \n  `use lower-case letters, digits '
        "and hyphens`\n"
        '- **Team:** `` "`@everyone` <!-- [x](http://x.example) \\u202e" contains an invisible character '
        "(U+202E) ``  \n  `type it again`\n",
    )
    assert partners(place) == ["acme.yaml"]


def test_a_form_that_a_rule_denies_ends_with_3_and_says_why(place: Place) -> None:
    ran = from_form(place, filled(FORM, agreement=""), "--format", "markdown")

    assert ran == Ran(
        3,
        '- **Agreement:** `partner "bolt" (reseller) has no agreement`  \n'
        "  `add agreement with the reference of the contract`\n",
    )


def test_a_form_goes_with_nothing_else(place: Place) -> None:
    said = "Error: --from-form reads everything from the form: leave out all other values."
    others = [("bolt",), ("--owner", "x"), ("--team", "x"), ("--domain", "x")]

    assert [from_form(place, filled(FORM), *other).err.splitlines()[-1] for other in others] == [said] * 4


@pytest.mark.parametrize(
    ("name", "said"), [("missing.md", "No such file or directory"), ("partners", "Is a directory")]
)
def test_a_form_that_cannot_be_read_is_an_error(place: Place, name: str, said: str) -> None:
    assert new(place, "--from-form", name) == Ran(1, "", f"Error: {name} cannot be read: {said}\n")


def test_a_form_that_is_no_text_is_an_error(place: Place) -> None:
    (place.folder / "form.md").write_bytes(b"\xff")

    assert new(place, "--from-form", "form.md") == Ran(1, "", "Error: form.md is not UTF-8\n")


def test_without_a_terminal_nothing_is_asked(place: Place) -> None:
    assert new(place).err.splitlines()[1:] == [
        "--display-name: a value is required; add the name of the partner",
        "NAME: a value is required; use lower-case letters, digits and hyphens",
        "--type: a value is required; choose one of reseller, subsidiary, contractor, external, internal",
        "--owner: a value is required; choose one of partnerships, logistics",
    ]


def test_admins_need_a_team(place: Place) -> None:
    assert new(place, "bolt", *NEEDED, "--admin", "a@bolt.example", "--domain", "bolt.example") == Ran(
        1, "", f"{NOTHING}--team: the admins have no team; add a short name for their team\n"
    )


def test_a_group_that_is_only_to_be_seen_is_taken_up_so(place: Place) -> None:
    assert new(place, "bolt", *NEEDED, "--access", "tracking:view") == Ran(0, "partners/bolt.yaml\n")
    assert held(place).endswith("  access:\n    - {group: tracking, level: view}\n")


def test_on_a_terminal_all_that_the_type_needs_is_asked_for_until_it_can_be(place: Place) -> None:
    ran = on_terminal(
        place.folder,
        *("new", "partner", "--display-name", "Bolt", "bolt"),
        typed="Reseller\nreseller\nlogistics\n@bolt\nbolt.example\n\nMSA-2\ngold\ntracking\nweb\n\nana@bolt.example\n"
        "ops\nbo@bolt.example\n\n",
    )

    second = "    - name: ops\n      admins: [bo@bolt.example]\n"
    assert (ran.code, held(place)) == (0, HEAD + TEAM + second)
    assert ran.out.endswith("partners/bolt.yaml\n")
    assert (
        'Error: "@bolt" is not a valid e-mail domain; use the part after the @: company.example.\n' in ran.out
    )
    assert 'Error: "gold" is not offered; choose among tracking.\n' in ran.out
    assert ran.out.count("Error: a value is required.\n") == 2
    assert "Type [reseller, subsidiary, contractor, external, internal]: " in ran.out
    assert "Error: choose one of reseller, subsidiary, contractor, external, internal.\n" in ran.out
    assert "Responsible owner in our company [partnerships, logistics]: " in ran.out


def test_on_a_terminal_what_is_wrong_together_is_asked_again_and_nothing_else(place: Place) -> None:
    place.write(**{"access-groups__tracking": GROUP.replace("reseller}", "reseller, level: view}")})

    ran = on_terminal(
        place.folder,
        *("new", "partner", "--display-name", "Bolt", "acme", "--owner", "logistics"),
        typed="reseller\nbolt.example\nMSA-2\ntracking\nweb\nana@else.example\n\nbolt\nana@bolt.example\n",
    )

    assert (ran.code, held(place)) == (
        0,
        HEAD + TEAM.replace(" [tracking]", "\n    - {group: tracking, level: view}"),
    )
    assert "Error: NAME: the file partners/acme.yaml already exists; choose another name\n" in ran.out
    assert "separated by commas (Enter: none) [tracking:view]: " in ran.out


def test_on_a_terminal_an_internal_partner_needs_no_agreement_and_what_may_be_left_out_is(
    place: Place,
) -> None:
    ran = on_terminal(
        place.folder,
        *("new", "partner", "--display-name", "Bolt", "bolt", "--owner", "logistics", "--type", "Internal"),
        typed="internal\n\n\n",
    )

    assert (ran.code, held(place)) == (0, HEAD.replace("reseller", "internal"))


def test_on_a_terminal_only_the_wrong_admins_of_several_teams_are_asked_for_again(place: Place) -> None:
    teams = ("--team", "web", "--admin", "ana@else.example", "--team", "ops", "--admin", "cy@bolt.example")

    ran = on_terminal(
        place.folder,
        *("new", "partner", "bolt", *NEEDED[2:], *teams, "--domain", "bolt.example"),
        typed="reseller\n\nana@bolt.example\n",
    )

    assert (ran.code, ran.out.count("Admins of team")) == (0, 1)
    assert held(place).splitlines()[-4:] == [
        "    - name: web",
        "      admins: [ana@bolt.example]",
        "    - name: ops",
        "      admins: [cy@bolt.example]",
    ]


def test_on_a_terminal_what_other_answers_cannot_mend_is_told_with_all_that_was_said(place: Place) -> None:
    teams = ("--team", "web", "--admin", "ana@bolt.example", "--team", "web", "--admin", "cy@bolt.example")

    ran = on_terminal(
        place.folder,
        *("new", "partner", "bolt", *NEEDED, *teams, "--domain", "bolt.example"),
    )

    assert (ran.code, partners(place)) == (1, ["acme.yaml"])
    assert ran.out.endswith(
        "your answers so far: reconciler new partner bolt --type reseller --display-name Bolt "
        "--owner logistics --domain bolt.example --agreement MSA-2 --team web --admin ana@bolt.example "
        "--team web --admin cy@bolt.example\n"
    )


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["interrupt", "end"])
def test_leaving_a_question_writes_nothing_and_tells_what_was_said(place: Place, key: str) -> None:
    ran = on_terminal(place.folder, "new", "partner", "bolt", "--display-name", "Bolt", typed=key)

    assert (ran.code, ran.out.splitlines()[-1], partners(place)) == (1, "Interrupted.", ["acme.yaml"])
    assert "So far: reconciler new partner bolt --display-name Bolt\n" in ran.out


def test_where_files_cannot_be_written_it_is_said(place: Place) -> None:
    (place.folder / "partners" / "acme.yaml").unlink()
    (place.folder / "partners").rmdir()
    (place.folder / "partners").write_text("")

    ran = new(place, "bolt", *NEEDED)

    assert (ran.code, ran.err) == (
        1,
        f"Error: {place.folder}/partners/bolt.yaml cannot be written: partners is not a folder\n",
    )


def test_a_note_says_that_the_schema_of_the_file_is_missing(place: Place) -> None:
    (place.folder / "schemas" / "partner.schema.json").unlink()

    ran = new(place, "bolt", *NEEDED)

    assert (ran.code, ran.out, ran.err) == (
        0,
        "partners/bolt.yaml\n",
        "Note: schemas/partner.schema.json does not exist; `reconciler schema` writes it for editors.\n",
    )
