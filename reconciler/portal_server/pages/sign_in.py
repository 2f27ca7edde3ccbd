"""Sign in by a link that is sent by mail."""

from http import HTTPStatus
from typing import Final

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sign_in_links
from reconciler.portal_server.identity.attempts import Limit, exceeded, network_of
from reconciler.portal_server.operations.problems import ProblemError, invalid
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.signing_in import HOME, begin_session, local_target
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit, redirect
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.durations import seconds_until

PATH: Final = "/ui/sign-in"
SENT: Final = "/ui/sign-in/sent"
FROM_A_CLIENT: Final = Limit("from", 30)


def show(visit: Visit) -> PageResponse:
    """Show the form for an address; a person who is signed in goes home."""
    target = local_target(visit.query.get("next") or visit.form.maybe("next"))
    if visit.viewer is not None:
        return redirect(target or HOME)
    return layout.page(
        visit,
        "sign_in.html",
        email=visit.value("email"),
        next=target or "",
        by_mail=_sends_mail(visit),
        oidc=visit.portal.site.oidc,
    )


def submit(visit: Visit) -> PageResponse:
    """Send a link, and answer the same whether the person has access or not."""
    if not _sends_mail(visit):
        raise ProblemError(
            409, "This portal sends no links by e-mail. Ask its operator for a link to sign in."
        )
    try:
        email = canonical_email(visit.form.text("email"))
    except ValueError as error:
        raise invalid("/email", "Enter an e-mail address, such as ana@example.com.") from error
    wait = exceeded(visit.connection, visit.now, FROM_A_CLIENT, network_of(visit.address))
    if wait is not None:
        seconds = seconds_until(visit.now + wait, visit.now)
        minutes = -(-int(seconds) // 60)
        raise ProblemError(
            429,
            f"Too many links were asked for from your network. Try again in {minutes} min.",
            headers={"Retry-After": seconds},
        )
    known = sign_in_links.send(visit, email, local_target(visit.form.maybe("next")))
    # The events are for operators; what the person sees is the same for every address.
    security_log.record(
        visit.now,
        "sign-in-link" if known else "sign-in-refused",
        caller=email,
        method="link",
        reason=None if known else "no access",
        client=visit.address,
    )
    return notices.done(visit, SENT, f"If {email} has access, a link is on its way.")


def show_sent(visit: Visit) -> PageResponse:
    """Show what to do after a link was sent."""
    return layout.page(visit, "sign_in_sent.html")


def show_link(visit: Visit) -> PageResponse:
    """Show for whom a link is. It is only used by the button, because programs open links in mails."""
    email = sign_in_links.find(visit.connection, visit.now, visit.path["code"])
    if email is None:
        return _not_valid(visit)
    target = local_target(visit.query.get("next")) or ""
    return layout.page(visit, "sign_in_link.html", email=email, next=target)


def submit_link(visit: Visit) -> PageResponse:
    """Use a link: begin a session of its person."""
    code = visit.path["code"]
    email = sign_in_links.find(visit.connection, visit.now, code)
    if email is None or not sign_in_links.may_sign_in(visit.connection, visit.now, visit.operators, email):
        security_log.record(
            visit.now,
            "sign-in-refused",
            caller=email,
            method="link",
            reason="the link is not valid" if email is None else "no access",
            client=visit.address,
        )
        return _not_valid(visit)
    sign_in_links.use(visit.connection, code)
    return begin_session(visit, email, "link", visit.form.maybe("next"))


def _not_valid(visit: Visit) -> PageResponse:
    return layout.page(visit, "sign_in_link_over.html", status=HTTPStatus.NOT_FOUND)


def _sends_mail(visit: Visit) -> bool:
    return visit.portal.site.links and (visit.post.delivers or visit.post.demo)


PAGES: Final = (
    Page(path=PATH, audience="anyone", show=show, submit=submit),
    Page(path=SENT, audience="anyone", show=show_sent),
    Page(
        path=f"{sign_in_links.PATH}{{code}}",
        audience="anyone",
        show=show_link,
        submit=submit_link,
        while_viewing=True,
    ),
)
