"""`reconciler sync`: what becomes of each account, and of each partner that has none."""

import io
import json
import re
from textwrap import dedent, indent
from typing import Any

import msgspec
import pytest

from reconciler.model.finding import Finding, Severity
from reconciler.workflow.preview import Preview, preview
from tests.cli.running import CONFIGURATION, GROUP, PARTNER, TODAY, Place, Ran
from tests.cli.test_published_schemas import problems
from tests.forge.serving import Door
from tests.servers.tryton_rpc import PASSWORD, USER, TrytonDouble

SOURCE = """\
sources:
  crm:
    type: csv
    file: crm.csv
    id: Id
    mergedInto: Master
    where: {Kind: [Reseller, External]}
    fields:
      displayName: Name
      type: {column: Kind, values: {Reseller: reseller, External: external}}
      status: {column: State, values: {Live: active, Hold: suspended}}
      owner: {column: Owner, default: partnerships}
      domains: {column: Sites, split: " "}
      agreement: Contract
      until: {column: End, date: "%d.%m.%Y"}
    new:
      access: [tracking]
      teams: [{name: ops, admins: ["{Mail}"]}]
"""
COLUMNS = ("Id", "Name", "Kind", "State", "Owner", "Sites", "Contract", "End", "Mail", "Master")
ACME = {
    "Id": "1",
    "Name": "Acme",
    "Kind": "Reseller",
    "State": "Live",
    "Sites": "acme.example",
    "Contract": "MSA-1",
    "Mail": "ana@acme.example",
}
BOLT = {
    **ACME,
    "Id": "2",
    "Name": "Bolt",
    "Sites": "https://www.bolt.example/",
    "Contract": "MSA-2",
    "End": "31.12.2027",
    "Mail": "bo@bolt.example",
}
LINKED = PARTNER.replace("{name: acme}", "{name: acme, annotations: {crm/account: 1}}").replace(
    "crm/account: 1", 'crm/account: "1"'
)
BOLT_FILE = """\
# yaml-language-server: $schema=../schemas/partner.schema.json
apiVersion: reconciler/v1
kind: Partner
metadata:
  name: bolt
  annotations: {crm/account: "2"}
spec:
  type: reseller
  displayName: Bolt
  owner: partnerships
  domains: [bolt.example]
  agreement: MSA-2
  until: 2027-12-31
  access: [tracking]
  teams:
    - name: ops
      admins: [bo@bolt.example]
"""


@pytest.fixture
def crm(place: Place) -> Place:
    """A repository with the partner acme, whose account has the id 1."""
    offers = GROUP.replace("[{type: reseller}]", "[{type: reseller}, {type: external}]")
    place.write(
        reconciler=f"{dedent(CONFIGURATION)}{indent(SOURCE, '  ')}",
        partners__acme=LINKED,
        **{"access-groups__tracking": offers},
    )
    return place


def export(place: Place, *accounts: dict[str, str], tail: str = "") -> Place:
    rows = [",".join(each.get(column, "") for column in COLUMNS) for each in accounts]
    (place.folder / "crm.csv").write_text("\n".join([",".join(COLUMNS), *rows, tail]))
    return place


def sync(place: Place, *options: str) -> Ran:
    return place.run("sync", "crm", "--today", TODAY, *options)


def text(place: Place, name: str = "acme") -> str:
    return (place.folder / "partners" / f"{name}.yaml").read_text()


def partners(place: Place) -> list[str]:
    return sorted(path.stem for path in (place.folder / "partners").iterdir())


def lines(ran: Ran) -> list[str]:
    """Return what is printed about accounts, without the difference of the files."""
    starts = ("new: ", "changed: ", "Not mapped: ", "Note: ", "Warning: ", "No changes.")
    return [line for line in ran.err.splitlines() if line.startswith(starts)]


