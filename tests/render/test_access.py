"""Who reaches what, in every format."""

import msgspec

from reconciler.model.access import AccessReport, AccessRow, EdgeFacts
from reconciler.render import json_format, markdown, table_csv, text
from tests.render.plans import lines

GROUP = ("access-group/tracking",)
SUITE = ("access-group/tracking", "api-product/suite")
ANA = AccessRow("ana@acme.example", None, "admin", "acme/ops", "labels", "consume", SUITE, "2027-12-31")
BO = AccessRow("bo@acme.example", "invited", "member", "acme/ops", "labels", "view", GROUP, None)
SAM = AccessRow("sam@indie.example", None, None, None, "rates", "view", GROUP, None)
REPORT = AccessReport("portal", (ANA, BO, SAM), ("acme/ops",), ("status-v1",))
NOTHING = AccessReport("files", (), (), ())


def spreadsheet(*rows: AccessRow) -> str:
    return table_csv.access(AccessReport("files", rows, (), ()))


def test_people_read_a_table_and_what_it_does_not_tell() -> None:
    assert text.access(REPORT, color=False) == lines(
        """
        PERSON                     TEAM              API     LEVEL    VIA               UNTIL
        ana@acme.example           acme/ops (admin)  labels  consume  tracking → suite  2027-12-31
        bo@acme.example (invited)  acme/ops          labels  view     tracking          -
        sam@indie.example          -                 rates   view     tracking          -
        3 people have access to 2 APIs.
        Not shown: members managed in the portal (acme/ops). Use --live.
        Open to everybody: status-v1.
        """
    )


def test_a_report_without_access_has_only_totals() -> None:
    assert text.access(NOTHING, color=False) == "0 people have access to 0 APIs.\n"


def test_a_public_api_is_open_although_nobody_has_a_grant() -> None:
    report = msgspec.structs.replace(NOTHING, open=("status-v1",))

    assert text.access(report, color=False) == lines(
        """
        Nobody has access through a team or a grant.
        Open to everybody: status-v1.
        """
    )


def test_only_the_head_of_the_table_is_painted() -> None:
    [head, *others] = text.access(REPORT, color=True).splitlines()

    assert (head[:4], head[-4:], "\x1b" in "".join(others)) == ("\x1b[1m", "\x1b[0m", False)


def test_an_explanation_is_each_path_in_words_with_what_is_known_of_each_edge() -> None:
    facts = {
        "membership/acme/ops/ana@acme.example": EdgeFacts(
            place="partners/acme.yaml:9:11", brought="9f31c0e5 Ana, 2026-10-01, #12, approved by bo"
        ),
        "grant/tracking/team/acme/ops": EdgeFacts(
            until="2027-12-31", reason="pilot", place="partners/acme.yaml:12:9"
        ),
        "access-item/tracking/product/suite": EdgeFacts(place="access-groups/tracking.yaml:8:14"),
        "grant/tracking/developer/sam@indie.example": EdgeFacts(reason="sample\u202e client"),
    }
    report = AccessReport("portal", (ANA, BO, SAM), (), ())

    assert text.explanation(report, facts, color=False) == lines(EXPLAINED)


EXPLAINED = """
    ana@acme.example may consume labels until 2027-12-31
        is an admin of team acme/ops                                partners/acme.yaml:9:11           WHO
        which has access group tracking until 2027-12-31 ("pilot")  partners/acme.yaml:12:9
        which contains API product suite                            access-groups/tracking.yaml:8:14
        which contains API labels                                   only in the portal
    bo@acme.example may view labels
        is a member of team acme/ops (invited)                      only in the portal
        which has access group tracking until 2027-12-31 ("pilot")  partners/acme.yaml:12:9
        which contains API labels                                   only in the portal
    sam@indie.example may view rates
        has access group tracking ("sample\\u202e client")  only in the portal
        which contains API rates                           only in the portal
    3 people have access to 2 APIs.
    """.replace("WHO", "9f31c0e5 Ana, 2026-10-01, #12, approved by bo")


def test_scripts_get_every_key() -> None:
    assert json_format.access(AccessReport("files", (SAM,), ("acme/ops",), ("status-v1",))) == lines(
        """
        {
          "format": "reconciler-access/1.0",
          "source": "files",
          "rows": [
            {
              "person": "sam@indie.example",
              "state": null,
              "role": null,
              "team": null,
              "api": "rates",
              "level": "view",
              "via": [
                "access-group/tracking"
              ],
              "until": null
            }
          ],
          "delegated": [
            "acme/ops"
          ],
          "open": [
            "status-v1"
          ]
        }
        """
    )


def test_spreadsheets_get_a_row_a_path() -> None:
    assert spreadsheet(ANA, SAM) == lines(
        """
        person,state,role,team,api,level,via,until
        ana@acme.example,,admin,acme/ops,labels,consume,access-group/tracking api-product/suite,2027-12-31
        sam@indie.example,,,,rates,view,access-group/tracking,
        """
    )


def test_a_spreadsheet_computes_nothing() -> None:
    evil = ("=cmd()", "+1@a.example", "-1", "@SUM(A1)", "\t=1", '=a,"b"')
    rows = [AccessRow(each, None, None, None, "a", "view", (), None) for each in evil]

    assert [line.rpartition(",,,,a")[0] for line in spreadsheet(*rows).splitlines()[1:]] == [
        "'=cmd()",
        "'+1@a.example",
        "'-1",
        "'@SUM(A1)",
        "'\\t=1",
        '"\'=a,""b"""',
    ]


def test_markdown_is_a_matrix_of_the_highest_levels() -> None:
    assert markdown.access(REPORT) == lines(
        """
        | Who | People | `labels` | `rates` |
        | --- | --- | --- | --- |
        | `acme/ops` | 2 | consume |  |
        | `sam@indie.example` | 1 |  | view |

        Open to everybody: `status-v1`

        Not shown: members managed in the portal (`acme/ops`). `--live` shows them.
        """
    )


def test_markdown_can_name_people() -> None:
    assert markdown.access(REPORT, names=True) == lines(
        """
        | Person | Team | `labels` | `rates` |
        | --- | --- | --- | --- |
        | `ana@acme.example` | `acme/ops` (admin) | consume |  |
        | `bo@acme.example` (`invited`) | `acme/ops` | view |  |
        | `sam@indie.example` |  |  | view |

        Open to everybody: `status-v1`

        Not shown: members managed in the portal (`acme/ops`). `--live` shows them.
        """
    )


def test_nothing_gets_out_of_its_cell_in_markdown() -> None:
    names = ("a|b", "a`b", "`a``", "a\nb", "\u202eb", "@team", "<img>")
    rows = [AccessRow(each, None, None, None, "x", "view", (), None) for each in names]
    written = markdown.access(AccessReport("files", tuple(rows), (), ()))

    assert sorted(written.splitlines()[2:]) == sorted(
        [
            "| `a\\|b` | 1 | view |",
            "| `` a`b `` | 1 | view |",
            "| ``` `a`` ``` | 1 | view |",
            "| `a\\nb` | 1 | view |",
            "| `\\u202eb` | 1 | view |",
            "| `@team` | 1 | view |",
            "| `<img>` | 1 | view |",
        ]
    )
