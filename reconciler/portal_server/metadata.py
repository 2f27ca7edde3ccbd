"""What the portal says of itself."""

from typing import Final

from sqlalchemy import select

from reconciler.portal_server import responses
from reconciler.portal_server.context import Answer, Call, answer
from reconciler.portal_server.tables import instance

API_VERSION: Final = "1.1.0"
_INSTANCE: Final = select(instance.c.id)


def portal(call: Call, name: str) -> Answer:
    """Which portal this is."""
    instance_id = call.connection.execute(_INSTANCE).scalar_one()
    return answer(200, responses.Portal(instance_id, name, API_VERSION, call.time))


def me(call: Call) -> Answer:
    """Whose token this is."""
    caller = call.caller
    if caller is None:
        raise AssertionError("this operation needs a token")
    return answer(200, responses.Me(caller.id, caller.name, caller.scope, caller.team_id))


def health(call: Call) -> Answer:
    """That the portal answers, and its database."""
    call.connection.execute(_INSTANCE).scalar_one()
    return answer(200, responses.Health("ok"))