def test_new_teams_of_a_directory_lead_to_one_line_that_says_what_to_run(crm: Place) -> None:
    directory = "    id: {type: scim, url: https://id.example.com/scim, token: {env: RECONCILER_ID}}\n"
    group = 'name: ops, admins: {from: id, group: "{Name} Leads"}, members: {from: id, group: "{Name}"}'
    settings = crm.folder / "reconciler.yaml"
    settings.write_text(settings.read_text().replace('name: ops, admins: ["{Mail}"]', group) + directory)

    ran = sync(export(crm, ACME, BOLT))

    assert (ran.code, ran.out, "Warning" in ran.err) == (0, "partners/bolt.yaml\n", False)
    assert ran.err.splitlines()[-3:] == [
        "new: bolt, account 2 at crm.csv:3",
        "1 new partner, 0 changed.",
        "Then run `reconciler people pull`.",
    ]
    assert crm.run("validate").out.count("people-not-pulled") == 1


def test_an_account_without_a_file_gets_one_and_a_second_run_changes_nothing(crm: Place) -> None:
    first = sync(export(crm, ACME, BOLT))
    second = sync(crm)

    assert (first.code, first.out, text(crm, "bolt")) == (0, "partners/bolt.yaml\n", BOLT_FILE)
    assert first.err.endswith("new: bolt, account 2 at crm.csv:3\n1 new partner, 0 changed.\n")
    assert (second.code, second.out, second.err) == (0, "", "No changes.\n")
    assert crm.run("validate").code == 0


def test_only_mapped_fields_that_differ_are_changed_and_comments_stay(crm: Place) -> None:
    before = LINKED.replace("agreement: MSA-1", "agreement: MSA-1 # signed").replace(
        "domains: [acme.example]", "domains:\n        - acme.example # main\n        - old.example # gone"
    )
    crm.write(partners__acme=before)
    changed = {
        **ACME,
        "Name": "Acme Ltd",
        "State": "Hold",
        "Sites": "ACME.example www.new.example",
        "Contract": "MSA-9",
        "End": "1.2.2027",
    }

    ran = sync(export(crm, changed))

    assert ran.code == 0
    assert text(crm) == dedent(before).replace("displayName: Acme", "displayName: Acme Ltd").replace(
        "type: reseller\n", "type: reseller\n  status: suspended\n"
    ).replace("MSA-1", "MSA-9").replace("old.example # gone\n", "new.example\n  until: 2027-02-01\n")
    assert lines(ran) == [
        (
            "changed: acme, account 1 at crm.csv:2: status active → suspended;"
            ' displayName Acme → "Acme Ltd"; domains - old.example, + new.example;'
            " agreement MSA-1 → MSA-9; until no end date → 2027-02-01"
        )
    ]
    assert sync(crm).err == "No changes.\n"


def test_the_short_name_never_changes_and_a_suspended_partner_resumes_with_its_account(crm: Place) -> None:
    crm.write(partners__acme=LINKED.replace("type: reseller\n", "type: reseller\n      status: suspended\n"))

    ran = sync(export(crm, {**ACME, "Name": "Apex"}))

    assert (ran.code, partners(crm)) == (0, ["acme"])
    assert text(crm) == dedent(LINKED).replace("displayName: Acme", "displayName: Apex")


def test_with_dry_run_the_difference_is_on_stdout_and_nothing_is_written(crm: Place) -> None:
    tried = sync(export(crm, ACME, BOLT), "--dry-run", "--detailed-exitcode")

    assert (tried.code, partners(crm)) == (2, ["acme"])
    assert tried.out.splitlines()[:3] == ["--- /dev/null", "+++ partners/bolt.yaml", "@@ -0,0 +1,17 @@"]


def test_an_empty_value_clears_nothing_and_a_default_is_only_for_new_files(crm: Place) -> None:
    crm.write(partners__acme=LINKED.replace("owner: partnerships", "owner: logistics"))
    before = text(crm)

    ran = sync(export(crm, {"Id": "1", "Name": "Acme", "Kind": "Reseller"}))

    assert (ran.code, text(crm)) == (0, before)
    assert lines(ran) == [
        (
            "Note: crm.csv:2: the account has no domains, agreement, so partner acme keeps"
            " what its file has; fill it in, or change the file by hand"
        ),
        "No changes.",
    ]


def test_rows_with_one_id_are_one_account_if_they_are_equal_and_else_none(crm: Place) -> None:
    other = {**BOLT, "Contract": "MSA-3"}

    equal = sync(export(crm, ACME, ACME))
    different = sync(export(crm, ACME, BOLT, BOLT, other))

    assert (equal.code, equal.err) == (0, "No changes.\n")
    assert (different.code, partners(crm)) == (1, ["acme"])
    assert different.err == (
        "Not mapped: crm.csv:3: account 2: crm.csv:4, crm.csv:5 also has the id 2, and differs in Contract;"
        " export one row for each account, or choose one by where\nNo changes. 1 row not mapped.\n"
    )


