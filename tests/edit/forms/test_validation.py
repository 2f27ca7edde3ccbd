import msgspec
import pytest

from reconciler.edit import problem, problems
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest

TODAY = "2026-11-24"
SLUG = "use lower-case letters, digits and hyphens"
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


def test_all_missing_values_are_reported_at_once() -> None:
    types = "reseller, subsidiary, contractor, external, internal"

    assert problems(PartnerRequest(teams=(TeamRequest("", ("a@b.example",)), TeamRequest("web"))), TODAY) == [
        Problem("displayName", "a value is required", "add the name of the partner"),
        Problem("name", "a value is required", SLUG),
        Problem("type", "a value is required", f"choose one of {types}"),
        Problem("owner", "a value is required", "choose one of the owners"),
        Problem("team", "the admins have no team", "add a short name for their team"),
        Problem("admins", 'team "web" has no admin', "add at least one person", "web"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("name", "Acme GmbH & Co", '"Acme GmbH & Co" is not a valid short name', f"{SLUG}: acme-gmbh-co"),
        ("name", "../../x", '"../../x" is not a valid short name', f"{SLUG}: x"),
        ("name", "acme\n", '"acme\\n" contains an invisible character (U+000A)', "type it again"),
        ("name", "!!", '"!!" is not a valid short name', SLUG),
        ("name", "a" * 64, f'"{"a" * 60}…" is too long', "use at most 63 characters"),
        (
            "type",
            "Reseller",
            '"Reseller" is not a valid type',
            "choose one of reseller, subsidiary, contractor, external, internal",
        ),
        ("displayName", "x" * 201, f'"{"x" * 60}…" is too long', "use at most 200 characters"),
        ("displayName", "\u00a0", '"\u00a0" is not a line of text', "write one line with visible characters"),
        (
            "displayName",
            "Ac\u202eme",
            '"Ac\\u202eme" contains an invisible character (U+202E)',
            "type it again",
        ),
        ("agreement", "\udcff", '"\\udcff" contains an invisible character (U+DCFF)', "type it again"),
        (
            "domains",
            "https://acme.example/",
            '"https://acme.example/" is not a valid e-mail domain',
            "use the part after the @: company.example",
        ),
        ("until", "2027-02-29", '"2027-02-29" is not a valid date', "check month and day"),
        ("until", "20271231", '"20271231" is not a valid date', "use YYYY-MM-DD, for example 2027-12-31"),
        ("admins", "Ana <a@b.c>", '"Ana <a@b.c>" is not a valid e-mail address', "use name@company.example"),
        (
            "access",
            "tracking:vew",
            '"tracking:vew" has the unknown level "vew"',
            "write tracking for the level consume, or tracking:view for the level view",
        ),
        ("access", "a b:view", '"a b:view" is not a valid short name', f"{SLUG}: a-b"),
        ("access", "tracking/*", '"tracking/*" is not a valid short name', f"{SLUG}: tracking"),
    ],
)
def test_an_invalid_value_is_reported_in_plain_words(
    field: Field, value: str, message: str, hint: str
) -> None:
    assert problem(field, value) == Problem(field, message, hint)


def test_more_than_people_ask_for_is_refused() -> None:
    domains = tuple(f"a{number}.example" for number in range(101))

    assert problems(msgspec.structs.replace(GOOD, domains=domains), TODAY) == [
        Problem("domains", "101 entries are too many", "use at most 100")
    ]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2026-11-24", []),
        ("2026-11-23", [Problem("until", '"2026-11-23" is in the past', "use today or a later day")]),
    ],
)
def test_a_last_day_is_none_that_has_passed(until: str, found: list[Problem]) -> None:
    assert problems(msgspec.structs.replace(GOOD, until=until), TODAY) == found
