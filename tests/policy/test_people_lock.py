from typing import Any

import pytest

from reconciler.model.document import Document
from reconciler.model.graph.size import Size
from reconciler.policy import RuleContext
from reconciler.policy.index import Index
from tests.builders import configuration, document, group, partner, people, repository, team
from tests.policy.judging import TODAY, judged
from tests.policy.planning import found, world
from tests.states import holding, member

SOURCE = {"from": "directory", "group": "Acme Developers"}
LEADS = {"from": "directory", "group": "Leads"}
ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@acme.example"
_ADMINS: list[dict[str, list[str]]] = [{"admins": []}, {"admins": [BO]}, {"admins": [CY]}, {"members": []}]
OTHER = "has no effect: they are from other, but the team takes its people from directory"
NEVER_READ = (
    'the members of team "acme/dev" were never read from source "directory": nobody is added or removed'
)
CONFIGURED = configuration(
    sources={"directory": {"type": "scim", "url": "https://directory.our-company.example/scim"}}
)


def acme(admins: Any = (ANA,), members: Any = SOURCE, **spec: Any) -> Document:
    given = admins if isinstance(admins, dict) else list(admins)
    return partner("acme", {"name": "dev", "admins": given, "members": members}, **spec)


def test_a_list_that_was_never_read_is_reported_at_its_source() -> None:
    assert judged("people-not-pulled", acme(), configured=CONFIGURED) == [
        (
            "partners/acme.yaml:15:13",
            NEVER_READ,
            "run `reconciler people pull`",
        )
    ]


@pytest.mark.parametrize(
    ("admins", "sources"), [(LEADS, '"directory"'), ({**LEADS, "from": "idp"}, '"idp" and "directory"')]
)
def test_a_team_that_was_never_read_is_reported_once(admins: dict[str, str], sources: str) -> None:
    [(place, message, _)] = judged("people-not-pulled", acme(admins))

    assert (place, message.partition(":")[0]) == (
        "partners/acme.yaml:13:13",
        f'the admins and members of team "acme/dev" were never read from source {sources}',
    )


@pytest.mark.parametrize(
    "documents",
    [
        (acme(), people({"acme/dev": {"members": []}})),
        (acme(members="delegated"),),
        (acme(status="ended"),),
        (partner("acme", {"name": "dev", "admins": [ANA], "members": SOURCE, "status": "ended"}),),
        (
            acme(),
            document(
                "apiVersion: reconciler/v1\nkind: People\nmetadata: {name: people}\nspec: 1", "people.lock"
            ),
        ),
    ],
)
def test_a_list_that_is_known_or_not_needed_is_not_reported(documents: tuple[Document, ...]) -> None:
    assert judged("people-not-pulled", *documents, configured=CONFIGURED) == []


def test_rows_without_an_effect_are_reported_once_for_each_list() -> None:
    lock = people(
        {
            "acme/dev": {"admins": [BO], "members": [BO, {"email": CY, "source": "other"}]},
            "acme/gone": {"members": [BO, CY]},
        }
    )

    assert [(place, message) for place, message, _ in judged("unused-people", acme(), lock)] == [
        (
            "people.lock:9:7",
            "1 row of the admins of acme/dev has no effect: no team takes them from a source",
        ),
        (
            "people.lock:13:7",
            f"1 row of the members of acme/dev {OTHER}",
        ),
        (
            "people.lock:21:7",
            "2 rows of the members of acme/gone have no effect: no team takes them from a source",
        ),
    ]


def test_rows_of_a_renamed_team_have_an_effect() -> None:
    renamed = partner("acme", {**team("dev", members=SOURCE), "previously": "devs"})

    assert judged("unused-people", renamed, people({"acme/devs": {"members": [BO]}})) == []


def test_a_person_or_an_address_twice_in_a_role_is_an_error() -> None:
    rows = [
        {"id": "1", "email": BO},
        {"id": "1", "email": "bo2@acme.example"},
        {"id": "2", "email": "BO@acme.example"},
        {"id": "3", "email": CY, "previously": [BO]},
    ]
    lock = people({"acme/dev": {"admins": [{"id": "1", "email": BO}], "members": rows}})

    assert judged("duplicate-person", acme(LEADS), lock) == [
        (
            f"people.lock:{line}:9",
            f"{value} is already in the members of acme/dev at people.lock:13:9",
            "run `reconciler people pull`, or remove one of the rows",
        )
        for line, value in ((16, "1"), (19, BO), (22, BO))
    ]


