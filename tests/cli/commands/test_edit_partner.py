"""The commands that change a partner's file: grant, revoke, member add, member remove."""

import json
from collections.abc import Callable

import pytest
import yaml

from tests.cli.running import CONFIGURATION, TODAY, Place, Ran

FILE = "partners/acme.yaml"
PARTNER = """\
# Acme sells for us
apiVersion: reconciler/v1
kind: Partner
metadata: {name: acme}
spec:
  type: reseller
  displayName: Acme
  owner: partnerships
  agreement: MSA-1
  domains: [acme.example]
  access: [tracking]   # for all
  # two teams
  teams:
    - name: ops   # the first
      admins: [ana@acme.example]
    - name: finance
      admins: [cy@acme.example]
      members:   # we decide
        - bo@acme.example   # since May
        - {email: di@acme.example, until: 2027-01-31}
      access:
        - rates   # to compare
"""
RATES = """\
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: NAME}
spec:
  displayName: Rates
  owner: logistics
  apis: [tracking-v2]
  offers: [{type: reseller, level: LEVEL}]
"""


@pytest.fixture
def written(place: Place) -> Place:
    """A repository with a partner whose file is full of comments, and groups that are offered to it."""
    (place.folder / FILE).write_text(PARTNER)
    groups = {f"access-groups__{name}": RATES.replace("NAME", name) for name in ("rates", "labels")}
    given = RATES.replace("NAME", "given").replace("LEVEL}]", "consume}]\n  grants: [{partner: acme}]")
    texts = {name: text.replace("LEVEL", "consume") for name, text in groups.items()}
    return place.write(**texts, **{"access-groups__given": given})


def edit(place: Place, *arguments: str) -> Ran:
    return place.run(*arguments, "--today", TODAY)


def held(place: Place) -> str:
    return (place.folder / FILE).read_bytes().decode()


