"""Who loses access on which day, by the files and by the portal."""

import json

import pytest

from tests.cli.running import GROUP, PARTNER, TODAY, Place, Ran

ENDS = PARTNER.replace("[tracking]", "[{group: tracking, until: 2027-01-31, reason: pilot}]")


@pytest.fixture
def ending(place: Place) -> Place:
    """Acme's access ends, and that of Sam on another day."""
    grants = "      grants: [{developer: sam@indie.example, until: 2027-03-31}]\n"
    return place.write(partners__acme=ENDS, **{"access-groups__tracking": GROUP.rstrip() + "\n" + grants})


def forecast(place: Place, *arguments: str, until: str = "2027-12-31") -> Ran:
    return place.run("forecast", "--until", until, "--today", TODAY, *arguments)


def days(place: Place, *arguments: str, until: str = "2027-12-31") -> list[tuple[str, list[str], str]]:
    ran = forecast(place, *arguments, "--format", "json", until=until)
    assert ran.code == 0, ran.err
    return [(row["day"], row["people"], row["ending"]) for row in json.loads(ran.out)["rows"]]


ANA = ("2027-02-01", ["ana@acme.example"], "grant")
SAM = ("2027-04-01", ["sam@indie.example"], "grant")


def test_people_see_days_reasons_and_places(ending: Place) -> None:
    assert forecast(ending) == Ran(
        0,
        "2027-02-01\n"
        "  acme/ops, 1 person: ana@acme.example\n"
        '      tracking-v2  consume → none  access group tracking expires ("pilot")'
        "  partners/acme.yaml:10:37\n"
        "2027-04-01\n"
        "  sam@indie.example\n"
        "      tracking-v2  consume → none  access group tracking expires  access-groups/tracking.yaml:9:50\n"
        "Not shown: members managed in the portal (acme/ops). Use --live.\n"
        "2 people lose access to 1 API on 2 days, after 2026-11-24 and up to 2027-12-31.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "until", "found"),
    [
        ([], "2027-01-31", []),
        ([], "2027-02-01", [ANA]),
        (["--from", "2027-02-01"], "2027-12-31", [SAM]),
        (["--from", "2027-01-31"], "2027-02-01", [ANA]),
        (["--person", "SAM@indie.example"], "2027-12-31", [SAM]),
        (["--partner", "acme"], "2027-12-31", [ANA]),
        (["--team", "acme/ops"], "2027-12-31", [ANA]),
        (["--api", "tracking-v2", "--group", "tracking"], "2027-12-31", [ANA, SAM]),
    ],
)
def test_days_and_filters_narrow_it_down(
    ending: Place, arguments: list[str], until: str, found: list[tuple[str, list[str], str]]
) -> None:
    assert days(ending, *arguments, until=until) == found


def test_the_end_of_a_partner_ends_everything_it_has(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("owner:", "until: 2027-01-31\n      owner:"))

    assert days(place) == [("2027-02-01", ["ana@acme.example"], "partner")]


def test_the_portal_is_asked_for_what_it_holds(ending: Place) -> None:
    before = days(ending, "--live")
    ending.run("apply", "--auto-approve")
    ending.write(partners__acme=ENDS.replace("2027-01-31", "2027-06-30"))

    assert (before, days(ending, "--live"), days(ending)[1][0]) == ([], [ANA, SAM], "2027-07-01")


@pytest.mark.parametrize(
    ("arguments", "until", "message", "hint"),
    [
        ([], "soon", '--until: "soon" is not a valid date', "use YYYY-MM-DD, such as 2026-11-24"),
        ([], "2027-02-29", '--until: "2027-02-29": this date does not exist', "check month and day"),
        (["--from", "20270101"], "2027-12-31", '--from: "20270101" is not a valid date', None),
        (["--from", "2028-01-01"], "2027-12-31", "--until: 2027-12-31 is before 2028-01-01", None),
        (["--team", "ops"], "2027-12-31", '--team: "ops" is not in any file; did you mean "acme/ops"?', None),
    ],
)
def test_what_cannot_be_is_refused(
    ending: Place, arguments: list[str], until: str, message: str, hint: str | None
) -> None:
    ran = forecast(ending, *arguments, until=until)

    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (1, "", f"Error: {message}")
    assert hint is None or f"Hint: {hint}\n" in ran.err


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("text", "2027-02-01\n"),
        ("json", '{\n  "format": "reconciler-forecast/1.0"'),
        ("csv", "day,person"),
        ("markdown", "| Day |"),
        ("ics", "BEGIN:VCALENDAR\r\n"),
    ],
)
def test_each_format_is_printed(ending: Place, output: str, start: str) -> None:
    ran = forecast(ending, "--format", output)

    assert (ran.code, ran.out.startswith(start), ran.err) == (0, True, "")


def test_markdown_names_people_only_when_asked(ending: Place) -> None:
    counted = forecast(ending, "--format", "markdown")
    named = forecast(ending, "--format", "markdown", "--people", "names")

    assert ("ana@" in counted.out, "`acme/ops`: `ana@acme.example`" in named.out) == (False, True)
