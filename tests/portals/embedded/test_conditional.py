"""What becomes of changes and deletions whose answer is lost on its way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from reconciler.model.plan import Change
from reconciler.model.portal import LostAnswerError, Portal
from reconciler.portals.problems import RefusedError
from tests.portals.embedded.running import ACME, ANA, TEAM, Running, delete, running, update

BEFORE = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}
CHANGE = update("partner/acme", BEFORE, {**BEFORE, "displayName": "Acme Ltd", "domains": ["acme.example"]})
(DELETION,) = delete("membership/acme/integration/ana@acme.example")


class Losing:
    """A portal that loses the answers to the first writes: `done` says whether it did what it was asked.

    After a lost one, `meanwhile` is what somebody else asks for.
    """

    def __init__(self, here: Running, losses: int, *, done: bool, meanwhile: Any = None) -> None:
        self._true = here.application
        self._here = here
        self._losses = losses
        self._done = done
        self._meanwhile = meanwhile
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["method"])
        if scope["method"] == "GET" or not self._losses:
            await self._true(scope, receive, send)
            return
        self._losses -= 1
        if self._done:
            await self._true(scope, receive, _swallow)
        if self._meanwhile:
            request, self._meanwhile = self._meanwhile, None
            await self._here._ask(*request)  # noqa: SLF001  past the adapter, as others would
        await JSONResponse({"title": "gone wrong"}, 502)(scope, receive, send)


async def _swallow(_: Any) -> None:
    """Lose an answer."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        portal.write(ACME, TEAM, ANA)
        yield portal


def lost(here: Running, change: Change, losses: int, **others: Any) -> tuple[int, list[str]]:
    """Write one change through a portal that loses answers; return the attempts, and what was asked."""
    losing = Losing(here, losses, **others)

    async def act(portal: Portal) -> int:
        await portal.read(lambda *_: None)
        losing.asked.clear()
        return await portal.write(change, "our-company")

    here.application = losing
    return here.with_portal(act), losing.asked


@pytest.mark.parametrize(("change", "method"), [(CHANGE, "PATCH"), (DELETION, "DELETE")])
def test_what_was_done_is_not_done_twice(here: Running, change: Change, method: str) -> None:
    assert lost(here, change, 1, done=True) == (1, [method, "GET"])


@pytest.mark.parametrize(("change", "method"), [(CHANGE, "PATCH"), (DELETION, "DELETE")])
def test_what_was_not_done_is_tried_again(here: Running, change: Change, method: str) -> None:
    assert lost(here, change, 2, done=False) == (3, [method, "GET", method, "GET", method])


def test_after_four_times_nobody_knows(here: Running) -> None:
    with pytest.raises(LostAnswerError) as unknown:
        lost(here, CHANGE, 9, done=False)

    assert unknown.value.attempts == 4


def test_who_finds_something_else_after_a_lost_answer_does_not_know_who_did_what(here: Running) -> None:
    partner = here.the("/partners")["id"]

    with pytest.raises(LostAnswerError):
        lost(here, CHANGE, 1, done=True, meanwhile=("PATCH", f"/partners/{partner}", {"displayName": "Else"}))

    assert here.the("/partners")["displayName"] == "Else"


def test_what_somebody_else_changed_is_not_overwritten_after_a_lost_answer(here: Running) -> None:
    partner = here.the("/partners")["id"]

    with pytest.raises(LostAnswerError):
        lost(
            here, CHANGE, 1, done=False, meanwhile=("PATCH", f"/partners/{partner}", {"displayName": "Else"})
        )

    assert here.the("/partners")["displayName"] == "Else"


def test_who_cannot_read_the_object_after_a_lost_answer_does_not_know(here: Running) -> None:
    partner = here.the("/partners")["id"]
    here.answer_instead(f"/partners/{partner}", 200, {"id": partner})
    losing = Losing(here, 1, done=True)
    here.application = losing

    async def act(portal: Portal) -> None:
        await portal.read(lambda *_: None)
        await portal.write(CHANGE, "our-company")

    with pytest.raises(LostAnswerError):
        here.with_portal(act)


def test_a_refusal_without_a_lost_answer_is_a_refusal(here: Running) -> None:
    (team,) = delete("team/acme/integration")

    with pytest.raises(RefusedError) as refused:
        lost(here, team, 0, done=True)

    assert (refused.value.status, refused.value.attempts) == (409, 1)
