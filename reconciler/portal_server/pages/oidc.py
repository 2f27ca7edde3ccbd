"""Sign in through the OpenID Connect provider of the portal, and sign out of it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sign_in_links
from reconciler.portal_server.identity.oidc import Attempt, Failure, OidcError, Provider, sealed, unsealed
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout, security
from reconciler.portal_server.pages.signing_in import begin_session, local_target
from reconciler.portal_server.pages.visit import Arrival, Page, PageResponse, Visit

PATH: Final = "/ui/sign-in/oidc"
CALLBACK: Final = f"{PATH}/callback"
_ATTEMPT_SECONDS: Final = 600
# What happened, and what the person can do. Every page also offers to start again.
_FAILURES: Final[Mapping[Failure, tuple[str, str]]] = {
    "denied": ("You were not signed in", "{name} reports that access was denied or cancelled."),
    "refused": (
        "You were not signed in",
        (
            "{name} refused to sign you in. Try again; if it happens again, ask"
            " the operator of this portal, who finds the reason in its log."
        ),
    ),
    "down": ("{name} does not answer", "Try again in a few minutes. Nothing is wrong with your account."),
    "over": (
        "This attempt has ended",
        "It was used, is older than ten minutes, or began in another browser.",
    ),
    "mixed-up": (
        "You were not signed in",
        "The answer does not come from {name}. If you did not start to sign in, close this page.",
    ),
    "invalid": (
        "You were not signed in",
        (
            "The answer of {name} is not valid. Try again; if it happens again,"
            " ask the operator of this portal, who finds the reason in its log."
        ),
    ),
    "no-address": (
        "Your e-mail address is missing",
        (
            "{name} did not tell this portal your e-mail address. Add"
            " one to your account there, or ask the operator of this portal."
        ),
    ),
    "unverified": (
        "Your e-mail address is not verified",
        "{name} has not verified that {email} is yours. Verify it in your account there, then sign in again.",
    ),
}
_STATUSES: Final[Mapping[Failure, HTTPStatus]] = {"down": HTTPStatus.BAD_GATEWAY}


async def begin(arrival: Arrival) -> tuple[str, Attempt] | OidcError:
    """Ask where the provider signs people in."""
    provider, target = _provider(arrival), local_target(arrival.query.get("next")) or ""
    again = "again" in arrival.query
    try:
        return await provider.begin(arrival.now, f"{arrival.origin}{CALLBACK}", target, again=again)
    except OidcError as error:
        return error


def show(visit: Visit) -> PageResponse:
    """Send the browser to the provider."""
    if isinstance(visit.prepared, OidcError):
        return _failed(visit, visit.prepared)
    url, attempt = visit.prepared
    value = sealed(visit.portal.secret, attempt)
    cookie = security.set_cookie(security.ATTEMPT_COOKIE, value, max_age=_ATTEMPT_SECONDS)
    return PageResponse(HTTPStatus.SEE_OTHER, b"", {"Location": url}, (cookie,))


async def finish(arrival: Arrival) -> tuple[str, str] | OidcError:
    """Redeem the answer that the browser brings from the provider, for an address and the target."""
    provider = _provider(arrival)
    cookie = security.cookies(arrival.headers.get("cookie")).get(security.ATTEMPT_COOKIE)
    try:
        attempt = unsealed(arrival.portal.secret, cookie, arrival.now)
        callback = f"{arrival.origin}{CALLBACK}"
        return await provider.finish(arrival.now, callback, attempt, arrival.query), attempt.target
    except OidcError as error:
        return error


def show_callback(visit: Visit) -> PageResponse:
    """Begin a session of the person, if they have access."""
    if isinstance(visit.prepared, OidcError):
        return _over(_failed(visit, visit.prepared))
    email, target = visit.prepared
    if not sign_in_links.may_sign_in(visit.connection, visit.now, visit.operators, email):
        _record_refusal(visit, "no access", email)
        page = layout.page(
            visit,
            "oidc_no_access.html",
            status=HTTPStatus.FORBIDDEN,
            email=email,
            provider=_name(visit),
        )
        return _over(page)
    return _over(begin_session(visit, email, "oidc", target))


async def prepare_sign_out(arrival: Arrival) -> str | None:
    """Ask where the provider signs people out; None where it does not say."""
    try:
        return await _provider(arrival).sign_out_url(arrival.now, f"{arrival.origin}/ui/sign-in")
    except OidcError:
        return None


def show_sign_out(visit: Visit) -> PageResponse:
    """Offer to sign out at the provider, too."""
    return layout.page(visit, "oidc_sign_out.html", url=visit.prepared, provider=_name(visit))


def _provider(arrival: Arrival) -> Provider:
    if arrival.portal.provider is None:
        raise ProblemError(404, "This page does not exist.")
    return arrival.portal.provider


def _name(visit: Visit) -> str:
    return visit.portal.site.oidc.name if visit.portal.site.oidc else ""


def _failed(visit: Visit, error: OidcError) -> PageResponse:
    """Return the page that says why a person was not signed in."""
    _record_refusal(visit, error.detail, error.email)
    name = _name(visit)
    title, text = (each.format(name=name, email=error.email) for each in _FAILURES[error.failure])
    status = _STATUSES.get(error.failure, HTTPStatus.FORBIDDEN)
    sends_mail = visit.portal.site.links and (visit.post.delivers or visit.post.demo)
    return layout.page(visit, "oidc_failed.html", status=status, title=title, text=text, by_mail=sends_mail)


def _record_refusal(visit: Visit, reason: str, email: str | None) -> None:
    security_log.record(
        visit.now, "sign-in-refused", caller=email, method="oidc", reason=reason, client=visit.address
    )


def _over(response: PageResponse) -> PageResponse:
    """Return a response that also ends the attempt."""
    cleared = security.clear_cookie(security.ATTEMPT_COOKIE)
    return PageResponse(response.status, response.body, response.headers, (*response.cookies, cleared))


PAGES: Final = (
    Page(path=PATH, audience="anyone", prepare=begin, show=show),
    Page(path=CALLBACK, audience="anyone", prepare=finish, show=show_callback, writes=True),
    Page(path="/ui/sign-out/provider", audience="anyone", prepare=prepare_sign_out, show=show_sign_out),
)
