"""Which changes of people.lock the owners have approved in advance."""

from typing import Any

import pytest

from reconciler.model.approval import StandingApproval
from reconciler.model.document import Document
from tests.builders import configuration, partner, people, team
from tests.workflow.deciding import owners, planned, planned_files

ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@acme.example"
BOT = {"github": "people-bot[bot]", "gitlab": "people"}
MEMBERS = {"from": "directory", "group": "Acme Developers"}
ADMINS = {"from": "directory", "group": "Acme Leads"}
REMOVALS = StandingApproval("directory", "removals", BOT)
ALL = StandingApproval("directory", "all", BOT)
ACME = partner("acme", team("dev", admins=ADMINS, members=MEMBERS))


def settings(auto_merge: str = "removals", bot: Any = BOT, **sources: str) -> Document:
    given = {"directory": auto_merge, **sources}
    return configuration(
        sources={
            name: {
                "type": "scim",
                "url": "https://id.example.com/scim",
                "token": {"env": "PEOPLE_TOKEN"},
                "autoMerge": covers,
                **({"bot": bot} if bot else {}),
            }
            for name, covers in given.items()
        }
    )


def lock(members: list[Any], admins: tuple[str, ...] = (ANA,)) -> Document:
    return people({"acme/dev": {"admins": list(admins), "members": members}})


def given(before: list[Document], after: list[Document]) -> list[tuple[StandingApproval, ...]]:
    """Return the standing approvals of each approval that a branch needs."""
    made, files = planned(before, after), planned_files(before, after)
    found = [each.standing_approvals for each in made.approvals]
    assert [each.standing_approvals for each in files.approvals] == found
    return found


@pytest.mark.parametrize(
    ("auto_merge", "after", "expected"),
    [
        ("removals", lock([BO]), (REMOVALS,)),
        ("removals", lock([]), (REMOVALS,)),
        ("removals", lock([ANA, BO, CY], ()), (REMOVALS,)),
        ("removals", lock([BO, CY, "di@acme.example"]), ()),
        ("removals", lock([BO, "di@acme.example"]), ()),
        ("removals", lock([CY], (ANA, BO)), ()),
        ("all", lock([BO, "di@acme.example"]), (ALL,)),
        ("none", lock([BO]), ()),
    ],
    ids=["gone", "all gone", "lowered", "new", "gone and new", "raised", "all", "none"],
)
def test_the_setting_covers_removals_or_all(
    auto_merge: str, after: Document, expected: tuple[StandingApproval, ...]
) -> None:
    governing = settings(auto_merge)

    assert given([governing, ACME, lock([BO, CY])], [governing, ACME, after]) == [expected]


@pytest.mark.parametrize(("auto_merge", "expected"), [("all", (ALL,)), ("removals", ())])
def test_only_all_covers_a_former_address(auto_merge: str, expected: tuple[StandingApproval, ...]) -> None:
    """Whoever is live under that address is kept as this person."""
    governing = settings(auto_merge)
    known = lock([{"source": "directory", "id": BO, "email": BO, "previously": [CY]}])

    needed = given([governing, ACME, lock([BO])], [governing, ACME, known])

    assert needed == [expected]


def test_without_a_bot_nothing_is_approved_in_advance() -> None:
    governing = settings(bot=None)

    assert given([governing, ACME, lock([BO])], [governing, ACME, lock([])]) == [()]


def test_the_settings_are_those_of_the_base() -> None:
    before = [settings("none"), ACME, lock([BO])]
    made = planned(before, [settings("all"), ACME, lock([])])

    assert [each.standing_approvals for each in made.approvals] == [(), ()]


def test_with_another_changed_file_nothing_is_approved_in_advance() -> None:
    governing, other = settings("all"), partner("globex", team("ops"))
    changed = partner("globex", team("ops"), displayName="Globex Corp")

    assert given([governing, ACME, other, lock([BO])], [governing, ACME, changed, lock([])]) == [(), ()]


def test_a_member_in_a_file_is_no_row() -> None:
    governing = settings("all")
    before, after = partner("acme", team("dev", members=[BO])), partner("acme", team("dev", members=[]))

    assert given([governing, before], [governing, after]) == [()]


def test_a_team_of_two_sources_needs_the_approval_of_both() -> None:
    both = partner("acme", team("dev", admins={**ADMINS, "from": "leads"}, members=MEMBERS))
    before = [both, lock([BO])]
    after = [both, lock([])]
    one, two = settings("all", leads="none"), settings("all", leads="removals")

    assert given([one, *before], [one, *after]) == [()]
    assert given([two, *before], [two, *after]) == [(StandingApproval("leads", "removals", BOT), ALL)]


def test_without_a_base_nothing_is_approved_in_advance() -> None:
    governing = settings("all")
    made = planned(None, [governing, ACME, lock([])], [ACME, lock([BO])])

    assert owners(made) == {"partnerships"}
    assert [each.standing_approvals for each in made.approvals] == [()]
