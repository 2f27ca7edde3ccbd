"""What people do in the demo's portal after git has filled it: invite, accept, and change by hand."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import select

from reconciler.portal_server.api.requests import convert_body
from reconciler.portal_server.identity.teams_of_person import caller_in, own_teams
from reconciler.portal_server.mail.message import Post
from reconciler.portal_server.operations.context import NO_HEADERS, Call, Caller
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.table import operations
from reconciler.portal_server.storage.database import Database
from reconciler.portal_server.storage.tables import access_groups, mails, members

NAME: Final = "Halden Freight"
OPERATOR: Final = "sigrid.holm@halden.example"
ADMIN: Final = "ingrid.solberg@fjordhandel.example"
MEMBER: Final = "maja.lund@fjordhandel.example"
_STARTED_BEFORE: Final = timedelta(days=9)
_CODE: Final = re.compile(r"/invitations/([\w-]+)")
_COLLEAGUES: Final = (MEMBER, "henrik.aas@fjordhandel.example", "sanna.viken@fjordhandel.example")
_NEVER_ANSWERS: Final = "tuva.rydland@fjordhandel.example"


class DemoClock:
    """The time in the demo, which begins days before the present."""

    def __init__(self, present: datetime) -> None:
        self._now = present - _STARTED_BEFORE

    def now(self) -> datetime:
        """Return the time in the demo."""
        return self._now

    def advance(self, **span: int) -> None:
        """Let time pass, such as `days=6`."""
        self._now += timedelta(**span)


class DemoPeople:
    """The people of the demo, who act on a database; their mails link to the pages at `url`."""

    def __init__(self, database: Database, clock: DemoClock, url: str) -> None:
        self._database = database
        self._post = Post(NAME, url, delivers=False, demo=True)
        self._operations: dict[str, Operation] = {each.name: each for each in operations("")}
        self._clock = clock

    def live(self) -> None:
        """Let people answer, invite colleagues, and change something by hand, over the days until now."""
        self._clock.advance(hours=20)
        self._accept_all()
        team = self._team_of(ADMIN)
        self._clock.advance(hours=5)
        for email in (*_COLLEAGUES, _NEVER_ANSWERS):
            self._invite(team, email)
            self._clock.advance(minutes=3)
        self._clock.advance(hours=22)
        self._answer(MEMBER, "accept-invitation")
        self._answer(_COLLEAGUES[1], "accept-invitation")
        self._answer(_COLLEAGUES[2], "decline-invitation")
        self._clock.advance(days=6)
        self._invite(team, "jonas.eide@fjordhandel.example")
        self._trial()
        self._clock.advance(hours=3)
        self._request(team)

    def _request(self, team: str) -> None:
        """Ask for more access, which then waits for the operator."""
        with self._database.reading() as connection:
            group = connection.scalar(select(access_groups.c.id).where(access_groups.c.name == "invoices"))
        body = {
            "teamId": team,
            "groupId": group,
            "level": "view",
            "reason": "We match parcels with invoices.",
        }
        self._act(self._caller(ADMIN), "create-access-request", body)

    def _trial(self) -> None:
        """Let the operator create a partner by hand, whose access ends soon."""
        partner = self._create(
            "create-partner",
            name="nordwind",
            type="external",
            displayName="Nordwind Analytics",
            owner="partnerships",
            domains=["nordwind.example"],
        )
        team = self._create("create-team", partnerId=partner, name="pilot", displayName="Pilot")
        self._create("create-member", teamId=team, email="lea.brandt@nordwind.example", role="admin")
        group = self._create(
            "create-access-group", name="trial", displayName="Trial of tracking", owner="tracking"
        )
        end = (self._clock.now() + timedelta(days=12)).date().isoformat()
        self._create("create-grant", groupId=group, teamId=team, level="view", until=end, reason="trial")
        self._create(
            "create-grant",
            groupId=group,
            teamId=self._team_of(ADMIN),
            level="consume",
            until=end,
            reason="pilot",
        )

    def _accept_all(self) -> None:
        """Let the people whom git added accept their invitations."""
        with self._database.reading() as connection:
            invited = list(connection.scalars(select(members.c.email).where(members.c.state == "invited")))
        for email in dict.fromkeys(invited):
            self._answer(email, "accept-invitation")

    def _answer(self, email: str, operation: str) -> None:
        with self._database.reading() as connection:
            texts = list(connection.scalars(select(mails.c.text).where(mails.c.to == email)))
        for text in texts:
            self._act(None, operation, None, {"code": _CODE.findall(text)[0]})

    def _invite(self, team: str, email: str) -> None:
        body = {"teamId": team, "email": email, "role": "member"}
        self._act(self._caller(ADMIN), "create-member", body)

    def _create(self, operation: str, **body: Any) -> str:
        return str(self._act(_operator(), operation, body)["id"])

    def _team_of(self, email: str) -> str:
        with self._database.reading() as connection:
            return own_teams(connection, self._clock.now(), email)[0].id

    def _caller(self, email: str) -> Caller:
        with self._database.reading() as connection:
            return caller_in(email, own_teams(connection, self._clock.now(), email)[0])

    def _act(
        self,
        caller: Caller | None,
        name: str,
        body: dict[str, Any] | None,
        path: Mapping[str, str] = NO_HEADERS,
    ) -> Any:
        operation = self._operations[name]
        with self._database.writing() as connection:
            call = Call(connection, self._clock.now(), caller, path, None, None, NO_HEADERS, self._post)
            if operation.body is not None:
                call.body = convert_body(body, operation.body)
            return msgspec.json.decode(operation.run(call).body)


def _operator() -> Caller:
    return Caller(None, OPERATOR, "admin", email=OPERATOR)
