"""Who loses access on which day, in every format."""

from typing import Any

from reconciler.model.finding import Source
from reconciler.model.forecast import Forecast, ForecastRow, ForecastSummary
from reconciler.render import calendar, json_format, markdown, table_csv, text
from tests.render.plans import lines


def row(*people: str, **others: Any) -> ForecastRow:
    defaults = {
        "day": "2027-01-01",
        "partner": "acme",
        "team": "acme/ops",
        "api": "labels",
        "from_": "consume",
        "to": "none",
        "via": ("access-group/tracking",),
        "until": "2026-12-31",
        "ending": "grant",
        "reason": "pilot, API-4312",
        "place": Source("partners/acme.yaml", 12, 30),
    }
    return ForecastRow(people=people, **{**defaults, **others})


def forecast(*rows: ForecastRow, delegated: tuple[str, ...] = ()) -> Forecast:
    people = {person for each in rows for person in each.people}
    summary = ForecastSummary(len(people), len({each.api for each in rows}), len({each.day for each in rows}))
    return Forecast(
        source="files",
        from_="2026-11-24",
        until="2027-11-24",
        summary=summary,
        rows=rows,
        delegated=delegated,
    )


SAM = {"partner": None, "team": None, "reason": None, "place": None}
MADE = forecast(
    row("ana@acme.example", "bo@acme.example"),
    row("ana@acme.example", "bo@acme.example", api="rates"),
    row("ana@acme.example", api="track", to="view", ending="membership", reason=None),
    row("sam@indie.example", **SAM),
    row(day="2027-03-01", until="2027-02-28", ending="partner", reason=None, place=None),
    delegated=("acme/ops",),
)
NOTHING = forecast()


def test_people_read_days_with_who_loses_what_and_why() -> None:
    assert text.forecast(MADE, color=False) == lines(
        """
        2027-01-01
          acme/ops, 1 person: ana@acme.example
              track  consume → view  membership expires  partners/acme.yaml:12:30
          acme/ops, 2 people: ana@acme.example, bo@acme.example
              labels, rates  consume → none  access group tracking expires ("pilot, API-4312")  partners/acme.yaml:12:30
          sam@indie.example
              labels  consume → none  access group tracking expires
        2027-03-01
          acme/ops
              labels  consume → none  partner acme expires
        Not shown: members managed in the portal (acme/ops). Use --live.
        3 people lose access to 3 APIs on 2 days, after 2026-11-24 and up to 2027-11-24.
        """  # noqa: E501  as wide as it is
    )


def test_a_forecast_without_losses_has_a_sentence() -> None:
    said = "Nobody loses access after 2026-11-24 and up to 2027-11-24.\n"

    assert (text.forecast(NOTHING, color=False), markdown.forecast(NOTHING, names=True)) == (said, said)


def test_markdown_is_a_table_that_counts_people_or_names_them() -> None:
    counted = markdown.forecast(MADE, names=False)

    assert counted == lines(
        """
        | Day | Who | APIs | Access | Reason |
        | --- | --- | --- | --- | --- |
        | 2027-01-01 | `acme/ops`: 1 | `track` | consume → view | `membership expires` |
        | 2027-01-01 | `acme/ops`: 2 | `labels`, `rates` | consume → none | `access group tracking expires ("pilot, API-4312")` |
        | 2027-01-01 | `sam@indie.example` | `labels` | consume → none | `access group tracking expires` |
        | 2027-03-01 | `acme/ops` | `labels` | consume → none | `partner acme expires` |

        Not shown: members managed in the portal (`acme/ops`). `--live` shows them.

        3 people lose access to 3 APIs on 2 days, after 2026-11-24 and up to 2027-11-24.
        """  # noqa: E501  as wide as it is
    )
    assert markdown.forecast(MADE, names=True) == counted.replace(
        "`acme/ops`: 1", "`acme/ops`: `ana@acme.example`"
    ).replace("`acme/ops`: 2", "`acme/ops`: `ana@acme.example`, `bo@acme.example`")


