"""Lists of partners, teams, people, groups and APIs, from files and from the portal."""

import json
from typing import Any

import pytest

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, TODAY, Place, Ran

BOLT = (
    PARTNER.replace("acme", "bolt")
    .replace("Acme", "Bolt")
    .replace("owner: partnerships", "owner: logistics\n      status: suspended\n      until: 2027-01-31")
    .replace("name: ops", "name: ops\n          members: [{email: bo@bolt.example, until: 2027-03-31}]")
)
GIVEN = GROUP.rstrip() + "\n      grants: [{developer: sam@indie.example, until: 2027-03-31}]\n"


@pytest.fixture
def estate(place: Place) -> Place:
    """Acme, whose team is delegated; Bolt, which is suspended and lists its members; Sam by himself."""
    return place.write(
        partners__bolt=BOLT,
        catalog=CATALOG.replace("]", ", {name: unused-v1, owner: partnerships, visibility: public}]"),
        **{"access-groups__tracking": GIVEN},
    )


def listed(place: Place, *arguments: str) -> Ran:
    return place.run("list", *arguments, "--today", TODAY)


def rows(place: Place, *arguments: str) -> list[dict[str, Any]]:
    ran = listed(place, *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return list(json.loads(ran.out)["rows"])


def names(place: Place, *arguments: str) -> list[str]:
    return [row["name"] for row in rows(place, *arguments)]


@pytest.mark.parametrize(
    ("sort", "table"),
    [
        (
            "partners",
            (
                "NAME  TYPE      STATUS     OWNER         UNTIL       TEAMS  PEOPLE  ACTIVE  APIS\n"
                "acme  reseller  active     partnerships  -           1      1       1       1\n"
                "bolt  reseller  suspended  logistics     2027-01-31  1      2       2       0\n"
                "2 partners.\n"
            ),
        ),
        (
            "teams",
            (
                "NAME      MEMBERS    STATUS     OWNER         UNTIL       PEOPLE  ACTIVE  APIS\n"
                "acme/ops  delegated  active     partnerships  -           1       1       1\n"
                "bolt/ops  listed     suspended  logistics     2027-01-31  2       2       0\n"
                "2 teams.\n"
            ),
        ),
        (
            "people",
            (
                "NAME               STATUS  UNTIL       PARTNER  TEAMS  APIS\n"
                "ana@acme.example   active  -           acme     1      1\n"
                "ana@bolt.example   active  -           bolt     1      0\n"
                "bo@bolt.example    active  2027-03-31  bolt     1      0\n"
                "sam@indie.example  active  2027-03-31  -        0      1\n"
                "4 people.\n"
            ),
        ),
        (
            "groups",
            (
                "NAME      OWNER      PARTNERS  TEAMS  PEOPLE  ACTIVE  APIS\n"
                "tracking  logistics  1         1      2       2       1\n"
                "1 access group.\n"
            ),
        ),
        (
            "apis",
            (
                "NAME         VISIBILITY  OWNER         PARTNERS  TEAMS  PEOPLE  ACTIVE\n"
                "tracking-v2  restricted  logistics     1         1      2       2\n"
                "unused-v1    public      partnerships  0         0      0       0\n"
                "2 APIs.\n"
            ),
        ),
    ],
)
def test_each_sort_is_a_table(estate: Place, sort: str, table: str) -> None:
    note = "Not counted: members managed in the portal (acme/ops). Use --live.\n"

    assert listed(estate, sort) == Ran(0, table + note)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["partners", "--owner", "logistics"], ["bolt"]),
        (["partners", "--status", "active"], ["acme"]),
        (["partners", "--ending", "68"], ["bolt"]),
        (["partners", "--ending", "67"], []),
        (["partners", "--group", "tracking"], ["acme"]),
        (["people", "--ending", "365"], ["bo@bolt.example", "sam@indie.example"]),
        (["people", "--api", "tracking-v2"], ["ana@acme.example", "sam@indie.example"]),
        (["apis", "--inactive"], ["unused-v1"]),
        (["groups", "--inactive"], []),
    ],
)
def test_options_narrow_it_down(estate: Place, arguments: list[str], found: list[str]) -> None:
    assert names(estate, *arguments) == found


def test_an_ended_partner_and_team_are_listed_as_such(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("type:", "status: ended\n      type:"))

    assert [names(place, sort, "--status", "ended") for sort in ("partners", "teams")] == [
        ["acme"],
        ["acme/ops"],
    ]


def test_teams_of_external_partners_are_listed_with_what_is_known_of_them(place: Place) -> None:
    grants = "      grants: [{team: initech/ops, until: 2027-03-31}]\n"
    place.write(
        reconciler=CONFIGURATION.rstrip() + "\n      external: {partners: [initech]}\n",
        **{"access-groups__tracking": GROUP.rstrip() + "\n" + grants},
    )

    assert [(row["name"], row["type"], row["apis"]) for row in rows(place, "teams")] == [
        ("acme/ops", "delegated", 1),
        ("initech/ops", "external", 1),
    ]


def test_the_portal_knows_who_is_only_invited(estate: Place) -> None:
    estate.run("apply", "--auto-approve")

    people = [(row["name"], row["status"]) for row in rows(estate, "people", "--live")]
    assert people == [
        ("ana@acme.example", "invited"),
        ("ana@bolt.example", "invited"),
        ("bo@bolt.example", "invited"),
        ("sam@indie.example", "active"),
    ]
    assert names(estate, "teams", "--live", "--inactive") == ["acme/ops", "bolt/ops"]
    [acme, bolt] = rows(estate, "partners", "--live")
    assert (acme["owner"], bolt["status"], bolt["until"], bolt["place"]["file"]) == (
        "partnerships",
        "suspended",
        "2027-01-31",
        "partners/bolt.yaml",
    )
    assert names(estate, "apis", "--live") == ["tracking-v2", "unused-v1"]
    assert names(estate, "groups", "--live", "--owner", "logistics") == ["tracking"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["people", "--owner", "logistics"], "Error: --owner does not apply to people: leave it out."),
        (["groups", "--status", "active"], "Error: --status does not apply to groups: leave it out."),
        (["apis", "--ending", "7"], "Error: --ending does not apply to apis: leave it out."),
        (
            ["partners", "--team", "opps"],
            'Error: --team: "opps" is not in any file; did you mean "acme/ops"?',
        ),
    ],
)
def test_what_says_nothing_or_is_unknown_is_refused(
    estate: Place, arguments: list[str], message: str
) -> None:
    ran = listed(estate, *arguments)

    assert (ran.code, ran.out, message in ran.err) == (1, "", True)


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("text", "NAME"),
        ("json", '{\n  "format": "reconciler-list/1.0"'),
        ("csv", "name,displayName"),
        ("markdown", "| Name |"),
    ],
)
def test_each_format_is_printed(place: Place, output: str, start: str) -> None:
    ran = listed(place, "partners", "--format", output)

    assert (ran.code, ran.out.startswith(start), ran.err) == (0, True, "")


def test_a_misspelled_owner_is_an_error_and_an_owner_of_nothing_is_not(place: Place) -> None:
    misspelled = place.run("list", "partners", "--owner", "partnership")
    nothing = place.run("list", "partners", "--owner", "logistics")

    assert (misspelled.code, misspelled.err, nothing.code, nothing.out.splitlines()[0]) == (
        1,
        (
            'Error: --owner: "partnership" is not an owner in the configuration;'
            ' did you mean "partnerships"?\n'
            "Hint: the owners: logistics, partnerships\n"
        ),
        0,
        "0 partners.",
    )
