"""Requests of teams for access, for the operator who decides."""

from typing import Any, Final

import msgspec

from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.operations.responses import AccessRequest
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit
from reconciler.portal_server.values.sentences import full_stop

_STATES: Final = ("open", "granted", "declined", "withdrawn")
_LIST: Final = "/ui/operator/requests"


def show(visit: Visit) -> PageResponse:
    """Show the requests in one state, by default the open ones."""
    state = visit.query.get("state", "open")
    state = state if state in _STATES else "open"
    number = visit.query.get("page", "1")
    query = {"state": state, "page": number}
    return layout.page(
        visit,
        "operator/requests.html",
        requests=visit.perform("browse-access-requests", query=query),
        states=_STATES,
        state=state,
        number=msgspec.convert(number, int, strict=False),
    )


def show_one(visit: Visit) -> PageResponse:
    """Show a request, with the form to decide while it is open."""
    request = _request(visit)
    needs_group = request.state == "open" and request.group_id is None
    groups = visit.perform("list-access-groups", query={"limit": "1000"}).items if needs_group else []
    decided = {
        "groupId": visit.value("groupId"),
        "level": visit.value("level", request.level),
        "until": visit.value("until", request.until or ""),
        "answer": visit.value("answer"),
    }
    return layout.page(
        visit,
        "operator/request.html",
        request=request,
        groups=sorted(groups, key=lambda group: group.display_name.casefold()),
        decided=decided,
        today=visit.now.date().isoformat(),
        errors=visit.errors(),
    )


def decide(visit: Visit) -> PageResponse:
    """Grant or decline the request."""
    form, request = visit.form, _request(visit)
    path, tag = {"id": request.id}, visit.shown_tag
    if form.text("decision") == "decline":
        if not form.text("answer"):
            raise invalid("/answer", "Say why the request is declined. The team reads it.")
        visit.perform("decline-access-request", path=path, body={"answer": form.text("answer")}, if_match=tag)
        return notices.done(visit, _LIST, f"The request of {request.team} was declined.")
    body: dict[str, Any] = {
        "level": form.text("level"),
        "until": form.maybe("until"),
        "answer": form.maybe("answer"),
    }
    if request.group_id is None:
        if not form.text("groupId"):
            raise invalid("/groupId", "Choose the access group to grant.")
        body["groupId"] = form.text("groupId")
    granted = visit.perform("grant-access-request", path=path, body=body, if_match=tag)
    notice = f"{granted.team} now has {granted.level} on {granted.group}{full_stop(granted.group)}"
    return notices.done(visit, _LIST, notice)


def _request(visit: Visit) -> AccessRequest:
    request: AccessRequest = visit.perform("get-access-request", path={"id": visit.path["request"]})
    return request


PAGES: Final = (
    Page(path=_LIST, audience="operator", show=show),
    Page(path=f"{_LIST}/{{request}}", audience="operator", show=show_one, submit=decide),
)