def test_where_chooses_one_of_several_rows(crm: Place) -> None:
    ran = sync(export(crm, {**ACME, "Kind": "Former", "Contract": "OLD"}, ACME))

    assert (ran.code, ran.err) == (
        0,
        "Left out: 1 row by where or after a merge.\nNo changes.\n",
    )


def test_an_id_in_two_files_changes_neither(crm: Place) -> None:
    crm.write(partners__apex=LINKED.replace("name: acme,", "name: apex,").replace("[acme.example]", "[]"))

    ran = sync(export(crm, {**ACME, "Name": "New"}))

    assert (ran.code, text(crm)) == (1, dedent(LINKED))
    assert lines(ran) == [
        (
            "Not mapped: crm.csv:2: account 1: partners/acme.yaml:3:51 and partners/apex.yaml:3:51"
            " have this id; keep it in one of the files"
        ),
        "No changes. 1 row not mapped.",
    ]


def test_a_merged_account_changes_its_partner_only_by_a_link(crm: Place) -> None:
    merged = {**ACME, "Master": "7"}
    left = {**ACME, "Id": "7", "Contract": "MSA-7"}

    reported = sync(export(crm, merged, left))
    before = text(crm)
    linked = sync(crm, "--link")

    assert (reported.code, before) == (1, dedent(LINKED))
    assert lines(reported)[0] == (
        "Not mapped: crm.csv:3: account 7: this may be partner acme (partners/acme.yaml), by its account 1,"
        ' which was merged into this one; add `crm/account: "7"` to metadata.annotations of it, or use --link'
    )
    assert (linked.code, text(crm)) == (
        0,
        dedent(LINKED).replace('"1"', '"7"').replace("MSA-1", "MSA-7"),
    )
    assert sync(crm).err == "Left out: 1 row by where or after a merge.\nNo changes.\n"


def test_an_account_that_was_merged_into_that_of_another_partner_or_of_none_is_reported(crm: Place) -> None:
    merged = {**ACME, "Master": "2"}
    crm.write(partners__bolt=BOLT_FILE)

    both = sync(export(crm, merged, BOLT))
    neither = sync(export(crm, {**merged, "Master": "9"}, BOLT))

    assert (both.code, lines(both)) == (
        0,
        [
            (
                "Note: partners/acme.yaml:3:37: the account 1 of partner acme was merged into 2,"
                " which is partner bolt; move its teams there with `reconciler move`, and end it"
            ),
            "No changes.",
        ],
    )
    assert (neither.code, lines(neither)) == (
        0,
        [
            (
                "Note: partners/acme.yaml:3:37: the account 1 of partner acme was merged into 9;"
                " link the partner to the account 9, or suspend it"
            ),
            "No changes.",
        ],
    )


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ({**BOLT, "Name": "ACME", "Sites": ""}, "its name"),
        ({**BOLT, "Sites": "bolt.example Acme.example"}, "its domain"),
    ],
)
def test_an_account_like_a_partner_without_an_annotation_is_linked_and_never_created_twice(
    crm: Place, account: dict[str, str], reason: str
) -> None:
    crm.write(partners__acme=PARTNER.replace("type: reseller", "type: reseller # kept"))

    reported = sync(export(crm, account))
    unchanged = text(crm)
    linked = sync(crm, "--link")

    assert (reported.code, partners(crm), lines(reported)[0]) == (
        1,
        ["acme"],
        (
            f"Not mapped: crm.csv:2: account 2: this may be partner acme (partners/acme.yaml), by {reason};"
            ' add `crm/account: "2"` to metadata.annotations of it, or use --link'
        ),
    )
    assert (unchanged, "# kept" in text(crm)) == (
        dedent(PARTNER).replace("reseller", "reseller # kept", 1),
        True,
    )
    assert (linked.code, 'metadata: {name: acme, annotations: {crm/account: "2"}}' in text(crm)) == (0, True)
    assert lines(sync(crm))[-1] == "No changes."


