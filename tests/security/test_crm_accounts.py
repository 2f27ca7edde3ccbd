"""A CRM, or a file that somebody sends, has hostile values in its accounts."""

import json
from itertools import chain
from pathlib import Path
from textwrap import dedent, indent

import pytest
import yaml

from reconciler.model.accounts import Account, Accounts
from reconciler.model.sync_report import NotMapped, SyncReport
from reconciler.render import markdown, text
from reconciler.workflow.sync.comparison import SyncOptions, compare
from reconciler.workflow.sync.mapping import AccountMapper
from tests.builders import partner
from tests.cli.running import CONFIGURATION, TODAY, Place, Ran
from tests.growth import steps
from tests.sources.crm_settings import csv_source

SOURCE = """\
sources:
  crm:
    type: jsonl
    file: crm/accounts.jsonl
    id: Id
    fields: {displayName: Name, type: {default: reseller}, owner: {default: partnerships}, agreement: No}
    new:
      teams: [{name: ops, admins: ["{Mail}"], members: {from: sso, group: "{Name} ({No})"}}]
  sso: {type: scim, url: "https://id.example.com/scim", token: {env: PORTAL_TOKEN}}
"""
HOSTILE = [
    "x: y",
    "- x",
    "&a x",
    "*a",
    "!!python/object/apply:os.system [id]",
    "# x",
    "| x",
    "{x: y}",
    "[x]",
    "'\"",
    'a" b: "c',
    "null",
    "0x1F",
    "2027-12-31",
    "---",
    "% x",
    "=HYPERLINK(1;2)",
    "+1-1|cmd",
    "@everyone #1 ``` </details><script>",
    "[link](https://evil.example)",
    "::error::x",
    "##[error]x",
    "{Id}{Mail}",
    "\\n  status: ended",
]
REFUSED = ["x\n  status: ended", "x\r\ny", "x\u2028y", "x\u202ey", "x\x1b[2J", "x\0", "x\u200by", "\ud800"]


@pytest.fixture
def crm(place: Place) -> Place:
    place.write(reconciler=f"{dedent(CONFIGURATION)}{indent(SOURCE, '  ')}")
    (place.folder / "crm").mkdir()
    return place


def account(**values: str) -> dict[str, str]:
    return {"Id": "7", "Name": "Bolt", "No": "M-1", "Mail": "bo@bolt.example", **values}


def sync(place: Place, accounts: list[dict[str, str]], *options: str) -> Ran:
    text = "".join(f"{json.dumps(each)}\n" for each in accounts)
    (place.folder / "crm" / "accounts.jsonl").write_text(text)
    return place.run("sync", "crm", "--today", TODAY, *options)


def new_files(place: Place) -> list[Path]:
    every = chain(place.folder.rglob("*.yaml"), place.folder.parent.glob("*.yaml"))
    known = {"reconciler", "catalog", "acme", "tracking"}
    return sorted(path for path in every if path.stem not in known)


def test_hostile_values_are_data_in_files_that_have_no_other_keys(crm: Place) -> None:
    accounts = [account(Id=f"{text} {number}", Name=text, No=text) for number, text in enumerate(HOSTILE)]

    ran = sync(crm, accounts)

    read = [yaml.safe_load(path.read_text()) for path in new_files(crm)]
    assert ran.code == 0
    assert {path.parent for path in new_files(crm)} == {crm.folder / "partners"}
    assert sorted(each["spec"]["displayName"] for each in read) == sorted(HOSTILE)
    for each in read:
        name = each["spec"]["displayName"]
        number = HOSTILE.index(name)
        assert each["metadata"]["annotations"] == {"crm/account": f"{name} {number}"}
        assert each["spec"] == {
            "type": "reseller",
            "displayName": name,
            "owner": "partnerships",
            "agreement": name,
            "teams": [
                {
                    "name": "ops",
                    "admins": ["bo@bolt.example"],
                    "members": {"from": "sso", "group": f"{name} ({name})"},
                }
            ],
        }
    assert lines_with_commands(ran.err) == []
    assert sync(crm, accounts).err.endswith("No changes.\n")


def lines_with_commands(printed: str) -> list[str]:
    """Return the lines that a CI runner would take for commands."""
    return [line for line in printed.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("column", ["Id", "Name", "No"])
def test_control_characters_and_invisible_ones_are_refused(crm: Place, column: str, text: str) -> None:
    ran = sync(crm, [account(**{column: text})])

    assert (ran.code, new_files(crm)) == (1, [])
    assert ran.err.isprintable() is False
    assert all(line.isprintable() for line in ran.err.splitlines())


def test_a_place_that_a_server_makes_up_adds_no_line() -> None:
    place = "account 1\nnew: evil\n::error::x"
    row = NotMapped(reason="invalid", place=place, account=place, message=place, hint=place)
    report = SyncReport(source="crm", accounts=1, not_mapped=(row,))

    assert (len(text.sync(report).splitlines()), lines_with_commands(text.sync(report))) == (2, [])
    assert [each for each in markdown.sync(report).splitlines() if "evil" in each and "`" not in each] == []


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "..", ".", "a/../../b", "CON", ".git/config"])
def test_names_stay_in_the_folder_of_partners(crm: Place, name: str) -> None:
    ran = sync(crm, [account(Name=name, Id=name)])

    (path,) = new_files(crm)
    assert (ran.code, path.parent) == (0, crm.folder / "partners")


