"""How runs end: every exit code of the contract, and which one counts when several hold."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from reconciler.cli.actions import apply, plan_steps
from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.receipt import read_receipt
from reconciler.model.write_result import WriteResult
from reconciler.workflow.sessions import open_portal
from tests.cli.commands.test_portal import elsewhere, served, token
from tests.cli.running import PARTNER, Place, Ran, process
from tests.portals.around import Around

WRONG = PARTNER.replace("displayName", "displayname")
DENIED = PARTNER.replace("ana@acme", "ana@other")
ASK = ("plan", "--detailed-exitcode", "--portal")


class Interrupting(Around):
    """A portal at whose first write somebody presses the keys."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(portal)
        self._keys = [signal.SIGINT]

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        while self._keys:
            os.kill(os.getpid(), self._keys.pop())
        return await super().write(batch, owner_label)


class Refusing(Around):
    """A portal that refuses every write."""

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        return [WriteResult("failed", f"{change.id} is refused to {owner_label}") for change in batch]


def around(monkeypatch: pytest.MonkeyPatch, wrapped: Callable[[Portal], Portal]) -> None:
    """Let every portal that is opened be this one around the real one."""
    real = open_portal

    @asynccontextmanager
    async def opened(*arguments: Any) -> AsyncIterator[Portal]:
        async with real(*arguments) as portal:
            yield wrapped(portal)

    for module in (plan_steps, apply):
        monkeypatch.setattr(module, "open_portal", opened)


def test_with_changes_only_detailed_exit_codes_differ_from_0(place: Place) -> None:
    assert [place.run("plan").code, place.run(*ASK, "local").code] == [0, 2]


def test_denied_counts_before_changes(place: Place) -> None:
    place.write(partners__acme=DENIED)

    assert place.run(*ASK, "local").code == 3


def test_a_portal_that_is_not_reached_counts_before_denied(place: Place) -> None:
    place.write(partners__acme=DENIED)

    assert process(place.folder, *ASK, "away", environment={"PORTAL_TOKEN": "any"}).code == 5


def test_wrong_files_count_before_a_portal_that_is_not_reached(place: Place) -> None:
    place.write(partners__acme=WRONG)

    assert process(place.folder, *ASK, "away", environment={"PORTAL_TOKEN": "any"}).code == 1


def test_wrong_files_count_before_what_a_rule_denies(place: Place) -> None:
    place.write(partners__acme=DENIED, partners__bolt=WRONG.replace("acme", "bolt"))

    assert [place.run("validate").code, place.run(*ASK, "local").code] == [1, 1]


def test_stale_counts_before_not_everything_applied(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.run("apply", "plan.json")

    assert place.run("apply", "plan.json").code == 4


def test_a_token_that_may_not_write_is_refused_before_the_first_write(place: Place) -> None:
    known = {"environment": {"PORTAL_TOKEN": token(place, "read")}}
    with served(place.folder) as (_, url):
        place.write(reconciler=elsewhere(url))
        ran = process(place.folder, "apply", "--portal", "away", "--auto-approve", **known)

    assert (ran.code, ran.err.splitlines()[-1], (place.folder / ".reconciler" / "receipts").exists()) == (
        5,
        "Hint: use a token of scope admin; to plan, scope read is enough",
        False,
    )


def test_when_writing_began_and_failed_it_is_6_and_the_receipt_says_what(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    around(monkeypatch, Refusing)

    ran = place.run("apply", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1], ran.err.splitlines()[-2:]) == (
        6,
        "Applied 0, 2 failed, 4 skipped.",
        [
            "Error: not everything was applied: 2 failed, 4 skipped, 0 unknown",
            "Hint: plan again: the new plan has what is left",
        ],
    )


def test_who_interrupts_while_it_writes_gets_what_is_begun_finished_and_a_receipt(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    around(monkeypatch, Interrupting)

    ran = place.run("apply", "--auto-approve")

    (kept,) = (place.folder / ".reconciler" / "receipts").iterdir()
    written = read_receipt(kept.read_bytes())
    skipped = written.summary.skipped
    assert (ran.code, ran.err.splitlines()) == (
        6,
        [
            "SIGINT: waiting for running writes to finish; press Ctrl-C again to abort.",
            f"Receipt: {kept}",
            (
                "Error: interrupted (SIGINT); not everything was applied: "
                f"0 failed, {skipped} skipped, 0 unknown"
            ),
            "Hint: plan again: the new plan has what is left",
        ],
    )
    assert (written.problem, written.summary.applied + skipped, skipped > 0) == (
        "interrupted (SIGINT)",
        6,
        True,
    )


def test_something_unexpected_is_1(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("the details")

    monkeypatch.setattr("reconciler.workflow.validate.check", broken)

    ran = place.run("validate")

    (kept,) = (place.folder / ".reconciler").glob("crash-*.txt")
    assert (ran, kept.read_text().splitlines()[-1], kept.stat().st_mode & 0o777) == (
        Ran(1, "", f"Error: unexpected error (ZeroDivisionError); the details are in {kept}\n"),
        "ZeroDivisionError: the details",
        0o600,
    )