def test_a_partner_whose_account_vanished_is_not_created_again_under_another_id(crm: Place) -> None:
    reported = sync(export(crm, {**ACME, "Id": "7"}))
    cut = sync(export(crm, {**ACME, "Id": "7"}, tail="8,Bolt"), "--link")
    unchanged = text(crm)
    linked = sync(export(crm, {**ACME, "Id": "7"}), "--link")

    assert (reported.code, cut.code, unchanged, partners(crm)) == (1, 1, dedent(LINKED), ["acme"])
    assert lines(reported)[0] == (
        "Not mapped: crm.csv:2: account 7: this may be partner acme (partners/acme.yaml), by its name;"
        ' its account 1 was not found; add `crm/account: "7"` to metadata.annotations of it,'
        " or use --link"
    )
    assert (linked.code, text(crm)) == (0, dedent(LINKED).replace('"1"', '"7"'))


def test_where_more_than_one_could_be_meant_nothing_is_linked(crm: Place) -> None:
    other = PARTNER.replace("{name: acme}", "{name: apex}").replace("acme.example", "apex.example")
    crm.write(partners__acme=PARTNER, partners__apex=other.replace("displayName: Acme", "displayName: Apex"))
    both = {**ACME, "Sites": "apex.example"}

    one_account = sync(export(crm, both), "--link")
    two_accounts = sync(export(crm, ACME, {**ACME, "Id": "3"}), "--link")

    assert [one_account.code, two_accounts.code, text(crm)] == [1, 1, dedent(PARTNER)]
    assert [each.split("; ")[0] for each in (*lines(one_account)[:1], *lines(two_accounts)[:2])] == [
        (
            "Not mapped: crm.csv:2: account 1: this may be one of the partners acme (partners/acme.yaml),"
            " apex (partners/apex.yaml)"
        ),
        "Not mapped: crm.csv:2: account 1: this and other accounts may be partner acme (partners/acme.yaml)",
        "Not mapped: crm.csv:3: account 3: this and other accounts may be partner acme (partners/acme.yaml)",
    ]


def test_a_partner_that_says_that_it_has_no_account_is_another_one(crm: Place) -> None:
    crm.write(partners__acme=LINKED.replace('"1"', "none"))

    ran = sync(export(crm, {**BOLT, "Name": "Acme"}))

    assert (ran.code, partners(crm), lines(ran)) == (
        0,
        ["acme", "acme-2"],
        [
            "new: acme-2, account 2 at crm.csv:2",
            (
                "Note: crm.csv:2: acme-2 has a number, because there is a partner acme already;"
                " check that they are two companies"
            ),
        ],
    )
    assert sync(crm).err == "No changes.\n"


def test_a_former_name_of_a_partner_is_not_given_to_another_one(crm: Place) -> None:
    crm.write(partners__acme=LINKED.replace("name: acme,", "name: apex, previously: [acme, old],"))

    ran = sync(export(crm, ACME, {**BOLT, "Name": "Acme"}, {**BOLT, "Id": "3", "Name": "Old", "Sites": ""}))

    assert (ran.code, [each for each in lines(ran) if each.startswith("new: ")]) == (
        0,
        ["new: acme-2, account 2 at crm.csv:3", "new: old-2, account 3 at crm.csv:4"],
    )


def test_partners_in_one_file_change_together_or_not_at_all(crm: Place) -> None:
    crm.write(partners__acme=f"{dedent(LINKED)}---\n{BOLT_FILE}", **{"access-groups__tracking": GROUP})
    before = text(crm)

    ran = sync(export(crm, {**ACME, "Kind": "External"}, {**BOLT, "Name": "Bolt Ltd"}))

    assert (ran.code, text(crm)) == (1, before)
    assert [each.split(": access group")[0] for each in lines(ran) if "Not mapped" in each] == [
        "Not mapped: crm.csv:2: account 1: partners/acme.yaml was not changed",
        "Not mapped: crm.csv:3: account 2: partners/acme.yaml was not changed",
    ]