def test_spreadsheets_get_a_row_a_person_day_api_and_path() -> None:
    assert table_csv.forecast(MADE) == lines(
        """
        day,person,partner,team,api,from,to,via,until,ending,reason
        2027-01-01,ana@acme.example,acme,acme/ops,labels,consume,none,access-group/tracking,2026-12-31,grant,"pilot, API-4312"
        2027-01-01,bo@acme.example,acme,acme/ops,labels,consume,none,access-group/tracking,2026-12-31,grant,"pilot, API-4312"
        2027-01-01,ana@acme.example,acme,acme/ops,rates,consume,none,access-group/tracking,2026-12-31,grant,"pilot, API-4312"
        2027-01-01,bo@acme.example,acme,acme/ops,rates,consume,none,access-group/tracking,2026-12-31,grant,"pilot, API-4312"
        2027-01-01,ana@acme.example,acme,acme/ops,track,consume,view,access-group/tracking,2026-12-31,membership,
        2027-01-01,sam@indie.example,,,labels,consume,none,access-group/tracking,2026-12-31,grant,
        2027-03-01,,acme,acme/ops,labels,consume,none,access-group/tracking,2027-02-28,partner,
        """  # noqa: E501  as wide as it is
    )


def test_scripts_get_every_key() -> None:
    assert json_format.forecast(forecast(row("sam@indie.example", **SAM))) == lines(
        """
        {
          "format": "reconciler-forecast/1.0",
          "source": "files",
          "from": "2026-11-24",
          "until": "2027-11-24",
          "summary": {
            "people": 1,
            "apis": 1,
            "days": 1
          },
          "rows": [
            {
              "day": "2027-01-01",
              "partner": null,
              "team": null,
              "people": [
                "sam@indie.example"
              ],
              "api": "labels",
              "from": "consume",
              "to": "none",
              "via": [
                "access-group/tracking"
              ],
              "until": "2026-12-31",
              "ending": "grant",
              "reason": null,
              "place": null
            }
          ],
          "delegated": []
        }
        """
    )


EVENT = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//reconciler//forecast//EN
X-WR-CALNAME:Expiring access
BEGIN:VEVENT
UID:UID@reconciler
DTSTAMP:20261124T000000Z
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270102
SUMMARY:acme/ops (2 people) loses access to 3 APIs
DESCRIPTION:track: consume → view\\, membership expires\\, partners/acme.yaml:12:30\\n\
labels\\, rates: consume → none\\, access group tracking expires ("pilot\\, API-4312")\\, \
partners/acme.yaml:12:30
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_has_an_event_for_each_day_and_team() -> None:
    made = calendar.forecast(forecast(*MADE.rows[:3])).replace("\r\n ", "")
    [uid] = [line[4:36] for line in made.splitlines() if line.startswith("UID:")]

    assert made == EVENT.replace("UID@", f"{uid}@").replace("\n", "\r\n")


def test_events_of_other_days_and_people_have_other_names_and_the_same_has_the_same() -> None:
    def names(*rows: ForecastRow) -> list[str]:
        made = calendar.forecast(forecast(*rows))
        return [line for line in made.splitlines() if line.startswith("UID:")]

    four = names(*MADE.rows)
    assert (len(four), len(set(four)), names(MADE.rows[0])) == (3, 3, four[:1])


def test_lines_of_a_calendar_are_short_and_nothing_ends_them_early() -> None:
    hostile = row("ö" * 100, team=None, partner=None, reason="a\r\nBEGIN:VEVENT;,\\", place=None)
    made = calendar.forecast(forecast(hostile))

    assert max(len(line.encode()) for line in made.split("\r\n")) <= 75
    assert made.replace("\r\n ", "").count("\r\n") == 14
    assert 'expires ("a\\\\r\\\\nBEGIN:VEVENT\\;\\,\\\\")' in made.replace("\r\n ", "")