LABELS = '[{group: labels, level: view, until: 2027-12-31, reason: "a, #7"}]'
DONE = Ran(0, f"{FILE}\n")


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        (["grant", "acme", "labels"], "[tracking]", "[tracking, labels]"),
        (
            ["grant", "acme/ops", "labels", "--level", "view", "--until", "2027-12-31", "--reason", "a, #7"],
            "ops   # the first\n      admins: [ana@acme.example]\n",
            "ops   # the first\n      admins: [ana@acme.example]\n      access: " + LABELS + "\n",
        ),
        (
            ["grant", "acme/finance", "labels", "--until", "2027-12-31"],
            "        - rates   # to compare\n",
            "        - rates   # to compare\n        - {group: labels, until: 2027-12-31}\n",
        ),
        (
            ["grant", "acme/finance", "rates", "--level", "view"],
            "- rates   # to compare",
            "- {group: rates, level: view}   # to compare",
        ),
        (["revoke", "acme", "tracking"], "  access: [tracking]   # for all\n", ""),
        (
            ["revoke", "acme/finance", "rates"],
            "      access:\n        - rates   # to compare\n",
            "",
        ),
        (
            ["member", "add", "acme/finance", "ed@acme.example"],
            "until: 2027-01-31}\n",
            "until: 2027-01-31}\n        - ed@acme.example\n",
        ),
        (
            ["member", "add", "acme/finance", "Bo@ACME.example", "--until", "2027-12-31"],
            "- bo@acme.example ",
            "- {email: bo@acme.example, until: 2027-12-31} ",
        ),
        (
            ["member", "add", "acme/finance", "di@acme.example", "--until", "2027-12-31"],
            "2027-01-31",
            "2027-12-31",
        ),
        (["member", "add", "acme/finance", "di@acme.example", "--no-until"], ", until: 2027-01-31}", "}"),
        (
            ["member", "add", "acme/finance", "di@acme.example", "--until", "2026-11-23", "--past"],
            "2027-01-31",
            "2026-11-23",
        ),
        (
            ["member", "remove", "acme/finance", "di@acme.example"],
            "        - {email: di@acme.example, until: 2027-01-31}\n",
            "",
        ),
        (
            ["member", "remove", "acme/finance", "BO@acme.example"],
            "        - bo@acme.example   # since May\n",
            "",
        ),
    ],
)
def test_only_what_was_asked_for_changes(written: Place, arguments: list[str], old: str, new: str) -> None:
    ran = edit(written, *arguments)

    assert (ran.code, ran.out, held(written)) == (0, f"{FILE}\n", PARTNER.replace(old, new))
    assert edit(written, "validate").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["grant", "acme", "tracking"],
        ["grant", "acme/finance", "rates", "--level", "consume"],
        ["member", "add", "acme/finance", "BO@acme.example"],
        ["member", "add", "acme/finance", "di@acme.example", "--until", "2027-01-31"],
        ["member", "add", "acme/finance", "bo@acme.example", "--no-until"],
        ["grant", "acme", "tracking", "--no-until", "--no-reason"],
    ],
)
def test_what_is_so_already_is_said_and_left(written: Place, arguments: list[str]) -> None:
    assert edit(written, *arguments) == Ran(0, "", f"{FILE} is already up to date; nothing was written.\n")
    assert held(written) == PARTNER


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["grant", "acm", "tracking"], 'partner "acm" is not defined in any file', 'did you mean "acme"?'),
        (
            ["grant", "zz", "tracking"],
            'partner "zz" is not defined in any file',
            "create it with `reconciler new partner`",
        ),
        (["revoke", "acme/op", "rates"], 'partner "acme" has no team "op"', 'did you mean "ops"?'),
        (["revoke", "acme/zz", "rates"], 'partner "acme" has no team "zz"', "its teams: ops, finance"),
        (
            ["revoke", "acme", "trackin"],
            'acme does not use access group "trackin"',
            'did you mean "tracking"?',
        ),
        (
            ["revoke", "acme/ops", "x"],
            'acme/ops does not use access group "x"',
            "it has no access groups of its own; from its partner: tracking",
        ),
        (
            ["revoke", "acme/ops", "tracking"],
            'acme/ops has access group "tracking" because acme has it for all its teams',
            "use `reconciler revoke acme tracking` to revoke it for all of them",
        ),
        (
            ["grant", "acme", "rates", "--until", "soon"],
            '--until: "soon" is not a valid date',
            "use YYYY-MM-DD, for example 2027-12-31",
        ),
        (
            ["grant", "acme", "rates", "--until", "2027-02-29"],
            '--until: "2027-02-29" is not a valid date',
            "check month and day",
        ),
        (
            ["grant", "acme", "rates", "--until", "2026-11-23"],
            '--until: "2026-11-23" is in the past',
            "use today or a later day, or add --past",
        ),
        (
            ["member", "add", "acme/finance", "a@acme.example", "--until", "2026-11-23"],
            '--until: "2026-11-23" is in the past',
            "use today or a later day, or add --past",
        ),
        (["member", "add", "acme", "a@b.example"], '"acme" is not a team', "write it as PARTNER/TEAM"),
        (
            ["member", "add", "acme/finance", "a@b"],
            '"a@b" is not a valid e-mail address',
            "use name@company.example",
        ),
        (
            ["member", "add", "acme/ops", "x@acme.example"],
            "the members of acme/ops are delegated to its admins",
            "ask the admins: ana@acme.example",
        ),
        (
            ["member", "remove", "acme/ops", "x@acme.example"],
            "the members of acme/ops are delegated to its admins",
            "ask the admins: ana@acme.example",
        ),
        (
            ["member", "remove", "acme/finance", "cy@acme.example"],
            "cy@acme.example is an admin of acme/finance",
            "--admin removes admins",
        ),
        (
            ["member", "remove", "acme/finance", "x@acme.example"],
            "x@acme.example is not a member of acme/finance",
            "its members: bo@acme.example, di@acme.example",
        ),
        (
            ["grant", "acme", "rates"],
            'team "acme/finance" already has access group "rates" from partners/acme.yaml:22:11',
            "change that entry, or remove it first",
        ),
        (
            ["grant", "acme/ops", "tracking", "--level", "view"],
            'partner "acme" already has access group "tracking" from partners/acme.yaml:11:12',
            "change that entry, or remove it first",
        ),
        (
            ["grant", "acme/ops", "given"],
            'partner "acme" already has access group "given" from access-groups/given.yaml:9:12',
            "change that entry, or remove it first",
        ),
        (
            ["revoke", "acme/ops", "given"],
            'acme/ops has access group "given" because acme has it for all its teams',
            "use `reconciler revoke acme given` to revoke it for all of them",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    written: Place, arguments: list[str], message: str, hint: str
) -> None:
    assert edit(written, *arguments) == Ran(1, "", f"Error: {message}\nHint: {hint}\n")
    assert held(written) == PARTNER


def test_a_partner_whose_file_is_not_yaml_is_not_called_unknown(written: Place) -> None:
    (written.folder / FILE).write_text(f"{PARTNER}\tx: 1\n")

    assert edit(written, "grant", "acme", "tracking").err == (
        'Error: partner "acme" is not in any file that could be read:\n'
        f"{FILE}:{PARTNER.count(chr(10)) + 1}:1: this line is indented with a tab; indent with spaces\n"
        "Hint: fix these files first\n"
    )