def test_short_names_that_collide_get_numbers_in_the_order_of_ids(crm: Place) -> None:
    crm.write(partners__notes="# a file of ours\n")
    accounts = [
        {**BOLT, "Id": number, "Name": name, "Sites": site}
        for number, name, site in (
            ("9", "Bolt", ""),
            ("3", "BOLT!", ""),
            ("4", "Notes", ""),
            ("5", "北京", ""),
        )
    ]

    ran = sync(export(crm, ACME, *accounts))

    assert (ran.code, [each for each in lines(ran) if each.startswith("new: ")]) == (
        0,
        [
            "new: bolt, account 3 at crm.csv:4",
            "new: notes-2, account 4 at crm.csv:5",
            "new: account-5, account 5 at crm.csv:6",
            "new: bolt-2, account 9 at crm.csv:3",
        ],
    )


def test_partners_whose_accounts_do_not_count_or_vanished_are_reported_and_not_touched(crm: Place) -> None:
    ended = BOLT_FILE.replace("  type:", "  status: ended\n  type:")
    crm.write(partners__bolt=ended)

    filtered = sync(export(crm, {**ACME, "Kind": "Customer", "Name": "Other"}))
    vanished = sync(export(crm, {**BOLT, "Id": "7", "Name": "Cobalt", "Sites": "", "State": "Hold"}))

    assert [filtered.code, vanished.code, text(crm), text(crm, "bolt")] == [0, 0, dedent(LINKED), ended]
    assert lines(filtered) == [
        (
            "Note: crm.csv:2: the account of partner acme is not one of those that count;"
            " suspend or end the partner, or change where"
        ),
        "No changes.",
    ]
    assert lines(vanished) == [
        (
            "Note: partners/acme.yaml:3:37: the account 1 of partner acme is not in the source any more;"
            " suspend or end the partner if it is gone"
        ),
        "No changes.",
    ]


def test_what_has_ended_stays_ended(crm: Place) -> None:
    ended = LINKED.replace("type: reseller\n", "type: reseller\n      status: ended\n")
    crm.write(partners__acme=ended)

    ran = sync(export(crm, {**ACME, "Name": "New"}))

    assert (ran.code, text(crm)) == (0, dedent(ended))
    assert lines(ran) == [
        (
            "Note: crm.csv:2: partner acme has ended, and its account has not;"
            " correct the CRM, or it is created again once its file is deleted"
        ),
        "No changes.",
    ]


def test_accounts_that_would_have_no_access_get_no_file(crm: Place) -> None:
    accounts = [{**BOLT, "State": "Hold"}, {**BOLT, "Id": "3", "End": "23.11.2026"}]

    ran = sync(export(crm, ACME, *accounts), "--format", "json")

    shown = sync(crm).err
    report = json.loads(ran.out)
    assert (ran.code, report["inactive"], report["created"], partners(crm)) == (0, 2, [], ["acme"])
    assert shown == "Left out: 2 accounts without access and without a file.\nNo changes.\n"


def test_an_empty_export_changes_nothing(crm: Place) -> None:
    ran = sync(export(crm))

    assert (ran.code, text(crm), lines(ran)) == (
        0,
        dedent(LINKED),
        ["Note: the source has no accounts, so nothing was compared; check the export", "No changes."],
    )


def test_bad_rows_are_all_reported_and_good_ones_are_written(crm: Place) -> None:
    bad = {
        **BOLT,
        "Id": "3",
        "Name": "",
        "State": "Odd",
        "Sites": "x y",
        "End": "2027-12-31",
        "Mail": "nobody",
    }
    without = {**BOLT, "Id": "4", "Name": "Cobalt", "Sites": "cobalt.example", "Mail": ""}
    cut = "5,Dune,Reseller"

    ran = sync(export(crm, {**ACME, "Contract": "M-2"}, bad, without, {**BOLT, "Id": ""}, BOLT, tail=cut))

    assert (ran.code, partners(crm)) == (1, ["acme", "bolt"])
    assert "agreement: M-2" in text(crm)
    assert [each.removeprefix("Not mapped: crm.csv:") for each in lines(ran) if "Not mapped" in each] == [
        "7: the row has 3 cells, and the header has 10; is the file complete?",
        "5: the account has no id; fill in the column of id",
        "3: account 3: displayName has no value; fill in its column, or set a default",
        '3: account 3: "nobody" is not a valid e-mail address; use name@company.example',
        '3: account 3: State: "Odd" is not in the table of values; use Live, Hold',
        '3: account 3: Sites: "x" is not a valid e-mail domain; use the part after the @: company.example',
        (
            '3: account 3: End: "2027-12-31" is not a date of the form %d.%m.%Y;'
            " correct it, or set date to the form of the column"
        ),
        '4: account 4: team "ops" has no admin; fill in Mail',
    ]
    assert ran.err.endswith("1 new partner, 1 changed, 4 rows not mapped.\n")


