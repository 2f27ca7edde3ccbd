"""Requests of teams for access, and what an operator decides about them."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select

from reconciler.portal_server.mail import send
from reconciler.portal_server.operations import audit, listing, objects, responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import GRANT, Filter, Kind, TeamSight, View
from reconciler.portal_server.operations.preconditions import is_known, require_match
from reconciler.portal_server.operations.problems import FieldError, ProblemError, invalid
from reconciler.portal_server.operations.request_models import (
    AccessRequestFields,
    GrantChange,
    GrantFields,
    NewAccessRequest,
)
from reconciler.portal_server.operations.team_access import is_requestable
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_requests,
    grants,
    members,
    partners,
    teams,
)
from reconciler.portal_server.values.durations import seconds_until
from reconciler.portal_server.values.formats import Identifier, RequestState, instant, instant_text
from reconciler.portal_server.values.identifiers import new_etag, new_id

# How many requests of a team can be open, and how many it makes in an hour.
MAX_OPEN: Final = 20
MAX_IN_AN_HOUR: Final = 20
# How many requests a page shows.
BROWSED: Final = 50
_HOUR: Final = timedelta(hours=1)


def _view() -> View:
    table = access_requests
    partner_of_team = select(partners.c.display_name).select_from(partners.join(teams))

    def of_team(statement: Select[Any]) -> ColumnElement[Any]:
        return statement.where(teams.c.id == table.c.team_id).correlate(table).scalar_subquery()

    def of_group(statement: Select[Any]) -> ColumnElement[Any]:
        return statement.where(access_groups.c.id == table.c.group_id).correlate(table).scalar_subquery()

    def of_grant(column: ColumnElement[Any]) -> ColumnElement[Any]:
        own = and_(grants.c.group_id == table.c.group_id, grants.c.team_id == table.c.team_id)
        return select(column).where(own).correlate(table).scalar_subquery()

    computed: dict[str, ColumnElement[Any]] = {
        "team": of_team(select(teams.c.display_name)),
        "partner": of_team(partner_of_team),
        "group": of_group(select(access_groups.c.display_name)),
        "grant_id": of_grant(grants.c.id),
        "granted_level": of_grant(grants.c.level),
        "granted_until": of_grant(grants.c.until),
        "managed": or_(
            of_team(select(teams.c.managed_by)).is_not(None),
            of_group(select(access_groups.c.managed_by)).is_not(None),
        ),
    }
    fields = responses.AccessRequest.__struct_fields__
    return View(
        table,
        responses.AccessRequest,
        tuple(computed[field].label(field) if field in computed else table.c[field] for field in fields),
        {
            "team": Filter(Identifier, lambda value: table.c.team_id == value),
            "state": Filter(RequestState, lambda value: table.c.state == value),
        },
    )


ACCESS_REQUEST: Final = Kind(
    name="access-request",
    path="access-requests",
    prefix="arq",
    view=_view(),
    new=NewAccessRequest,
    sight=TeamSight(access_requests.c.team_id, lambda caller: caller.team_id),
)
_INSERT: Final = access_requests.insert().inline()
_ASKED: Final = ("group_id", "level", "until", "reason")
_OPEN: Final = select(access_requests.c.id, *(access_requests.c[name] for name in _ASKED)).where(
    access_requests.c.team_id == bindparam("team_id"), access_requests.c.state == "open"
)
_RECENT: Final = select(func.count(), func.min(access_requests.c.requested_at)).where(
    access_requests.c.team_id == bindparam("team_id"), access_requests.c.requested_at > bindparam("since")
)
_HELD: Final = select(grants.c.id, grants.c.level, grants.c.until).where(
    grants.c.team_id == bindparam("team_id"), grants.c.group_id == bindparam("group_id")
)

_IS_ADMIN: Final = select(
    exists().where(
        members.c.team_id == bindparam("team_id"),
        members.c.email == bindparam("email"),
        members.c.role == "admin",
        members.c.state == "active",
    )
)


def list_all(call: Call) -> HttpResponse:
    """Return a page of the requests that the caller can see; a team does not see who decided."""
    response = listing.page(call, ACCESS_REQUEST.view, ACCESS_REQUEST.sight)
    if not call.of_team:
        return response
    page = msgspec.json.decode(response.body, type=responses.Page[responses.AccessRequest])
    items = [_shown(call, item) for item in page.items]
    return json_response(200, msgspec.structs.replace(page, items=items))


class BrowseQuery(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of a page of requests, and its number."""

    team: Identifier | UnsetType = UNSET
    state: RequestState | UnsetType = UNSET
    page: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1


def browse(call: Call) -> HttpResponse:
    """Return a page of requests for people: open ones first, then the newest; `next` is the next number."""
    query = call.query
    values = {name: getattr(query, name) for name in ("team", "state") if getattr(query, name) is not UNSET}
    if call.of_team and call.caller:
        values["team"] = call.caller.team_id
    rows_of, total_of = _browsing(tuple(values))
    place = {"offset": (query.page - 1) * BROWSED, "fetched": BROWSED + 1}
    rows = call.connection.execute(rows_of, {**values, **place}).all()
    total = call.connection.execute(total_of, values).scalar_one()
    items = [_shown(call, responses.AccessRequest(*row)) for row in rows[:BROWSED]]
    following = str(query.page + 1) if len(rows) > BROWSED else None
    return json_response(200, responses.Page(items, total, following))


