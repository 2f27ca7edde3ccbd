from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.forge.approvers import Teams, asked, decided, teams_in
from reconciler.model.approval import GivenApproval, OwnerApproval, UncountedApproval
from reconciler.model.plan import Plan
from tests.forge.reviewed import HEAD, LINK, OLDER, asking, by

NO_TEAMS: Teams = {}
KEY = "`owners.logistics.approvers.github`"
NOBODY = f"there are no approvers; add people to {KEY}"
UNREADABLE = f"the token cannot read the members of `@org/team`; list people in {KEY}"


def evaluated(
    plans: Sequence[Plan],
    *approvals: GivenApproval,
    author: str = "eve",
    teams: Teams = NO_TEAMS,
    older: str = "",
) -> list[OwnerApproval]:
    """Return who approved; `older` is the objection to an approval for the older commit."""
    objections = {HEAD: "", OLDER: older}
    return [decided(owner, approvals, objections) for owner in asked(plans, "github", author, teams)]


def outcome(plan: Plan, *approvals: GivenApproval, **others: object) -> str:
    (found,) = evaluated([plan], *approvals, **others)  # type: ignore[arg-type]
    if found.is_missing:
        return "missing"
    return "approved" if found.approved_by else "open"


ANA = asking(logistics=("ana",))
TEAM = asking(logistics=("@org/team",))
READABLE: Teams = {"@org/team": frozenset({"ana", "bo"})}
CLOSED: Teams = {"@org/team": None}
CASES = {
    "nobody has approved": (outcome(ANA), "missing"),
    "an approver has": (outcome(ANA, by("ana")), "approved"),
    "a login is the same in another case": (outcome(ANA, by("Ana")), "approved"),
    "a login is the same with an @": (outcome(asking(logistics=("@Ana",)), by("ana")), "approved"),
    "one approver of several is enough": (outcome(asking(logistics=("bo", "ana")), by("ana")), "approved"),
    "someone else has": (outcome(ANA, by("mallory")), "missing"),
    "a name that begins like an approver's is another one": (outcome(ANA, by("ana2")), "missing"),
    "a bot has": (outcome(ANA, by("github-actions[bot]")), "missing"),
    "a deleted user has": (outcome(ANA, by("")), "missing"),
    "the author has": (outcome(ANA, by("ana"), author="ana"), "missing"),
    "the author has, in another case": (outcome(ANA, by("ANA"), author="Ana"), "missing"),
    "the author of a deleted account is nobody's": (outcome(ANA, by("ana"), author=""), "approved"),
    "for an older commit that covers the plan": (outcome(ANA, by("ana", OLDER)), "approved"),
    "for an older commit that does not": (outcome(ANA, by("ana", OLDER), older="other changes"), "missing"),
    "for an unknown commit": (outcome(ANA, by("ana", None)), "missing"),
    "a member of a team has": (outcome(TEAM, by("bo"), teams=READABLE), "approved"),
    "a member of a team who is the author has": (
        outcome(TEAM, by("bo"), author="bo", teams=READABLE),
        "missing",
    ),
    "of a team nobody has": (outcome(TEAM, teams=READABLE), "missing"),
    "a team has no members": (outcome(TEAM, by("ana"), teams={"@org/team": frozenset()}), "missing"),
    "a team cannot be read": (outcome(TEAM, by("ana"), teams=CLOSED), "open"),
    "a team cannot be read, and approvals are enforced": (
        outcome(asking(logistics=("@org/team",), mode="enforce"), by("ana"), teams=CLOSED),
        "missing",
    ),
    "beside a person, a team cannot be read": (
        outcome(asking(logistics=("ana", "@org/team")), teams=CLOSED),
        "missing",
    ),
    "no approvers": (outcome(asking("logistics"), by("ana")), "open"),
    "no approvers, and approvals are enforced": (outcome(asking("logistics", mode="enforce")), "missing"),
    "enforced": (outcome(asking(mode="enforce", logistics=("ana",)), by("ana")), "approved"),
    "reported": (outcome(asking(mode="report", logistics=("ana",))), "open"),
    "reported and approved": (outcome(asking(mode="report", logistics=("ana",)), by("ana")), "approved"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_approval_counts_only_if_an_approver_gave_it_for_this_plan(case: str) -> None:
    found, expected = CASES[case]

    assert found == expected


def test_nothing_is_asked_where_approvals_are_off() -> None:
    assert evaluated([asking(mode="off", logistics=("ana",))]) == []


def test_approvers_on_another_forge_do_not_count() -> None:
    plan = msgspec.structs.replace(ANA, approvers={"logistics": {"github": ("ana",)}})
    (found,) = asked([plan], "gitlab", "eve", NO_TEAMS)

    assert (found.approvers, found.enforced) == ((), False)


def test_a_person_who_approves_for_several_owners_counts_for_each() -> None:
    plan = asking(logistics=("ana", "bo"), payments=("ana",), partnerships=("chris",))

    assert [
        (each.owner, [given.login for given in each.approved_by]) for each in evaluated([plan], by("ana"))
    ] == [
        ("logistics", ["ana"]),
        ("partnerships", []),
        ("payments", ["ana"]),
    ]


def test_it_is_said_what_is_asked_and_why_an_approval_does_not_count() -> None:
    assert evaluated([ANA], by("ana", OLDER), by("mallory"), older="it has other changes") == [
        OwnerApproval(
            owner="logistics",
            reasons=("changes access-group/logistics",),
            approvers=("ana",),
            uncounted=(UncountedApproval("ana", "it has other changes", LINK),),
            enforced=True,
        )
    ]


@pytest.mark.parametrize(
    ("plan", "teams", "problem"),
    [
        (asking("logistics"), NO_TEAMS, NOBODY),
        (TEAM, {"@org/team": frozenset()}, NOBODY),
        (TEAM, CLOSED, UNREADABLE),
        (asking(logistics=("ana", "@org/team")), CLOSED, UNREADABLE),
        (asking(logistics=("Eve",)), NO_TEAMS, f"only the author could approve; add another person to {KEY}"),
        (ANA, NO_TEAMS, ""),
    ],
)
def test_it_is_said_what_to_do_where_nobody_can_approve(plan: Plan, teams: Teams, problem: str) -> None:
    (found,) = evaluated([plan], teams=teams)

    assert found.problem == problem


def test_an_owner_of_several_plans_is_asked_once_for_all_of_them() -> None:
    plans = [asking(logistics=("bo", "Ana")), asking(portal="lab", logistics=("ana", "chris"), payments=())]
    found = evaluated(plans, by("bo"), by("ana"))

    assert [(each.owner, each.approvers, len(each.reasons), each.is_missing) for each in found] == [
        ("logistics", ("Ana",), 1, False),
        ("payments", (), 1, False),
    ]


def test_a_plan_without_approvers_does_not_end_that_another_one_enforces_them() -> None:
    (found,) = evaluated([ANA, asking("logistics", portal="lab")], by("ana"))

    assert (found.approvers, found.is_missing) == ((), True)


def test_the_teams_of_this_forge_are_read() -> None:
    plans = [asking(logistics=("ana", "@org/b", "@org/a")), asking(mode="off", payments=("@org/c",))]

    assert (teams_in(plans, "github"), teams_in(plans, "other")) == (["@org/a", "@org/b"], [])


LOGINS = st.sampled_from(["ana", "ANA", "bo", "chris", "mallory", ""])
GIVEN = st.lists(st.builds(by, LOGINS, st.sampled_from([HEAD, OLDER, None])), max_size=5)


@given(
    approvers=st.lists(LOGINS.filter(bool), max_size=3),
    approvals=GIVEN,
    author=LOGINS,
    older=st.sampled_from(["", "other changes"]),
    mode=st.sampled_from([None, "enforce", "report"]),
)
def test_law_an_owner_has_approved_if_and_only_if_another_approver_did(
    approvers: list[str], approvals: list[GivenApproval], author: str, older: str, mode: str | None
) -> None:
    (found,) = evaluated(
        [asking("logistics", mode=mode, logistics=tuple(approvers))], *approvals, author=author, older=older
    )
    others = {each.lower() for each in approvers} - {author.lower()}
    counts = {HEAD: True, OLDER: not older, None: False}

    assert bool(found.approved_by) == any(
        each.login.lower() in others and counts[each.commit] for each in approvals
    )
    assert found.is_missing == (
        not found.approved_by and (mode == "enforce" or (mode is None and bool(approvers)))
    )