@pytest.mark.parametrize(("group", "code"), [("labels", 0), ("tracking", 0)])
def test_whoever_grants_to_a_partner_at_rest_is_told_that_it_gives_nothing(
    written: Place, group: str, code: int
) -> None:
    (written.folder / FILE).write_text(PARTNER.replace("  type:", "  status: suspended\n  type:"))

    ran = edit(written, "grant", "acme", group)

    assert (ran.code, ran.err.splitlines()[0]) == (
        code,
        (
            'Warning: partners/acme.yaml:6:11: partner "acme" is suspended: '
            "its groups give no access until it is active"
        ),
    )


def test_a_group_that_does_not_exist_is_an_error_of_the_files(written: Place) -> None:
    assert edit(written, "grant", "acme", "label") == Ran(
        1,
        "",
        (
            f'Error: {FILE} was not changed:\naccess group "label" is not defined in any file; did you '
            'mean "labels"?\n'
        ),
    )


def test_a_group_that_is_not_offered_is_denied(written: Place) -> None:
    written.write(**{"access-groups__labels": RATES.replace("NAME", "labels").replace("LEVEL", "view")})

    ran = edit(written, "grant", "acme/ops", "labels")

    assert (ran.code, ran.err.splitlines()[0], held(written)) == (
        3,
        f"Error: {FILE} was not changed:",
        PARTNER,
    )
    assert "with level view, not consume; use level: view" in ran.err
    assert edit(written, "grant", "acme/ops", "labels", "--level", "view").code == 0


def test_what_a_rule_warns_of_is_written_and_told_once(written: Place) -> None:
    edit(written, "member", "add", "acme/finance", "x@else.example")
    again = edit(written, "member", "add", "acme/finance", "y@else.example")

    assert (again.code, again.err.count("Warning: "), "y@else.example" in again.err) == (0, 1, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: f"---\n{text}",
        lambda text: f"{RATES.replace('NAME', 'x').replace('AccessGroup', 'Partner')}---\n{text}",
        lambda text: yaml.safe_dump(yaml.safe_load(text), indent=4),
        lambda text: yaml.safe_dump(yaml.safe_load(text), default_flow_style=True, width=40),
    ],
    ids=["crlf", "no-last-break", "explicit", "second", "sorted", "flow"],
)
def test_a_file_may_be_written_in_other_ways(written: Place, change: Callable[[str], str]) -> None:
    text = change(PARTNER)
    (written.folder / FILE).write_bytes(text.encode())

    assert edit(written, "member", "add", "acme/finance", "ed@acme.example")[:2] == DONE[:2]
    assert edit(written, "member", "remove", "acme/finance", "ed@acme.example")[:2] == DONE[:2]
    assert held(written).split() == text.split()


def test_an_end_and_a_reason_can_be_taken_away(written: Place) -> None:
    edit(written, "grant", "acme/ops", "labels", "--until", "2027-12-31", "--reason", "pilot")
    before = held(written)

    ran = edit(written, "grant", "acme/ops", "labels", "--no-until", "--no-reason")

    assert ran[:2] == DONE[:2]
    assert held(written) == before.replace(", until: 2027-12-31, reason: pilot", "")


@pytest.mark.parametrize("key", ["until", "reason"])
def test_an_option_and_its_opposite_are_not_given_at_once(written: Place, key: str) -> None:
    ran = edit(written, "grant", "acme", "labels", f"--{key}", "2027-12-31", f"--no-{key}")

    assert (ran.code, f"--{key} and --no-{key} exclude each other." in ran.err) == (1, True)
    assert held(written) == PARTNER


def test_today_is_not_in_the_past(written: Place) -> None:
    assert edit(written, "grant", "acme/ops", "labels", "--until", TODAY).code == 0


def test_a_list_that_an_alias_repeats_is_written_out_where_it_changes(written: Place) -> None:
    text = PARTNER.replace("access: [tracking]   # for all", "access: &all [tracking]").replace(
        "access:\n        - rates   # to compare", "access: *all   # as all"
    )
    (written.folder / FILE).write_text(text)

    assert edit(written, "revoke", "acme/finance", "tracking")[:2] == DONE[:2]
    assert held(written) == text.replace("      access: *all   # as all\n", "")


def test_a_list_that_an_alias_repeats_is_not_changed_for_both(written: Place) -> None:
    text = PARTNER.replace("access: [tracking]   # for all", "access: &all [tracking]").replace(
        "access:\n        - rates   # to compare", "access: *all"
    )
    (written.folder / FILE).write_text(text)

    assert edit(written, "grant", "acme", "labels") == Ran(
        1,
        "",
        f"Error: {FILE}: line 21 repeats line 11 (*all) and would change as well\n"
        "Hint: replace the alias on line 21 by the value itself first\n",
    )
    assert held(written) == text