def test_what_the_rules_do_not_allow_is_not_written_and_all_else_is(crm: Place) -> None:
    offers = GROUP.replace("offers:", "offers: # only them\n       ")
    crm.write(**{"access-groups__tracking": offers}, partners__bolt=BOLT_FILE)
    denied = {**ACME, "Kind": "External", "Contract": "M-2"}

    ran = sync(
        export(
            crm,
            denied,
            {**BOLT, "Contract": "M-3"},
            {**BOLT, "Id": "3", "Name": "Cobalt", "Kind": "External", "Sites": "c.example"},
        )
    )

    assert (ran.code, ran.out, text(crm)) == (1, "partners/bolt.yaml\n", dedent(LINKED))
    assert [each.split(": access group")[0] for each in lines(ran) if "Not mapped" in each] == [
        "Not mapped: crm.csv:2: account 1: partners/acme.yaml was not changed",
        "Not mapped: crm.csv:4: account 3: partners/cobalt.yaml was not created",
    ]


def test_a_file_that_cannot_be_edited_is_reported_and_all_else_is_written(crm: Place) -> None:
    crm.write(
        partners__acme=LINKED.replace("displayName: Acme", "displayName: &x Acme").replace("MSA-1", "*x")
    )

    ran = sync(export(crm, {**ACME, "Name": "New", "Contract": "Acme"}, BOLT))

    assert (ran.code, ran.out) == (1, "partners/bolt.yaml\n")
    assert lines(ran)[1].startswith(
        "Not mapped: crm.csv:2: account 1: partners/acme.yaml was not changed: partners/acme.yaml: line"
    )


