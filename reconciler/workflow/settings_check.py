"""Check settings of portals before a portal is used; nothing is loaded or asked."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from reconciler.errors import InputError
from reconciler.http.credentials import UNENCRYPTED_HINT
from reconciler.model.document import Configuration, Document
from reconciler.model.finding import Finding, Severity
from reconciler.model.http_text import is_exposed
from reconciler.model.portal_settings import OtherPortal, PortalSettings
from reconciler.portals import require_known_type


def unusable_settings(document: Document) -> Iterator[Finding]:
    """Yield a warning for each setting of a portal that every plan for that portal refuses."""
    portals = document.body.spec.portals if isinstance(document.body, Configuration) else {}
    for name, settings in portals.items():
        for key, message, hint in _problems(settings):
            source = document.where("spec", "portals", name, key)
            about = f'portal "{name}": {message}'
            yield Finding.at(source, "portal-settings", about, hint, severity=Severity.WARNING)


def _problems(settings: PortalSettings) -> Iterator[tuple[str, str, str]]:
    """Yield the key of a setting, what is wrong with it, and a hint."""
    if isinstance(settings, OtherPortal):
        try:
            require_known_type(settings.type)
        except InputError as error:
            yield "type", error.message, error.hint
    elif _is_unencrypted(settings):
        yield "url", f"the connection to {settings.address} is unencrypted", UNENCRYPTED_HINT


def _is_unencrypted(settings: PortalSettings) -> bool:
    url = urlsplit(settings.address)
    return is_exposed(url.scheme, url.hostname or "") and not getattr(settings, "allow_http", None)