def test_a_comment_between_entries_stays(written: Place) -> None:
    text = PARTNER.replace("[tracking]   # for all", "[tracking,   # for all\n    rates]")
    (written.folder / FILE).write_text(text)

    assert edit(written, "revoke", "acme", "rates")[:2] == DONE[:2]
    assert held(written) == text.replace(",   # for all\n    rates]", "   # for all\n    ]")


def test_a_comment_above_the_only_entry_stays(written: Place) -> None:
    text = PARTNER.replace("- rates   # to compare", "# a pilot, ticket #12\n        - rates")
    (written.folder / FILE).write_text(text)

    assert edit(written, "revoke", "acme/finance", "rates")[:2] == DONE[:2]
    assert held(written) == text.replace(
        "      access:\n        # a pilot, ticket #12\n        - rates\n", "      # a pilot, ticket #12\n"
    )


def test_a_comment_that_cannot_stay_prevents_the_edit(written: Place) -> None:
    text = PARTNER.replace(
        "- name: finance\n", "- access:\n        # a pilot\n        - rates\n      name: finance\n"
    )
    text = text.replace("      access:\n        - rates   # to compare\n", "")
    (written.folder / FILE).write_text(text)

    assert edit(written, "revoke", "acme/finance", "rates") == Ran(
        1,
        "",
        f"Error: {FILE}: the comment on line 17 would be lost\nHint: edit the file by hand\n",
    )


@pytest.mark.parametrize("holder", ["acme", "acme/ops"])
def test_a_grant_in_the_file_of_a_group_is_named_where_it_is(written: Place, holder: str) -> None:
    given = (written.folder / "access-groups/given.yaml").read_text()
    granted = given.replace("{partner: acme}", "{team: acme/ops, level: view}")
    (written.folder / "access-groups/given.yaml").write_text(granted)

    assert edit(written, "grant", holder, "given") == Ran(
        1,
        "",
        'Error: team "acme/ops" already has access group "given" from access-groups/given.yaml:9:12\n'
        "Hint: change that entry, or remove it first\n",
    )


@pytest.mark.parametrize(
    ("grants", "left"),
    [
        ("[{team: acme/ops, level: view}]", ""),
        (
            "[{team: acme/finance}, {team: acme/ops}]   # trial",
            "  grants: [{team: acme/finance}]   # trial\n",
        ),
    ],
)
def test_a_grant_of_the_owner_is_revoked_in_the_file_of_the_group(
    written: Place, grants: str, left: str
) -> None:
    path = written.folder / "access-groups/given.yaml"
    text = path.read_text()
    path.write_text(text.replace("[{partner: acme}]", grants))

    ran = edit(written, "revoke", "acme/ops", "given")

    assert (ran.code, ran.out, path.read_text()) == (
        0,
        "access-groups/given.yaml\n",
        text.replace("  grants: [{partner: acme}]\n", left),
    )
    place = "access-groups/given.yaml:9:12" if not left else "access-groups/given.yaml:9:34"
    assert f"Note: the owner of given grants this at {place}: also ask logistics." in ran.err.splitlines()


def test_places_of_a_new_file_name_the_proposed_text(written: Place) -> None:
    given = (written.folder / "access-groups/given.yaml").read_text()
    (written.folder / "access-groups/given.yaml").write_text(given.replace("partner: acme", "partner: bolt"))
    wanted = ["--type", "reseller", "--display-name", "Bolt", "--owner", "partnerships", "--agreement", "M-1"]
    ran = edit(written, "new", "partner", "bolt", *wanted, "--access", "given")

    assert (ran.code, "from the proposed text of partners/bolt.yaml:" in ran.err) == (1, True)


def test_a_known_mistake_is_no_new_one_because_its_line_moves(written: Place) -> None:
    text = PARTNER.replace("      access:\n", "      access:\n        - rates\n")
    (written.folder / FILE).write_text(text)
    before = edit(written, "validate").out

    granted = edit(written, "grant", "acme/ops", "labels")

    assert ('"rates" from partners/acme.yaml:22:11;' in before, granted[:2]) == (True, DONE[:2])
    assert '"rates" from partners/acme.yaml:23:11;' in edit(written, "validate").out


