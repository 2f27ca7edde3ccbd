"""Partners, teams, people, groups and APIs, in every format."""

import pytest

from reconciler.model.finding import Source
from reconciler.model.inventory import Inventory, Listed, Sort
from reconciler.render import json_format, markdown, table_csv, text
from tests.render.plans import lines

ACME = Listed(
    name="acme",
    display_name="Acme, Inc.",
    type="reseller",
    owner="sales",
    status="active",
    until="2027-12-31",
    partners=("acme",),
    teams=2,
    people=1200,
    active=3,
    apis=4,
    place=Source("partners/acme.yaml", 3, 9),
)
BARE = Listed(name="bolt")


def inventory(sort: Sort, *rows: Listed, delegated: tuple[str, ...] = ()) -> Inventory:
    return Inventory("files", sort, rows, delegated)


def test_people_read_a_table_and_how_many_there_are() -> None:
    assert text.inventory(inventory("partners", ACME, BARE, delegated=("acme/ops",)), color=False) == lines(
        """
        NAME  TYPE      STATUS  OWNER  UNTIL       TEAMS  PEOPLE  ACTIVE  APIS
        acme  reseller  active  sales  2027-12-31  2      1,200   3       4
        bolt  -         -       -      -           0      0       0       0
        2 partners.
        Not counted: members managed in the portal (acme/ops). Use --live.
        """
    )


@pytest.mark.parametrize(
    ("sort", "head", "row", "count"),
    [
        (
            "teams",
            "NAME  MEMBERS   STATUS  OWNER  UNTIL       PEOPLE  ACTIVE  APIS",
            "acme  reseller  active  sales  2027-12-31  1,200   3       4",
            "1 team.",
        ),
        (
            "people",
            "NAME  STATUS  UNTIL       PARTNER  TEAMS  APIS",
            "acme  active  2027-12-31  acme     2      4",
            "1 person.",
        ),
        (
            "groups",
            "NAME  OWNER  PARTNERS  TEAMS  PEOPLE  ACTIVE  APIS",
            "acme  sales  1         2      1,200   3       4",
            "1 access group.",
        ),
        (
            "apis",
            "NAME  VISIBILITY  OWNER  PARTNERS  TEAMS  PEOPLE  ACTIVE",
            "acme  reseller    sales  1         2      1,200   3",
            "1 API.",
        ),
    ],
)
def test_each_type_of_object_has_its_own_columns(sort: Sort, head: str, row: str, count: str) -> None:
    assert text.inventory(inventory(sort, ACME), color=False) == f"{head}\n{row}\n{count}\n"


def test_an_empty_list_is_no_table() -> None:
    nothing = inventory("people")

    assert (text.inventory(nothing, color=False), markdown.inventory(nothing)) == (
        "0 people.\n",
        "0 people.\n",
    )


def test_markdown_is_a_table() -> None:
    assert markdown.inventory(inventory("people", ACME, BARE, delegated=("acme/ops",))) == lines(
        """
        | Name | Status | Until | Partner | Teams | Apis |
        | --- | --- | --- | --- | --- | --- |
        | `acme` | `active` | `2027-12-31` | `acme` | `2` | `4` |
        | `bolt` |  |  |  | `0` | `0` |

        2 people.

        Not counted: members managed in the portal (`acme/ops`). `--live` counts them.
        """
    )


def test_spreadsheets_get_every_column() -> None:
    assert table_csv.inventory(inventory("partners", ACME, BARE)) == lines(
        """
        name,displayName,type,owner,status,until,partners,teams,people,active,apis
        acme,"Acme, Inc.",reseller,sales,active,2027-12-31,acme,2,1200,3,4
        bolt,,,,,,,0,0,0,0
        """
    )


def test_scripts_get_every_key() -> None:
    assert json_format.inventory(inventory("partners", BARE, delegated=("acme/ops",))) == lines(
        """
        {
          "format": "reconciler-list/1.0",
          "source": "files",
          "sort": "partners",
          "rows": [
            {
              "name": "bolt",
              "displayName": null,
              "type": null,
              "owner": null,
              "status": null,
              "until": null,
              "partners": [],
              "teams": 0,
              "people": 0,
              "active": 0,
              "apis": 0,
              "place": null
            }
          ],
          "delegated": [
            "acme/ops"
          ]
        }
        """
    )