def test_a_second_document_in_people_lock_is_an_error() -> None:
    assert [message for _, message, _ in judged("duplicate-name", people({}), people({}))] == [
        "the people of directories are already defined at people.lock:4:9"
    ]


def test_people_of_a_source_count_in_the_rules_about_people() -> None:
    lock = people(
        {
            "acme/dev": {
                "admins": ["eve@other.example", "a@acme.example", "b@acme.example", "c@acme.example"],
                "members": ["eve@other.example", "max@other.example", "sam@other.example"],
            }
        }
    )
    files = (acme(LEADS, domains=["acme.example"], blocked=["sam@other.example"]), lock)

    assert [
        (rule, place, message.partition(",")[0])
        for rule in ("admin-domain", "member-domain", "admin-count", "no-admin")
        for place, message, _ in judged(rule, *files)
    ] == [
        ("admin-domain", "people.lock:9:9", 'eve@other.example is an admin of team "acme/dev"'),
        ("member-domain", "people.lock:25:9", 'max@other.example is a member of team "acme/dev"'),
        ("admin-count", "partners/acme.yaml:17:7", 'team "acme/dev" has 4 admins'),
    ]


def test_a_team_whose_list_of_admins_is_empty_or_blocked_has_no_admin() -> None:
    assert [
        [
            message
            for _, message, _ in judged("no-admin", acme(LEADS, blocked=[BO]), people({"acme/dev": entry}))
        ]
        for entry in _ADMINS
    ] == [['team "acme/dev" has no admin']] * 2 + [[], []]


def test_an_exception_of_the_partner_applies_to_its_people_from_a_source() -> None:
    exception = {"rule": "member-domain", "reason": "a joint team", "until": "2027-01-01"}
    excused = acme(domains=["acme.example"])
    files = partner(
        "acme",
        {"name": "dev", "admins": [ANA], "members": SOURCE},
        domains=["acme.example"],
        metadata={"exceptions": [exception]},
    )
    lock = people({"acme/dev": {"members": ["max@other.example"]}})

    assert [
        [("exception until" in message) for _, message, _ in judged("member-domain", each, lock)]
        for each in (excused, files)
    ] == [[False], [True]]


def test_blocking_a_person_of_a_source_is_no_contradiction() -> None:
    lock = people({"acme/dev": {"members": [BO]}})

    assert judged("duplicate-person", acme(blocked=[BO]), lock) == []


def test_lookalike_addresses_in_people_lock_are_found_former_ones_too() -> None:
    lock = people(
        {
            "acme/dev": {
                "members": [
                    {"id": "1", "email": "b\u043e@acme.example"},
                    {"id": "2", "email": CY, "previously": ["c\u0443@acme.example"]},
                ]
            }
        }
    )

    assert [place for place, _, _ in judged("lookalike-email", acme(), lock)] == [
        "people.lock:11:16",
        "people.lock:16:11",
    ]


def test_a_delegated_team_cannot_take_its_people_from_a_list_without_them() -> None:
    before = [*holding(acme(members="delegated")), member(BO, "acme/dev"), member(CY, "acme/dev")]

    def denied(*lock: Document) -> list[str]:
        judgement = world(before, acme(), *lock, group())
        return [message for _, message in found("guard-delegation", judgement)]

    assert (
        denied(people({"acme/dev": {"members": [BO, CY]}})),
        denied(people({"acme/dev": {"members": [BO]}})),
        denied(),
    ) == (
        [],
        [f'team "acme/dev" would become listed, but 1 of the people in it is not on the list: {CY}'],
        [f'team "acme/dev" would become listed, but 2 of the people in it are not on the list: {BO}, {CY}'],
    )


def test_paths_of_people_count_those_of_sources() -> None:
    lock = people({"acme/dev": {"members": [BO, CY]}})
    files = repository(acme(access=["gold"]), group("gold", apis=["a", "b"]), lock)

    # Three people with two APIs each; the group itself has two paths.
    assert Index(RuleContext(files, TODAY)).sizes.total == Size(4, 6)
