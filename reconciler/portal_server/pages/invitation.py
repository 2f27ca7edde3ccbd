"""The page of an invitation, which the link in its mail opens."""

from http import HTTPStatus
from typing import Any, Final

from msgspec.structs import replace

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.sign_in import PATH as SIGN_IN
from reconciler.portal_server.pages.signing_in import HOME, begin_session
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit, redirect
from reconciler.portal_server.values.sentences import full_stop

_CHOOSE: Final = "Choose whether you accept or decline the invitation."


def show(visit: Visit) -> PageResponse:
    """Show what the invitation is for, from whom and until when, or that it is over."""
    try:
        invitation = _find(visit)
    except ProblemError as problem:
        return layout.page(visit, "invitation_over.html", status=problem.status)
    if invitation.state == "expired":
        return layout.page(visit, "invitation_expired.html", status=HTTPStatus.GONE, invitation=invitation)
    other = visit.viewer is not None and visit.viewer.email != invitation.email
    return layout.page(visit, "invitation.html", invitation=invitation, other=other)


def submit(visit: Visit) -> PageResponse:
    """Accept or decline; accepting begins a session of the person."""
    invitation = _find(visit)
    # The code is the credential, not the session of this browser.
    by_code = replace(visit, caller=None)
    place = f"{invitation.team} of {invitation.partner}"
    if visit.form.text("answer") == "accept":
        by_code.perform("accept-invitation", path=visit.path)
        return _accepted(visit, invitation, f"You are now in the team {place}{full_stop(place)}")
    if visit.form.text("answer") == "decline":
        by_code.perform("decline-invitation", path=visit.path)
        return layout.page(visit, "invitation_declined.html", invitation=invitation)
    raise ProblemError(422, _CHOOSE)


def submit_own(visit: Visit) -> PageResponse:
    """Accept or decline an invitation of the person who is signed in, by the id of the membership."""
    if visit.form.text("answer") == "accept":
        member = visit.perform("accept-own-invitation", path=visit.path)
        return notices.done(visit, f"/ui/teams/{member.team_id}/members", "You are now in this team.")
    if visit.form.text("answer") == "decline":
        visit.perform("decline-own-invitation", path=visit.path)
        return notices.done(visit, HOME, "You declined the invitation.")
    raise ProblemError(422, _CHOOSE)


def _accepted(visit: Visit, invitation: Any, notice: str) -> PageResponse:
    """Lead to the team, and begin a session unless the person has to sign in for more than the team.

    An invitation is valid for days, so it must not open what people with an account or operators can do.
    """
    team = f"/ui/teams/{invitation.team_id}/members"
    if visit.viewer is not None and visit.viewer.email == invitation.email:
        return notices.done(visit, team, notice)
    needs_more = invitation.has_account or invitation.email in visit.operators
    if needs_more or not visit.portal.site.links:
        answer = notices.done(visit, SIGN_IN, f"{notice} Sign in as {invitation.email} to see it.")
        return redirect(SIGN_IN, {"next": team}, cookies=answer.cookies) if visit.viewer is None else answer
    return begin_session(visit, invitation.email, "link", team, notice)


def _find(visit: Visit) -> Any:
    return visit.perform("get-invitation", path=visit.path)


PAGES: Final = (
    Page(path="/ui/invitations/{code}", audience="anyone", show=show, submit=submit),
    Page(path="/ui/me/invitations/{id}", audience="signed-in", submit=submit_own),
)
