"""Render a page inside the layout: navigation, notice, and errors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from reconciler.portal_server.operations.problems import ProblemError, title
from reconciler.portal_server.pages import security
from reconciler.portal_server.pages.navigation import Link, navigation
from reconciler.portal_server.pages.templating import render
from reconciler.portal_server.pages.visit import PageResponse, Portal, Visit

_TITLES: Final = {
    401: "Please sign in again",
    403: "Not allowed",
    404: "Page not found",
    413: "Too large",
    429: "Too many requests",
    503: "The portal is busy",
}


def page(visit: Visit, template: str, *, status: int = 200, **context: Any) -> PageResponse:
    """Return a page from a template; `errors` are those of a refused form unless they are given."""
    context.setdefault("errors", visit.errors())
    shared = {
        "portal_name": visit.portal.name,
        "assets": visit.portal.assets,
        "viewer": visit.viewer,
        "navigation": navigation(visit),
        "notice": visit.notice,
        "csrf": visit.session.csrf if visit.session else "",
        "now": visit.now,
        "demo": visit.portal.site.demo,
        "visit": visit,
    }
    cookies = () if visit.notice is None else (security.clear_cookie(security.NOTICE_COOKIE),)
    return PageResponse(status, render(template, **shared, **context), cookies=cookies)


def error_page(portal: Portal, now: datetime, problem: ProblemError) -> PageResponse:
    """Return the page of an error, for which no person and no database is needed."""
    links: list[Link] = []
    context: Mapping[str, Any] = {
        "portal_name": portal.name,
        "assets": portal.assets,
        "viewer": None,
        "navigation": links,
        "notice": None,
        "csrf": "",
        "now": now,
        "demo": portal.site.demo,
        "errors": [],
        "status": problem.status,
        "title": _TITLES.get(problem.status) or title(problem.status),
        "detail": problem.detail,
    }
    return PageResponse(problem.status, render("error.html", **context), problem.headers)
