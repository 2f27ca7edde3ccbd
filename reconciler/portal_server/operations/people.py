"""Accounts: without one, a person is signed out everywhere."""

from reconciler.portal_server import security_log
from reconciler.portal_server.operations import objects
from reconciler.portal_server.operations.context import Call, HttpResponse
from reconciler.portal_server.operations.kinds import PERSON
from reconciler.portal_server.operations.preconditions import require_match
from reconciler.portal_server.storage.tables import sessions


def remove(call: Call) -> HttpResponse:
    """Delete an account, and end the sessions of its person."""
    before = objects.load(call, PERSON)
    require_match(call.headers.get("if-match"), before.etag)
    response = objects.remove_loaded(call, PERSON, before)
    _end_sessions(call, before.email)
    return response


def end_sessions_of(call: Call) -> HttpResponse:
    """End every session of the person of an account."""
    _end_sessions(call, objects.load(call, PERSON).email)
    return HttpResponse(204)


def _end_sessions(call: Call, email: str) -> None:
    """End every session of a person, which is a security event if there was one."""
    ended = call.connection.execute(sessions.delete().where(sessions.c.email == email)).rowcount
    if ended:
        caller = call.caller.name if call.caller else None
        security_log.record(call.now, "sessions-ended", caller=caller, person=email, sessions=ended)
