"""The operations on the access of teams and people, and on requests for access."""

from typing import Any, Final

from reconciler.portal_server.operations import (
    access,
    access_requests,
    home,
    listing,
    paths,
    responses,
    team_access,
)
from reconciler.portal_server.operations.access_requests import ACCESS_REQUEST
from reconciler.portal_server.operations.context import Handler
from reconciler.portal_server.operations.operation import ADMIN, ADMIN_AND_TEAM, ALL, READERS, Operation
from reconciler.portal_server.operations.request_models import AccessRequestGrant, AccessRequestRefusal
from reconciler.portal_server.values.formats import CallerScope

_WITH_PEOPLE: Final[frozenset[CallerScope]] = ALL | {"person"}
_SIGNED_IN: Final[frozenset[CallerScope]] = frozenset({"admin", "team", "person"})
_TEAM: Final[frozenset[CallerScope]] = frozenset({"team"})
_PAGE: Final[Any] = responses.Page


def _decision(verb: str, summary: str, run: Handler, body: Any = None, *, of_team: bool = False) -> Operation:
    return Operation(
        method="POST",
        path=f"/access-requests/{{id}}/{verb}",
        name=f"{verb}-access-request",
        summary=summary,
        run=run,
        scopes=ADMIN_AND_TEAM if of_team else ADMIN,
        body=body,
        reply=responses.AccessRequest,
        error_statuses=frozenset({404, 409, 412}),
        tagged=True,
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/people/{email}/access",
        name="get-access",
        summary="Get the access of a person on a day",
        run=access.show,
        scopes=READERS,
        query=access.AccessQuery,
        reply=responses.Access,
    ),
    Operation(
        method="GET",
        path="/people/{email}/paths",
        name="get-paths",
        summary="Get how a person reaches each API on a day",
        run=paths.show,
        scopes=_WITH_PEOPLE,
        query=paths.PathsQuery,
        reply=responses.Paths,
    ),
    Operation(
        method="GET",
        path="/teams/{id}/access",
        name="get-team-access",
        summary="Get the grants of a team, and what it reaches on a day",
        run=team_access.show,
        scopes=_WITH_PEOPLE,
        query=access.AccessQuery,
        reply=responses.TeamAccess,
        error_statuses=frozenset({404}),
    ),
    Operation(
        method="GET",
        path="/teams/{id}/requestable-groups",
        name="list-requestable-groups",
        summary="List the access groups that a team can ask for",
        run=team_access.requestable_groups,
        scopes=ALL,
        reply=responses.RequestableGroups,
        error_statuses=frozenset({404}),
    ),
    Operation(
        method="DELETE",
        path="/grants/{id}",
        name="give-back-grant",
        summary="Delete a grant of the own team",
        run=team_access.give_back,
        scopes=_TEAM,
        for_pages=True,
    ),
    Operation(
        method="GET",
        path="/access-requests",
        name="list-access-requests",
        summary="List requests for access",
        run=access_requests.list_all,
        scopes=ALL,
        query=listing.page_query(ACCESS_REQUEST.view),
        reply=_PAGE[responses.AccessRequest],
    ),
    Operation(
        method="GET",
        path="/access-requests",
        name="browse-access-requests",
        summary="List requests for access for people",
        run=access_requests.browse,
        scopes=ADMIN_AND_TEAM,
        query=access_requests.BrowseQuery,
        reply=_PAGE[responses.AccessRequest],
        for_pages=True,
    ),
    Operation(
        method="GET",
        path="/home",
        name="get-home",
        summary="What the start page shows",
        run=home.show,
        scopes=_SIGNED_IN,
        reply=home.Home,
        for_pages=True,
    ),
    Operation(
        method="POST",
        path="/access-requests",
        name="create-access-request",
        summary="Ask for access of a team",
        run=access_requests.create,
        scopes=ADMIN_AND_TEAM,
        body=ACCESS_REQUEST.new,
        reply=responses.AccessRequest,
        status=201,
        error_statuses=frozenset({409, 429}),
        tagged=True,
    ),
    Operation(
        method="GET",
        path="/access-requests/{id}",
        name="get-access-request",
        summary="One request for access",
        run=access_requests.show,
        scopes=ALL,
        reply=responses.AccessRequest,
        error_statuses=frozenset({404}),
        tagged=True,
    ),
    _decision("withdraw", "Withdraw a request for access", access_requests.withdraw, of_team=True),
    _decision("grant", "Grant what a request asks for, or less", access_requests.grant, AccessRequestGrant),
    _decision("decline", "Decline a request for access", access_requests.decline, AccessRequestRefusal),
)
