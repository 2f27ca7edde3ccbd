"""What the page after a form reports, kept by the browser in a signed cookie for one request."""

from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reconciler.portal_server.pages import security
from reconciler.portal_server.pages.visit import PageResponse, Visit, redirect

_SECONDS: Final = 60


def done(visit: Visit, target: str, notice: str) -> PageResponse:
    """Return a redirect to a page that then shows the notice."""
    value = _serializer(visit.portal.secret).dumps(notice)
    return redirect(
        target, cookies=(security.set_cookie(security.NOTICE_COOKIE, str(value), max_age=_SECONDS),)
    )


def read(secret: str, value: str | None) -> str | None:
    """Return the notice of a cookie, unless it is missing, changed or old."""
    if value is None:
        return None
    try:
        return str(_serializer(secret).loads(value, max_age=_SECONDS))
    except BadSignature:
        return None


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="notice")
