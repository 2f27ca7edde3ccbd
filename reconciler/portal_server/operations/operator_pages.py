"""The operations of the pages of operators, which are not in the API."""

from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from reconciler.portal_server.operations import browsing, people, references, responses, viewing
from reconciler.portal_server.operations.context import Handler
from reconciler.portal_server.operations.operation import ADMIN, Operation

# The type of the items is only known at run time.
_BROWSED: Final[Any] = browsing.Browsed


def _operation(name: str, run: Handler, body: Any = None, reply: Any = None) -> Operation:
    return Operation(
        method="",
        path="",
        name=name,
        summary="",
        run=run,
        scopes=ADMIN,
        body=body,
        reply=reply,
        for_pages=True,
    )


def _browse(browsed: browsing.Browsing) -> Operation:
    run = partial(browsing.page, browsing=browsed)
    made = _operation(f"browse-{browsed.kind.path}", run, reply=_BROWSED[browsed.kind.view.reply])
    return replace(made, query=browsing.query_of(browsed))


OPERATIONS: Final = (
    *map(_browse, browsing.BROWSED),
    _operation("find-names", references.names, references.Ids, list[references.Named]),
    _operation("find-by-name", references.find, references.ByName, list[references.Named]),
    _operation("list-choices", references.choices, references.OfKind, list[references.Named]),
    _operation("count-dependents", references.counts, references.Ids, dict[str, dict[str, int]]),
    _operation("count-all", references.totals, reply=dict[str, int]),
    _operation("count-partner-members", references.partner_members, reply=int),
    _operation("list-group-apis", references.group_apis, references.Ids, list[references.OpenApi]),
    _operation("list-admins", references.admins, references.Ids, list[responses.Member]),
    _operation("list-team-grants", references.team_grants, references.Ids, list[responses.Grant]),
    _operation("end-sessions", people.end_sessions_of),
    _operation("view-as-team", viewing.begin, reply=responses.Team),
    # While viewing, the operator has the rights of an admin of the team only.
    replace(_operation("end-view", viewing.end), scopes=None),
)