def test_the_file_is_that_of_the_settings_or_of_the_command_line(
    crm: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(crm, ACME, BOLT)
    (crm.folder / "crm.csv").rename(crm.folder / "other.csv")
    content = (crm.folder / "other.csv").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    missing = sync(crm)
    other = sync(crm, "--file", "other.csv", "--dry-run")
    stdin = sync(crm, "--file", "-", "--dry-run")

    place, _, rest = missing.err.partition(" the file ")
    assert (missing.code, rest) == (
        1,
        "crm.csv does not exist\nHint: export it from the CRM, or give another one with --file\n",
    )
    assert re.fullmatch(r"Error: reconciler\.yaml:[0-9]+:[0-9]+:", place)
    assert (other.code, lines(other)) == (0, ["new: bolt, account 2 at other.csv:3"])
    assert (stdin.code, lines(stdin)) == (0, ["new: bolt, account 2 at stdin:3"])


def test_json_lines_are_read_like_rows(crm: Place) -> None:
    settings = dedent(CONFIGURATION) + indent(SOURCE, "  ").replace("csv", "jsonl", 1).replace(
        "crm.csv", "crm.jsonl"
    )
    crm.write(reconciler=settings)
    objects = [{column: each.get(column) for column in COLUMNS} for each in (ACME, BOLT)]
    (crm.folder / "crm.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in objects))

    ran = sync(crm)

    assert (ran.code, text(crm, "bolt")) == (0, BOLT_FILE)


def test_an_unread_partner_file_could_be_that_of_an_account_so_nothing_is_written(crm: Place) -> None:
    crm.write(partners__acme=LINKED.replace("displayName", "displayname"))

    ran = sync(export(crm, ACME, BOLT))

    assert (ran.code, partners(crm), ran.err.splitlines()[0]) == (
        1,
        ["acme"],
        "Error: 1 file has errors, and could be those of partners in the CRM: partners/acme.yaml",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing",), 'Error: source "nothing" is not defined in reconciler.yaml\nHint: known: crm\n'),
        ((), "Error: Missing argument 'SOURCE'."),
    ],
)
def test_an_unknown_source_is_refused(crm: Place, arguments: tuple[str, ...], message: str) -> None:
    ran = crm.run("sync", *arguments)

    assert (ran.code, message in ran.err) == (1, True)


def test_a_source_that_is_not_a_crm_is_refused(crm: Place) -> None:
    settings = crm.folder / "reconciler.yaml"
    directory = '    sso: {type: scim, url: "https://id.example.com/v2", token: {env: RECONCILER_ID_TOKEN}}'
    settings.write_text(settings.read_text().rstrip() + f"\n{directory}\n")

    ran = crm.run("sync", "sso")

    line = settings.read_text().splitlines().index(directory) + 1
    assert (ran.code, ran.err) == (
        1,
        (
            f'Error: reconciler.yaml:{line}:17: source "sso" has the type scim, and is not a CRM\n'
            "Hint: use one of: crm\n"
        ),
    )


def test_the_report_fits_its_schema_and_has_every_field(crm: Place) -> None:
    merged = {**ACME, "Id": "8", "Kind": "Customer"}
    ran = sync(export(crm, {**ACME, "Contract": ""}, BOLT, merged, {**BOLT, "Id": ""}), "--format", "json")

    report = json.loads(ran.out)
    assert (ran.code, problems("sync", ran.out), report["format"]) == (1, [], "reconciler-sync/1.0")
    assert (report["accounts"], report["filtered"], report["inactive"]) == (4, 1, 0)
    assert report["created"][0] == {
        "partner": "bolt",
        "file": "partners/bolt.yaml",
        "account": "2",
        "place": "crm.csv:3",
        "fields": [
            {"field": field, "before": None, "after": after}
            for field, after in (
                ("type", "reseller"),
                ("status", "active"),
                ("displayName", "Bolt"),
                ("owner", "partnerships"),
                ("domains", ["bolt.example"]),
                ("agreement", "MSA-2"),
                ("until", "2027-12-31"),
            )
        ],
    }
    assert [each["reason"] for each in (*report["notMapped"], *report["notices"])] == ["invalid", "kept"]


def test_markdown_has_all_changes_field_by_field(crm: Place) -> None:
    ran = sync(
        export(crm, {**ACME, "Contract": "M|`x`", "Sites": ""}, {**BOLT, "Id": ""}), "--format", "markdown"
    )

    assert ran.out == dedent(
        """\
        0 new partners, 1 changed, from 2 accounts of `crm`.

        **Not mapped**

        - `crm.csv:3`: `the account has no id`  
          `fill in the column of id`

        **Changed**

        | Partner | Account | Field | Before | After |
        | --- | --- | --- | --- | --- |
        | `acme` | `1` at `crm.csv:2` | `agreement` | `MSA-1` | `` M\\|`x` `` |

        **Please check**

        - `crm.csv:2`: account `1`: `the account has no domains, so partner acme keeps what its file has`  
          `fill it in, or change the file by hand`
        """  # noqa: W291  a line break in Markdown
    )


TRYTON = """\
sources:
  crm:
    type: tryton
    url: {address}
    database: crm
    user: {user}
    password: {{env: PORTAL_TOKEN}}
    id: id
    fields:
      displayName: name
      type: {{default: reseller}}
      owner: {{default: partnerships}}
      agreement: subscription.reference
      until: subscription.end
"""


@pytest.fixture
def tryton(crm: Place, street: Door, monkeypatch: pytest.MonkeyPatch) -> TrytonDouble:
    """A database with the party Acme, which the partner acme is connected with, and the party Bolt."""
    double = TrytonDouble()
    acme, bolt = double.party("Acme"), double.party("Bolt")
    for party in (acme, bolt):
        double.subscription(party, "running", "2027-12-31", reference="MSA-1")
    street.behind = double.application
    monkeypatch.setenv("PORTAL_TOKEN", PASSWORD)
    source = TRYTON.format(address=street.address, user=USER)
    crm.write(reconciler=f"{dedent(CONFIGURATION)}{indent(source, '  ')}")
    return double


def test_a_server_is_asked_like_a_file_is_read(crm: Place, tryton: TrytonDouble) -> None:
    first = sync(crm)
    second = sync(crm)
    file = sync(crm, "--file", "crm.csv")

    assert (first.code, first.out, "until: 2027-12-31" in text(crm)) == (
        0,
        "partners/acme.yaml\npartners/bolt.yaml\n",
        True,
    )
    assert (second.code, second.err, len(tryton.logins)) == (0, "No changes.\n", 2)
    assert (file.code, file.err.splitlines()[-1]) == (
        1,
        'Error: --file needs a source that is a file; "crm" is not one.',
    )


def test_a_crm_that_cannot_be_read_completely_changes_nothing(crm: Place, tryton: TrytonDouble) -> None:
    tryton.before = lambda call: tryton.change("party.party", 1, code=str(call))

    ran = sync(crm, "--format", "json")

    assert (ran.code, ran.out, partners(crm), text(crm)) == (5, "", ["acme"], dedent(LINKED))


def test_a_crm_that_cannot_be_read_changes_nothing(
    crm: Place, tryton: TrytonDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "wrong")

    ran = sync(crm, "--format", "markdown")

    assert (ran.code, ran.out, partners(crm), len(tryton.logins)) == (5, "", ["acme"], 1)


def test_a_suspension_in_the_crm_shows_who_loses_access_in_the_plan(crm: Place) -> None:
    crm.run("apply", "--auto-approve")
    sync(export(crm, {**ACME, "State": "Hold"}))

    planned = crm.run("plan").out

    assert "status: active → suspended" in planned
    assert (
        "  - acme/ops, 1 person: ana@acme.example\n      tracking-v2  consume → none  via tracking\n"
        in planned
    )


def test_a_source_without_a_file_needs_one_on_the_command_line(crm: Place) -> None:
    source = SOURCE.replace("    file: crm.csv\n", "")
    crm.write(reconciler=f"{dedent(CONFIGURATION)}{indent(source, '  ')}")

    ran = sync(export(crm, ACME))
    given = sync(crm, "--file", "crm.csv")

    assert (ran.code, ran.err, given.err) == (
        1,
        'Error: source "crm" names no file\nHint: give one with --file, or - for stdin\n',
        "No changes.\n",
    )


def test_warnings_of_rules_are_shown_and_nothing_is_held_back(crm: Place) -> None:
    ran = sync(export(crm, ACME, {**BOLT, "Sites": "acme.example bolt.example"}))

    assert (ran.code, partners(crm)) == (0, ["acme", "bolt"])
    assert lines(ran)[0].startswith('Warning: partners/bolt.yaml:11:13: partner "acme" also has the domain')


def test_an_error_that_is_not_about_a_partner_holds_all_back(
    crm: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(*given: Any) -> Preview:
        wrong = Finding(rule="schema", severity=Severity.ERROR, message="the result is wrong")
        return msgspec.structs.replace(preview(*given), findings=(wrong,))

    monkeypatch.setattr("reconciler.workflow.edit.preview", judged)

    ran = sync(export(crm, ACME, BOLT))

    assert (ran.code, partners(crm)) == (1, ["acme"])
    assert ran.err == "Error: no file was changed:\nthe result is wrong\n"


def test_the_people_of_new_teams_can_come_from_groups_of_a_directory(crm: Place) -> None:
    directory = '  sso: {type: scim, url: "https://id.example.com/scim", token: {env: PORTAL_TOKEN}}\n'
    team = """{name: ops, admins: {from: sso, group: "{Name} admins"}, members: {from: sso, group: "{Mail}"},
        access: [{group: tracking, level: view}]"""
    source = SOURCE.replace('{name: ops, admins: ["{Mail}"]', team).replace("      access: [tracking]\n", "")
    crm.write(reconciler=f"{dedent(CONFIGURATION)}{indent(source + directory, '  ')}")
    cobalt = {**BOLT, "Id": "3", "Name": "Cobalt", "Sites": "c.example", "Mail": ""}

    ran = sync(export(crm, ACME, BOLT, cobalt))

    assert (ran.code, partners(crm)) == (1, ["acme", "bolt"])
    assert text(crm, "bolt").partition("  teams:\n")[2] == (
        "    - name: ops\n"
        "      admins: {from: sso, group: Bolt admins}\n"
        "      members: {from: sso, group: bo@bolt.example}\n"
        "      access:\n"
        "        - {group: tracking, level: view}\n"
    )
    assert "Not mapped: crm.csv:4: account 3: " in ran.err
    assert 'the group of team "ops" has no value for Mail; fill in the column' in ran.err
