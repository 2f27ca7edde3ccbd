import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.portal_server import issue_token
from reconciler.testing.harness import ALL
from tests.portals.embedded.running import (
    ACME,
    ANA,
    TEAM,
    NotAppliedError,
    Running,
    applied,
    delete,
    fields,
    running,
    update,
)

BEFORE = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}
CHANGE = update("partner/acme", BEFORE, {**BEFORE, "displayName": "Acme Ltd", "domains": ["acme.example"]})
ANA_ID = "membership/acme/integration/ana@acme.example"
(DELETION,) = delete(ANA_ID)
BOTH = pytest.mark.parametrize(("change", "method"), [(CHANGE, "PATCH"), (DELETION, "DELETE")])
THEIRS = {"displayName": "Else"}


class Line:
    """A line to a portal that does something of its own with each write; it knows what was asked."""

    def __init__(self, here: Running) -> None:
        self._true = here.application
        self.here = here
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["method"])
        if scope["method"] == "GET":
            await self.read(scope, receive, send)
            return
        body, message = b"", await receive()
        while message.get("more_body"):
            body += message["body"]
            message = await receive()
        whole = {**message, "body": body + message.get("body", b"")}

        async def again() -> Any:
            return whole

        await self.write(scope, again, send)

    async def read(self, scope: Any, receive: Any, send: Any) -> None:
        await self._true(scope, receive, send)

    async def write(self, scope: Any, receive: Any, send: Any) -> None:
        await self._true(scope, receive, send)

    async def deliver(self, scope: Any, receive: Any) -> None:
        """Let the portal do it, and lose the answer."""
        await self._true(scope, receive, swallow)


async def swallow(_: Any) -> None:
    pass