@pytest.mark.parametrize(
    "mail",
    ["a@b.example, c@d.example", "a@b.example]\n      access: [tracking", "{from: sso, group: x}", "a"],
)
def test_a_placeholder_adds_one_address_and_nothing_else(crm: Place, mail: str) -> None:
    ran = sync(crm, [account(Mail=mail)])

    assert (ran.code, new_files(crm)) == (1, [])


def test_markdown_shows_hostile_values_in_code_spans(crm: Place) -> None:
    accounts = [account(Id=text, Name=text) for text in HOSTILE]

    printed = sync(crm, [*accounts, account(Id="@here", Mail="<b>")], "--format", "markdown").out

    outside = "".join(part for number, part in enumerate(spans(printed)) if number % 2 == 0)
    assert [each for each in ("@", "<", "](", "::", "##[", "script") if each in outside] == []


def spans(text: str) -> list[str]:
    """Return the text outside of code spans and in them, alternating."""
    parts, rest = [], text
    while "`" in rest:
        before, _, after = rest.partition("`")
        ticks = 1 + len(after) - len(after.lstrip("`"))
        inside, _, rest = after[ticks - 1 :].partition(f" {'`' * ticks}" if ticks > 1 else "`")
        parts += [before, inside]
    return [*parts, rest]


def test_a_very_long_report_fits_a_pull_request(crm: Place) -> None:
    accounts = [account(Id=f"{number}", Name="x" * 200) for number in range(400)]

    printed = sync(crm, accounts, "--format", "markdown").out

    assert (len(printed) < 60_000, "Left out here: " in printed) == (True, True)


@pytest.mark.parametrize("file", ["../accounts.jsonl", "/etc/passwd", "crm/../../accounts.jsonl", ".."])
def test_a_configuration_cannot_name_a_file_outside_of_the_repository(crm: Place, file: str) -> None:
    crm.write(reconciler=f"{dedent(CONFIGURATION)}{indent(SOURCE.replace('crm/accounts.jsonl', file), '  ')}")
    (crm.folder.parent / "accounts.jsonl").write_text(json.dumps(account()))

    ran = crm.run("sync", "crm")

    assert (ran.code, new_files(crm)) == (1, [])
    assert ran.err == (
        f"Error: reconciler.yaml:14:13: the file {file} is outside the repository\n"
        "Hint: use a file inside of it, or give it with --file\n"
    )


@pytest.mark.parametrize("name", ["accounts.jsonl", "."])
def test_a_link_in_the_repository_is_not_followed(
    crm: Place, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "accounts.jsonl").write_text(json.dumps(account()))
    link = crm.folder / "crm" if name == "." else crm.folder / "crm" / name
    if name == ".":
        link.rmdir()
    link.symlink_to(outside / name)

    ran = crm.run("sync", "crm")

    assert (ran.code, new_files(crm), "symbolic link" in ran.err) == (1, [], True)


@pytest.mark.parametrize("sort", ["new", "same name", "same id", "merged", "same domain"])
def test_the_work_grows_with_the_number_of_accounts(sort: str) -> None:
    def cost(number: int) -> int:
        found = Accounts(tuple(Account(f"f:{each}", _hostile(sort, each)) for each in range(number)))
        documents = [
            partner(f"p{each}", domains=["shared.example"])
            for each in range(number if sort == "same domain" else 0)
        ]
        source = csv_source(mergedInto="Left", fields={"domains": "Site"})
        options = SyncOptions(
            name="crm",
            source=source,
            annotation="crm/account",
            today=TODAY,
            folder="partners",
            link=True,
            is_taken=lambda _: False,
        )
        return steps(lambda: compare(found, documents, AccountMapper(source, ["partnerships"]), options))

    assert cost(240) < 2.5 * cost(120)


def _hostile(sort: str, number: int) -> dict[str, str]:
    values = {"Id": f"{number:04}", "Name": f"Company {number}", "Left": "", "Site": f"c{number}.example"}
    others = {
        "same name": {"Name": "Company"},
        "same id": {"Id": "1"},
        "merged": {"Left": f"{number + 1:04}"},
        "same domain": {"Site": "shared.example"},
    }
    return {**values, **others.get(sort, {})}
