import pytest

from reconciler.forge import approvals_verdict
from reconciler.model.approval import OwnerApproval
from tests.forge.reviewed import by


def owner(
    name: str = "logistics", *, approvers: int = 1, approved: bool = False, enforced: bool = True
) -> OwnerApproval:
    people = tuple(f"person-{number}" for number in range(approvers))
    given = tuple(map(by, people[:1])) if approved else ()
    return OwnerApproval(owner=name, reasons=(), approvers=people, approved_by=given, enforced=enforced)


@pytest.mark.parametrize(
    ("approvals", "conclusion", "title"),
    [
        ((), "success", "No approval is needed"),
        ((owner(approved=True),), "success", "Approved: logistics (person-0)"),
        ((owner(),), "pending", "Missing: logistics (person-0)"),
        ((owner(approvers=0),), "pending", "Missing: logistics"),
        ((owner("a", approved=True), owner("b", approvers=2)), "pending", "Missing: b (person-0, person-1)"),
        ((owner("a", approvers=0, enforced=False), owner("b")), "pending", "Missing: b (person-0)"),
        (
            (owner("a", approvers=0, enforced=False), owner("b", approved=True)),
            "neutral",
            "Cannot be checked: a",
        ),
        ((owner(enforced=False),), "neutral", "Not approved, and not enforced: logistics (person-0)"),
        ((owner(enforced=False, approved=True),), "success", "Approved: logistics (person-0)"),
        (
            tuple(owner(f"owner-{number}", approvers=9) for number in range(5)),
            "pending",
            "Missing: "
            + ", ".join(f"owner-{each} (person-0, person-1, person-2, 6 more)" for each in range(3))
            + " and 2 more",
        ),
    ],
)
def test_the_check_waits_for_approvals_that_are_enforced(
    approvals: tuple[OwnerApproval, ...], conclusion: str, title: str
) -> None:
    found = approvals_verdict(approvals, "All of it.")

    assert (found.name, found.digest, found.conclusion, found.title, found.summary) == (
        "reconciler/approvals",
        "",
        conclusion,
        title,
        "All of it.",
    )


def test_the_title_has_no_control_characters() -> None:
    assert approvals_verdict([owner("a\x1b[31m\nb")], "All of it.").title.isprintable()