def test_tabs_in_front_of_a_comment_are_no_trouble(written: Place) -> None:
    text = PARTNER.replace("[tracking]   # for all", "[tracking]\t# since 2020")
    (written.folder / FILE).write_text(text)

    assert edit(written, "grant", "acme", "labels")[:2] == DONE[:2]
    assert held(written) == text.replace("[tracking]", "[tracking, labels]")


def test_a_number_sign_in_quotes_is_no_comment(written: Place) -> None:
    text = PARTNER.replace("[tracking]   #", '[{group: tracking, reason: "ticket #12"}]   #')
    (written.folder / FILE).write_text(text)

    assert edit(written, "revoke", "acme", "tracking")[:2] == DONE[:2]
    assert held(written) == PARTNER.replace("  access: [tracking]   # for all\n", "")


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_changed_into_json(written: Place, indent: int | str | None) -> None:
    text = json.dumps(yaml.safe_load(PARTNER.replace("2027-01-31", "'2027-01-31'")), indent=indent)
    (written.folder / FILE).write_text(text)

    ran = edit(written, "grant", "acme/finance", "labels", "--until", "2027-12-31", "--reason", 'a "b"')

    entry = {"group": "labels", "until": "2027-12-31", "reason": 'a "b"'}
    expected = json.loads(text)
    expected["spec"]["teams"][1]["access"].append(entry)
    assert (ran[:2], json.loads(held(written))) == (DONE[:2], expected)
    assert edit(written, "revoke", "acme/finance", "labels")[:2] == DONE[:2]
    assert held(written) == text


def test_what_is_not_read_back_as_it_was_meant_is_not_written(written: Place) -> None:
    # The text of a literal that the file ends in has no line break, and would get one.
    text = PARTNER.replace("  access: [tracking]   # for all\n", "")
    text = text.replace("      access:\n        - rates   # to compare\n", "")
    text += "      displayName: |\n        Finance"
    (written.folder / FILE).write_text(text)

    assert edit(written, "grant", "acme/finance", "labels") == Ran(
        1,
        "",
        f"Error: {FILE} cannot be edited safely in its present form; nothing was written\n"
        "Hint: edit it by hand\n",
    )
    assert held(written) == text


def test_of_a_delegated_team_without_an_admin_nobody_can_be_asked(written: Place) -> None:
    (written.folder / FILE).write_text(PARTNER.replace("[ana@acme.example]", "[]"))

    assert edit(written, "member", "add", "acme/ops", "x@acme.example") == Ran(
        1,
        "",
        "Error: the members of acme/ops are delegated to its admins\n"
        "Hint: the team has no admin; add one in the file first\n",
    )


def test_a_file_may_be_json_by_name(written: Place) -> None:
    data = yaml.safe_load(PARTNER.replace("2027-01-31", "'2027-01-31'"))
    (written.folder / FILE).unlink()
    file = written.folder / "partners" / "acme.JSON"
    file.write_text(json.dumps(data, indent=2))

    ran = edit(written, "member", "remove", "acme/finance", "bo@acme.example")

    del data["spec"]["teams"][1]["members"][0]
    assert (ran.code, ran.out, file.read_text()) == (0, "partners/acme.JSON\n", json.dumps(data, indent=2))


def test_an_end_in_the_past_that_is_meant_is_warned_of(written: Place) -> None:
    ran = edit(written, "grant", "acme/ops", "labels", "--until", "2026-11-23", "--past")

    assert (ran.code, "Warning: " in ran.err, "2026-11-23" in ran.err) == (0, True, True)


def test_a_partner_with_errors_and_a_broken_configuration_are_said(written: Place) -> None:
    (written.folder / FILE).write_text(PARTNER.replace("type: reseller", "type: seller"))
    wrong = edit(written, "revoke", "acme", "tracking")
    written.write(reconciler=CONFIGURATION.replace("kind: Configuration", "kind: none"))
    broken = edit(written, "revoke", "acme", "tracking")

    assert (wrong, broken) == (
        Ran(1, "", f"Error: {FILE} has errors\nHint: run `reconciler validate` to see them\n"),
        Ran(
            1, "", "Error: the configuration could not be read\nHint: run `reconciler validate` to see why\n"
        ),
    )


def test_a_line_break_in_the_name_of_a_file_starts_no_new_line(written: Place) -> None:
    (written.folder / FILE).rename(written.folder / "partners" / "ac\nError: me.yaml")

    refused = edit(written, "grant", "acme/ops", "label")
    unchanged = edit(written, "grant", "acme", "tracking")

    assert refused.err.splitlines()[0] == r"Error: partners/ac\nError: me.yaml was not changed:"
    assert unchanged.err == "partners/ac\\nError: me.yaml is already up to date; nothing was written.\n"