@lru_cache(maxsize=8)
def _browsing(names: tuple[str, ...]) -> tuple[Select[Any], Select[Any]]:
    table, view = access_requests, ACCESS_REQUEST.view
    clauses = [view.filters[name].clause(bindparam(name)) for name in names]
    total = select(func.count()).select_from(table).where(*clauses)
    newest = table.c.seq.desc()
    order = (newest,) if "state" in names else (case((table.c.state == "open", 0), else_=1), newest)
    # The names are looked up for the rows of the page only; SQLite would do that for all before it sorts.
    place = select(table.c.seq).where(*clauses).order_by(*order)
    shown = place.limit(bindparam("fetched")).offset(bindparam("offset"))
    return select(*view.columns).where(table.c.seq.in_(shown)).order_by(*order), total


def show(call: Call) -> HttpResponse:
    """Return one request, or 304 if the caller already has it."""
    request = objects.load(call, ACCESS_REQUEST)
    if is_known(call.headers.get("if-none-match"), request.etag):
        return HttpResponse(304, b"", {"ETag": request.etag})
    return _response(call, request)


def create(call: Call) -> HttpResponse:
    """Ask for access. The same request again, while it is open, is that request and not another one."""
    body: AccessRequestFields = call.body
    _check_team(call, body)
    objects.check_references(call, GRANT, {"team_id": body.team_id, "group_id": body.group_id})
    _check_day(call, body.until)
    same = _check_open(call, body)
    if same is not None:
        return _created(call, same)
    _check_held(call, body)
    _check_number(call, body.team_id)
    row = {
        **msgspec.structs.asdict(body),
        "id": new_id(ACCESS_REQUEST.prefix),
        "etag": new_etag(),
        "state": "open",
        "requested_by": _requester(call, body.team_id),
        "requested_at": call.time,
    }
    call.connection.execute(_INSERT, row)
    request = objects.read(call, ACCESS_REQUEST, row["id"])
    audit.record(call, "create", ACCESS_REQUEST.name, request)
    return _created(call, request)


def _requester(call: Call, team_id: str) -> str:
    """Return who asks, as the team may know it: it does not learn who its operators are.

    Operators find the person in the audit log.
    """
    caller = call.caller
    asked_by = {"team_id": team_id, "email": caller and caller.email}
    if caller and caller.scope == "admin" and not call.connection.execute(_IS_ADMIN, asked_by).scalar_one():
        return "an operator"
    return caller.email or caller.name if caller else ""


def withdraw(call: Call) -> HttpResponse:
    """Withdraw an open request."""
    return _decide(call, _open_request(call), "withdrawn", None)


def decline(call: Call) -> HttpResponse:
    """Decline an open request with an answer."""
    return _decide(call, _open_request(call), "declined", call.body.answer)


def grant(call: Call) -> HttpResponse:
    """Create or change the grant that a request asks for, with the level and end that are decided.

    Reject with 409 what would reduce the grant that the team has.
    """
    request = _open_request(call)
    body = call.body
    group_id = request.group_id if body.group_id is UNSET else body.group_id
    if group_id is None:
        raise invalid("/groupId", "the request names no access group; choose the one to grant")
    if request.group_id not in {None, group_id}:
        raise invalid("/groupId", "the request names another access group")
    level = request.level if body.level is UNSET else body.level
    until = _day(request.until) if body.until is UNSET else body.until
    _check_day(call, until)
    values = {"team_id": request.team_id, "group_id": group_id}
    held = call.connection.execute(_HELD, values).one_or_none()
    if held is None:
        new = GrantFields(**values, level=level, until=until, reason=request.reason)
        objects.create(msgspec.structs.replace(call, body=new), GRANT)
    else:
        _check_not_reduced(call, held, level, until)
        change = GrantChange(level=level, until=until)
        changing = msgspec.structs.replace(call, body=change, path={"id": held.id}, headers={})
        objects.change(changing, GRANT)
    return _decide(call, request, "granted", body.answer, group_id=group_id, level=level, until=until)


def _open_request(call: Call) -> responses.AccessRequest:
    request: responses.AccessRequest = objects.load(call, ACCESS_REQUEST)
    require_match(call.headers.get("if-match"), request.etag)
    if request.state != "open":
        by = f" by {request.decided_by}" if request.decided_by and not call.of_team else ""
        raise ProblemError(409, f"The request was already {request.state}{by}.")
    return request


def _decide(
    call: Call, before: responses.AccessRequest, state: RequestState, answer: str | None, **decided: Any
) -> HttpResponse:
    caller = call.caller
    values = {
        "state": state,
        "answer": answer or None,
        "decided_by": caller.email or caller.name if caller else None,
        "decided_at": call.time,
    }
    after = objects.store(call, ACCESS_REQUEST, before.id, {**values, **decided})
    audit.record(call, "update", ACCESS_REQUEST.name, after, before)
    if state != "withdrawn":
        _send_decision(call, after)
    return _response(call, after)


