"""Operations about the portal itself: instance, token and health."""

from typing import Final

from sqlalchemy import select

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.listing import MAX_PAGE_OF_OBJECTS
from reconciler.portal_server.storage.tables import instance

API_VERSION: Final = "1.4.0"
_INSTANCE: Final = select(instance.c.id)


def portal(call: Call, name: str) -> HttpResponse:
    """Return the instance of the portal."""
    instance_id = call.connection.execute(_INSTANCE).scalar_one()
    found = responses.Portal(instance_id, name, API_VERSION, call.time, MAX_PAGE_OF_OBJECTS)
    return json_response(200, found)


def me(call: Call) -> HttpResponse:
    """Return the owner of the token."""
    caller = call.caller
    if caller is None or caller.scope == "person":
        raise AssertionError("this operation requires a token")
    return json_response(200, responses.Me(caller.id, caller.name, caller.scope, caller.team_id))


def health(call: Call) -> HttpResponse:
    """Check that the portal and its database respond."""
    call.connection.execute(_INSTANCE).scalar_one()
    return json_response(200, responses.Health("ok"))
