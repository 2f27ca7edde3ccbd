"""Another user who replaces an AppGroup at the same time loses nothing, and neither do we."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Final

import httpx2
import pytest

from reconciler.http.in_process import InProcess
from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.apigee.app_group import MEMBERS
from reconciler.testing.harness import ALL, SCOPE, quiet
from tests.portals.apigee.estates import TEAM, attributes, member, organization, team
from tests.portals.apigee.organizations import within
from tests.servers.apigee.organization import Json
from tests.servers.apigee.server import ApigeeServer

ANA: Final = Change(
    id="membership/acme/ops/ana@acme.example",
    kind="membership",
    action="create",
    before=None,
    after={"role": "admin"},
    precondition="",
)
Act = Callable[[], object]


class Meddler(httpx2.AsyncBaseTransport):
    """Lets another user act before or after the request of a number, or loses its response.

    Numbers count the requests about one AppGroup: it is read, written, and read again.
    """

    def __init__(self, server: ApigeeServer) -> None:
        self._line = InProcess(server)
        self.before: dict[int, Act] = {}
        self.instead: dict[int, httpx2.Response | None] = {}
        self.lost: set[int] = set()
        self.count = -1

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith(f"/appgroups/{TEAM}"):
            return await self._line.handle_async_request(request)
        self.count += 1
        if self.count in self.before:
            self.before[self.count]()
        if (answer := self.instead.get(self.count)) is not None:
            return answer
        response = await self._line.handle_async_request(request)
        if self.count in self.lost:
            raise httpx2.ReadTimeout("", request=request)
        return response


@pytest.fixture
def server() -> ApigeeServer:
    server = organization()
    team(server, members=[member("bo@acme.example", "member")])
    for name in ("ana", "bo", "rival"):
        address = f"{name}@acme.example"
        server.organization.create_developer(
            {"email": address, "userName": name, "firstName": name, "lastName": name}
        )
    return server


def rival(server: ApigeeServer, read: Json | None = None, name: str = "rival") -> Act:
    """Return another user's addition of a member to what they have read: before, or just now."""

    def act() -> None:
        group = deepcopy(read or server.organization.group(TEAM))
        for attribute in group["attributes"]:
            if attribute["name"] == MEMBERS:
                entries = [*json.loads(attribute["value"]), member(f"{name}@acme.example", "member")]
                attribute["value"] = json.dumps(entries)
        server.organization.replace_group(TEAM, group)

    return act


def write(server: ApigeeServer, line: Meddler, *changes: Change) -> list[WriteResult]:
    """Read, and write changes together."""

    async def act(portal: Portal) -> Sequence[WriteResult]:
        await portal.read(ALL, quiet)
        server.requests.clear()
        return await portal.write(changes or (ANA,), SCOPE)

    return list(within(server, act, line=line))


def members(server: ApigeeServer) -> list[str]:
    return sorted(each["developer"].partition("@")[0] for each in attributes(server)[MEMBERS])


def test_what_was_written_since_the_plan_was_made_is_kept(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.before[0] = rival(server)

    assert write(server, line) == [WriteResult("applied", "", 1)]
    assert members(server) == ["ana", "bo", "rival"]


def test_a_user_who_writes_what_was_read_before_our_write_loses_nothing_for_us(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.before[2] = rival(server, deepcopy(server.organization.group(TEAM)))

    assert write(server, line) == [WriteResult("applied", "", 2)]
    assert members(server) == ["ana", "bo", "rival"]
    assert server.writes == ["PUT appgroups.update"] * 2


def test_a_limited_write_is_made_again_on_what_was_written_meanwhile(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.instead[1] = httpx2.Response(429, headers={"Retry-After": "5"}, json={})
    line.before[2] = rival(server)

    assert write(server, line) == [WriteResult("applied", "", 2)]
    assert members(server) == ["ana", "bo", "rival"]


def test_a_write_whose_response_is_lost_is_found_and_not_repeated(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.lost = {1}
    line.before[2] = rival(server)

    assert write(server, line) == [WriteResult("applied", "", 1)]
    assert members(server) == ["ana", "bo", "rival"]
    assert server.writes == ["PUT appgroups.update"]


def test_a_write_that_never_arrived_is_made_again_on_what_is_there_now(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.instead[1] = httpx2.Response(500, json={})
    line.before[2] = rival(server)

    assert write(server, line) == [WriteResult("applied", "", 2)]
    assert members(server) == ["ana", "bo", "rival"]


def test_a_rejection_after_a_lost_response_does_not_hide_it(server: ApigeeServer) -> None:
    line = Meddler(server)
    line.instead = {1: httpx2.Response(500, json={}), 3: httpx2.Response(403, json={})}

    [result] = write(server, line)

    assert result.outcome == "unknown"


def test_a_user_who_overwrites_again_and_again_is_reported(server: ApigeeServer) -> None:
    line = Meddler(server)
    before = deepcopy(server.organization.group(TEAM))
    line.before = dict.fromkeys((2, 4, 6, 8), lambda: server.organization.replace_group(TEAM, before))

    [result] = write(server, line)

    assert result == WriteResult("unknown", "AppGroup acme.ops is changed repeatedly by another user", 4)
    assert members(server) == ["bo"]


def test_a_member_who_was_changed_by_another_user_is_not_overwritten(server: ApigeeServer) -> None:
    line = Meddler(server)
    promoted = [member("bo@acme.example", "billing", "admin")]

    def promote() -> None:
        group = deepcopy(server.organization.group(TEAM))
        group["attributes"] = [
            {**each, "value": json.dumps(promoted)} if each["name"] == MEMBERS else each
            for each in group["attributes"]
        ]
        server.organization.replace_group(TEAM, group)

    line.before[0] = promote
    removal = Change(
        id="membership/acme/ops/bo@acme.example",
        kind="membership",
        action="delete",
        before={"role": "member"},
        precondition="",
    )

    [result] = write(server, line, removal)

    assert result.outcome == "failed"
    assert attributes(server)[MEMBERS] == promoted


def test_an_outdated_state_is_never_written_back(server: ApigeeServer) -> None:
    line = Meddler(server)
    outdated = httpx2.Response(200, json=deepcopy(server.organization.group(TEAM)))
    for _ in range(3):
        rival(server, name="second")()
    line.instead[0] = outdated

    assert write(server, line) == [WriteResult("applied", "", 1)]
    assert members(server) == ["ana", "bo", "second", "second", "second"]


def test_a_portal_that_stays_outdated_is_an_error(server: ApigeeServer) -> None:
    line = Meddler(server)
    content = deepcopy(server.organization.group(TEAM))
    rival(server)()
    line.instead = {number: httpx2.Response(200, json=content) for number in range(4)}

    [result] = write(server, line)

    assert result == WriteResult("failed", "Apigee shows an outdated state of AppGroup acme.ops", 0)
    assert members(server) == ["bo", "rival"]


@pytest.mark.parametrize(
    ("written", "resolution"),
    [(True, Resolution("applied")), (False, Resolution("unknown"))],
)
def test_a_lost_change_is_looked_up(server: ApigeeServer, *, written: bool, resolution: Resolution) -> None:
    async def act(portal: Portal) -> Resolution:
        await portal.read(ALL, quiet)
        if written:
            await portal.write((ANA,), SCOPE)
        return await portal.resolve(ANA)

    assert within(server, act) == resolution