class Losing(Line):
    """Loses the answers to the first writes; after a lost one, `meanwhile` is what somebody else asks for."""

    def __init__(self, here: Running, losses: int, *, done: bool, meanwhile: Any = None) -> None:
        super().__init__(here)
        self._losses, self._done, self._meanwhile = losses, done, meanwhile

    async def write(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._losses:
            await super().write(scope, receive, send)
            return
        self._losses -= 1
        if self._done:
            await self.deliver(scope, receive)
        if self._meanwhile:
            request, self._meanwhile = self._meanwhile, None
            await self.here.ask_now(*request)
        await JSONResponse({"title": "gone wrong"}, 502)(scope, receive, send)


class Twice(Line):
    """Delivers the first write twice, and gives the second answer; `between` is what others ask for."""

    def __init__(self, here: Running, *, between: Any = None) -> None:
        super().__init__(here)
        self._delivered, self._between = False, between

    async def write(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._delivered:
            self._delivered = True
            await self.deliver(scope, receive)
            if self._between:
                await self.here.ask_now(*self._between)
        await super().write(scope, receive, send)


class Silent(Twice):
    """A portal beyond such a line that does not show its record."""

    async def read(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/audit":
            await JSONResponse({}, 403)(scope, receive, send)
        else:
            await super().read(scope, receive, send)


class OneAPage(Twice):
    """A portal beyond such a line whose record has one entry a page."""

    async def read(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].replace(b"limit=1000", b"limit=1")
        narrow = scope["path"] == "/audit"
        await super().read({**scope, "query_string": query} if narrow else scope, receive, send)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        portal.write(ACME, TEAM, ANA)
        yield portal


def through(line: Line, *changes: Change, meanwhile: Any = None) -> tuple[int, list[str]]:
    """Write changes through a line; return the requests of the last one, and what was asked."""

    async def act(portal: Portal) -> int:
        await portal.read(ALL, lambda *_: None)
        if meanwhile:
            await meanwhile()
        line.asked.clear()
        return [await applied(portal, change) for change in changes][-1]

    line.here.application = line
    return line.here.with_portal(act), line.asked


def on_partner(here: Running, body: Any = None, method: str = "PATCH") -> tuple[str, str, Any]:
    return method, f"/partners/{here.the('/partners')['id']}", body


def accepting(here: Running) -> tuple[str, str, Any]:
    return "POST", here.the("/mailbox")["text"].partition("POST ")[2].partition("\n")[0], None


@BOTH
def test_what_was_done_is_not_done_twice(here: Running, change: Change, method: str) -> None:
    assert through(Losing(here, 1, done=True), change) == (2, [method, method, "GET", "GET"])


@BOTH
def test_what_was_not_done_is_tried_again(here: Running, change: Change, method: str) -> None:
    assert through(Losing(here, 2, done=False), change) == (3, [method] * 3)


@BOTH
def test_the_last_answer_may_be_lost_too(here: Running, change: Change, method: str) -> None:
    assert through(Losing(here, 9, done=True), change) == (5, [*[method] * 5, "GET", "GET"])


def test_after_five_times_nobody_knows_what_is_not_recorded(here: Running) -> None:
    with pytest.raises(NotAppliedError) as unknown:
        through(Losing(here, 9, done=False), CHANGE)

    assert (unknown.value.result.outcome, unknown.value.result.requests) == ("unknown", 5)


@BOTH
def test_the_second_answer_of_two_deliveries_is_no_failure(
    here: Running, change: Change, method: str
) -> None:
    assert through(Twice(here), change) == (1, [method, "GET", "GET"])
    assert fields(here).get(change.id) == change.after


def test_after_the_second_answer_the_object_can_be_written_to(here: Running) -> None:
    again = update("partner/acme", {"agreement": None}, {"agreement": "MSA-1"})

    assert through(Twice(here), CHANGE, again)[0] == 1
    assert fields(here)["partner/acme"] == {**(CHANGE.after or {}), "agreement": "MSA-1"}


def test_what_was_done_and_then_changed_by_somebody_else_was_done(here: Running) -> None:
    line = Twice(here, between=on_partner(here, THEIRS))

    assert through(line, CHANGE)[0] == 1
    assert here.the("/partners")["displayName"] == "Else"


def test_what_was_done_and_lost_and_then_changed_by_somebody_else_was_done(here: Running) -> None:
    line = Losing(here, 1, done=True, meanwhile=on_partner(here, THEIRS))

    assert through(line, CHANGE)[0] == 2
    assert here.the("/partners")["displayName"] == "Else"


@pytest.mark.parametrize("losses", [1, 9])
def test_what_somebody_else_changed_first_was_not_done(here: Running, losses: int) -> None:
    line = Losing(here, losses, done=False, meanwhile=on_partner(here, THEIRS))

    with pytest.raises(NotAppliedError) as refused:
        through(line, CHANGE)

    assert (refused.value.result.outcome, refused.value.result.requests) == ("failed", min(losses + 1, 5))
    assert here.the("/partners")["displayName"] == "Else"


def test_the_same_change_by_somebody_else_is_not_ours(here: Running) -> None:
    same = {"displayName": "Acme Ltd", "domains": ["acme.example"]}
    request = on_partner(here, same)

    with pytest.raises(NotAppliedError, match="the object has changed since it was read"):
        through(Line(here), CHANGE, meanwhile=lambda: here.ask_now(*request))


def test_the_same_change_by_another_token_of_our_name_is_not_ours(here: Running) -> None:
    same = {"displayName": "Acme Ltd", "domains": ["acme.example"]}
    twin = issue_token(here.database, name="reconciler", scope="admin")
    request = on_partner(here, same)

    with pytest.raises(NotAppliedError, match="the object has changed since it was read"):
        through(Line(here), CHANGE, meanwhile=lambda: here.ask_now(*request, token=twin))


def test_another_change_under_our_name_leaves_it_uncertain(here: Running) -> None:
    request = on_partner(here, THEIRS)

    with pytest.raises(NotAppliedError) as unknown:
        through(Line(here), CHANGE, meanwhile=lambda: here.ask_now(*request, token=here.token))

    assert (unknown.value.result.outcome, unknown.value.result.requests) == ("unknown", 1)
    assert unknown.value.result.message == (
        "outcome unknown: this may be the response to a repetition: "
        'portal "local": the object has changed since it was read'
    )


@BOTH
def test_where_the_record_is_not_shown_nobody_knows(here: Running, change: Change, method: str) -> None:
    line = Silent(here)

    with pytest.raises(NotAppliedError) as unknown:
        through(line, change)

    assert unknown.value.result.outcome == "unknown"
    assert line.asked == [method, "GET"]


def test_the_record_is_read_to_its_end(here: Running) -> None:
    for number in range(3):
        here.ask(*on_partner(here, {"displayName": str(number)}))

    assert through(OneAPage(here), CHANGE)[0] == 1


def test_an_invitation_that_is_accepted_between_two_deliveries_hides_nothing(here: Running) -> None:
    promotion = update(ANA_ID, {"role": "admin"}, {"role": "member"})

    assert through(Twice(here, between=accepting(here)), promotion)[0] == 1
    assert fields(here)[ANA_ID] == {"role": "member"}


@pytest.mark.parametrize("change", [update(ANA_ID, {"role": "admin"}, {"role": "member"}), DELETION])
def test_an_invitation_that_expires_in_between_stops_no_write(here: Running, change: Change) -> None:
    async def expire() -> None:
        here.clock.pass_days(8)
        await asyncio.sleep(0)

    assert through(Line(here), change, meanwhile=expire)[0] == 2
    assert fields(here).get(ANA_ID) == change.after


def test_what_a_portal_forgot_with_its_record_leaves_it_uncertain(here: Running) -> None:
    line = Forgetful(here)

    with pytest.raises(NotAppliedError) as unknown:
        through(line, DELETION)

    assert unknown.value.result.outcome == "unknown"


class Forgetful(Twice):
    """A portal beyond such a line whose record is empty."""

    async def read(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/audit":
            await JSONResponse({"items": [], "total": 0, "next": None})(scope, receive, send)
        else:
            await super().read(scope, receive, send)


def test_a_change_whose_answer_cannot_be_read_is_found_in_the_record(here: Running) -> None:
    class Garbling(Line):
        async def write(self, scope: Any, receive: Any, send: Any) -> None:
            await self.deliver(scope, receive)
            await Response(b'{"id": "par', media_type="application/json")(scope, receive, send)

    assert through(Garbling(here), CHANGE) == (1, ["PATCH", "GET", "GET"])


def test_what_was_done_is_not_called_refused_when_the_token_ends(here: Running) -> None:
    class Ending(Losing):
        async def write(self, scope: Any, receive: Any, send: Any) -> None:
            if "PATCH" in self.asked[:-1]:
                await JSONResponse({}, 401)(scope, receive, send)
            else:
                await super().write(scope, receive, send)

    assert through(Ending(here, 1, done=True), CHANGE)[0] == 2


def test_a_refusal_without_a_lost_answer_is_a_refusal(here: Running) -> None:
    (team,) = delete("team/acme/integration")
    line = Line(here)

    with pytest.raises(NotAppliedError) as refused:
        through(line, team)

    assert (refused.value.result.outcome, refused.value.result.requests) == ("failed", 1)
    assert line.asked == ["DELETE"]