def _send_decision(call: Call, request: responses.AccessRequest) -> None:
    """Send the decision to the admin who asked, unless they left the team meanwhile."""
    asked_by = {"team_id": request.team_id, "email": request.requested_by}
    if not call.connection.execute(_IS_ADMIN, asked_by).scalar_one():
        return
    send(
        call,
        request.requested_by,
        f"access-{request.state}",
        team=request.team,
        partner=request.partner,
        group=request.group or "access",
        level=request.level,
        until=request.until,
        answer=request.answer,
        path=f"/ui/teams/{request.team_id}/requests",
    )


def _check_day(call: Call, until: date | None) -> None:
    if until is not None and until < call.now.date():
        raise invalid("/until", "This day has passed.")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _check_team(call: Call, body: AccessRequestFields) -> None:
    """Reject with 403 a team that is not the caller's own, with 422 a group that it cannot ask for."""
    caller = call.caller
    if caller is None or caller.scope != "team":
        return
    if body.team_id != caller.team_id:
        raise ProblemError(403, "You can only ask for access for your own team.")
    if caller.partner_status != "active":
        raise ProblemError(403, "The partner is suspended.")
    if body.group_id is not None and not is_requestable(call, body.team_id, body.group_id):
        # The same words as for a group that does not exist.
        unknown = FieldError("/groupId", f"{body.group_id} does not exist")
        raise ProblemError(422, "The request refers to an object that does not exist.", errors=[unknown])


def _check_open(call: Call, body: AccessRequestFields) -> responses.AccessRequest | None:
    """Return an open request that equals the new one. Reject with 409 another one for the same group."""
    open_requests = call.connection.execute(_OPEN, {"team_id": body.team_id}).all()
    until = None if body.until is None else body.until.isoformat()
    asked = (body.group_id, body.level, until, body.reason or None)
    for request_id, *known, reason in open_requests:
        if (*known, reason or None) == asked:
            same: responses.AccessRequest = objects.read(call, ACCESS_REQUEST, request_id)
            return same
    if body.group_id is not None and body.group_id in {found.group_id for found in open_requests}:
        message = "The team has already asked for this access group; withdraw that request first."
        raise ProblemError(409, message)
    if len(open_requests) >= MAX_OPEN:
        message = f"The team has {MAX_OPEN} open requests; withdraw one, or wait for a decision."
        raise ProblemError(409, message)
    return None


def _check_held(call: Call, body: AccessRequestFields) -> None:
    """Reject with 409 a request for what the team has, or for less."""
    values = {"team_id": body.team_id, "group_id": body.group_id}
    held = call.connection.execute(_HELD, values).one_or_none()
    if held is None or _has_ended(call, held.until):
        return
    if (held.level, _day(held.until)) == (body.level, body.until) or _reduces(held, body.level, body.until):
        more = held.until or held.level == "view"
        advice = (
            "Ask for a higher level or a later last day." if more else "There is nothing more to ask for."
        )
        raise ProblemError(409, f"The team already has {_described(held)}. {advice}")


def _check_not_reduced(call: Call, held: Any, level: str, until: date | None) -> None:
    if not _has_ended(call, held.until) and _reduces(held, level, until):
        message = (
            f"The team has {_described(held)}, which this would reduce. Change the grant itself for that."
        )
        raise ProblemError(409, message)


def _described(held: Any) -> str:
    return f"{held.level} until {held.until}" if held.until else f"{held.level} without an end"


def _has_ended(call: Call, until: str | None) -> bool:
    return until is not None and until < call.now.date().isoformat()


def _reduces(held: Any, level: str, until: date | None) -> bool:
    """Whether a grant with this level and end would be less than the one that is held."""
    sooner = until is not None and (held.until is None or until.isoformat() < held.until)
    return sooner or (held.level == "consume" and level == "view")


def _check_number(call: Call, team_id: str) -> None:
    """Reject with 429 a team that asks too often."""
    if not call.of_team:
        return
    values = {"team_id": team_id, "since": instant_text(call.now - _HOUR)}
    number, first = call.connection.execute(_RECENT, values).one()
    if number >= MAX_IN_AN_HOUR:
        wait = {"Retry-After": seconds_until(instant(first) + _HOUR, call.now)}
        raise ProblemError(429, f"A team asks at most {MAX_IN_AN_HOUR} times an hour.", headers=wait)


def _shown(call: Call, request: responses.AccessRequest) -> responses.AccessRequest:
    return msgspec.structs.replace(request, decided_by=None) if call.of_team else request


def _response(call: Call, request: responses.AccessRequest) -> HttpResponse:
    return json_response(200, _shown(call, request), {"ETag": request.etag})


def _created(call: Call, request: responses.AccessRequest) -> HttpResponse:
    return objects.created(ACCESS_REQUEST, _shown(call, request))
