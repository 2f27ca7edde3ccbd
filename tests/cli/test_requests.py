"""How many requests a command sends to a portal: counted, because what is not counted grows."""

import logging

import pytest

from reconciler.cli.logs import log_requests_to
from tests.cli.commands.test_base import committed, git
from tests.cli.running import PARTNER, Place

# The instance of the portal, the owner of the token, and a page of each of nine lists.
READ = 11
# One change is the team, whose members were delegated; the others are its members.
TWO_CHANGES = "      members: [bo@acme.example]\n"
FOUR_CHANGES = "      members: [bo@acme.example, cy@acme.example, di@acme.example]\n"


class RequestCounter(logging.Handler):
    """Keeps the method and the path of each request."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        assert isinstance(record.args, tuple)
        method, path, *_ = map(str, record.args)
        self.requests.append((method, path))


def counted(place: Place, command: str) -> tuple[int, int, int]:
    """Return the exit code of a command, the number of requests that read, and of all others."""
    counter = RequestCounter()
    with log_requests_to(counter):
        ran = place.run(*command.split())
    reads = sum(method == "GET" for method, _ in counter.requests)
    return ran.code, reads, len(counter.requests) - reads


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("validate", (0, 0, 0)),
        ("plan", (0, READ, 0)),
        ("apply --auto-approve", (0, READ, 0)),
        ("adopt --all-desired", (0, READ, 0)),
        ("doctor", (0, 3, 0)),
        ("access", (0, 0, 0)),
        ("access --live", (0, READ, 0)),
        ("list people --live", (0, READ, 0)),
        ("forecast --until 2099-12-31", (0, 0, 0)),
        ("capture", (0, READ, 0)),
        ("export --dry-run --owner partnerships", (0, READ, 0)),
    ],
)
def test_a_command_that_changes_nothing_reads_each_list_once(
    applied: Place, command: str, expected: tuple[int, int, int]
) -> None:
    assert counted(applied, command) == expected


@pytest.mark.parametrize(("members", "changes"), [(TWO_CHANGES, 2), (FOUR_CHANGES, 4)])
def test_apply_reads_to_plan_to_check_and_to_verify_and_writes_once_for_each_change(
    applied: Place, members: str, changes: int
) -> None:
    applied.write(partners__acme=PARTNER + members)

    # The lease is taken and released.
    assert counted(applied, "apply --auto-approve") == (0, 3 * READ, 2 + changes)
    assert counted(applied, "apply --auto-approve") == (0, READ, 0)


def test_the_plan_of_a_branch_reads_an_excerpt(applied: Place) -> None:
    (applied.folder / ".gitignore").write_text(".reconciler\n")
    git(applied.folder, "init", "--quiet", "--initial-branch=main")
    committed(applied, "Begin")

    # Nothing to compare, members to add, and access to remove, whose share the guard asks for.
    assert counted(applied, "plan --base main") == (0, 2, 1)
    applied.write(partners__acme=PARTNER + FOUR_CHANGES)
    assert counted(applied, "plan --base main") == (0, 2, 1)
    applied.write(partners__acme=PARTNER.replace("access: [tracking]", "access: []"))
    assert counted(applied, "plan --base main") == (0, 2, 2)
    # The lease is taken and released, one grant is deleted, and everything is read before and after it.
    assert counted(applied, "apply --base main --auto-approve") == (0, 2 + 2 * READ, 2 + 2 + 1)
