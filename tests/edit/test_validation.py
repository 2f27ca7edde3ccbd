import msgspec
import pytest

from reconciler.edit import problem, problems
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest

TODAY = "2026-11-24"
SLUG = "use small letters, digits and hyphens"
GOOD = PartnerRequest(name="acme", type="reseller", display_name="Acme", owner="sales")


def test_a_request_that_can_be_has_no_problem() -> None:
    team = TeamRequest("web", ("Ana+x@acme.example", "bö@bücher.example"))
    request = PartnerRequest(
        name="a--b",
        type="internal",
        display_name="Acme: GmbH & Co. #1",
        owner="sales",
        domains=("acme.example", "bücher.example"),
        agreement="007",
        until="2028-02-29",
        access=("tracking",),
        teams=(team,),
    )

    assert problems(request, TODAY) == []


def test_what_is_missing_is_told_all_at_once() -> None:
    types = "reseller, subsidiary, contractor, external, internal"

    assert problems(PartnerRequest(teams=(TeamRequest("", ("a@b.example",)), TeamRequest("web"))), TODAY) == [
        Problem("displayName", "this is missing", "write the name as people know it"),
        Problem("name", "this is missing", SLUG),
        Problem("type", "this is missing", f"choose one of {types}"),
        Problem("owner", "this is missing", "choose one of the owners"),
        Problem("team", "these admins have no team", "give their team a short name"),
        Problem("admins", 'nobody looks after team "web"', "name at least one person"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("name", "Acme GmbH & Co", '"Acme GmbH & Co" is no short name', f"{SLUG}: acme-gmbh-co"),
        ("name", "../../x", '"../../x" is no short name', f"{SLUG}: x"),
        ("name", "acme\n", '"acme\\n" holds a character that nobody sees (U+000A)', "type it anew"),
        ("name", "!!", '"!!" is no short name', SLUG),
        ("name", "a" * 64, f'"{"a" * 60}…" is too long', "use at most 63 characters"),
        (
            "type",
            "Reseller",
            '"Reseller" is no type of partner',
            "choose one of reseller, subsidiary, contractor, external, internal",
        ),
        ("displayName", "x" * 201, f'"{"x" * 60}…" is too long', "use at most 200 characters"),
        (
            "displayName",
            "Ac\u202eme",
            '"Ac\\u202eme" holds a character that nobody sees (U+202E)',
            "type it anew",
        ),
        ("agreement", "\udcff", '"\\udcff" holds a character that nobody sees (U+DCFF)', "type it anew"),
        (
            "domains",
            "https://acme.example/",
            '"https://acme.example/" is no e-mail domain',
            "write what stands behind the @: company.example",
        ),
        ("until", "2027-02-29", '"2027-02-29": there is no such date', "check month and day"),
        ("until", "20271231", '"20271231" is not a date', "write it as YYYY-MM-DD, such as 2027-12-31"),
        ("admins", "Ana <a@b.c>", '"Ana <a@b.c>" is no e-mail address', "write it as name@company.example"),
        ("access", "tracking/*", '"tracking/*" is no short name', f"{SLUG}: tracking"),
    ],
)
def test_what_a_value_cannot_be_is_told_in_plain_words(
    field: Field, value: str, message: str, hint: str
) -> None:
    assert problem(field, value) == Problem(field, message, hint)


def test_more_than_people_ask_for_is_refused() -> None:
    domains = tuple(f"a{number}.example" for number in range(101))

    assert problems(msgspec.structs.replace(GOOD, domains=domains), TODAY) == [
        Problem("domains", "101 are too many", "give at most 100")
    ]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2026-11-24", []),
        ("2026-11-23", [Problem("until", '"2026-11-23" is in the past', "give today or a later day")]),
    ],
)
def test_a_last_day_is_none_that_has_passed(until: str, found: list[Problem]) -> None:
    assert problems(msgspec.structs.replace(GOOD, until=until), TODAY) == found
