"""Looking at the portal as an admin of a team, which is recorded in the audit log."""

from reconciler.portal_server.operations import audit, objects
from reconciler.portal_server.operations.context import Call, Caller, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import TEAM


def begin(call: Call) -> HttpResponse:
    """Record that an operator begins to look at the portal as an admin of a team, and return the team."""
    team = objects.load(call, TEAM)
    audit.record(call, "view", TEAM.name, team)
    return json_response(200, team)


def end(call: Call) -> HttpResponse:
    """Record that an operator stops looking at the portal as an admin of a team."""
    email = call.caller.email if call.caller else None
    # While viewing, the caller has the rights of the team's admin.
    call.caller = Caller(None, email or "operator", "admin", email=email)
    audit.record(call, "end-view", TEAM.name, objects.load(call, TEAM))
    return HttpResponse(204)
