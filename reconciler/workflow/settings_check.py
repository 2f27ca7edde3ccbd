"""Check settings of portals and sources before one is used; nothing is loaded or asked."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from reconciler.errors import InputError
from reconciler.model.document import Configuration, Document
from reconciler.model.finding import Finding, Severity
from reconciler.model.http_text import UNENCRYPTED_HINT, is_exposed
from reconciler.model.portal_settings import OtherPortal, PortalSettings
from reconciler.model.source_settings import SourceSettings

_PLAIN_HINT: Final = "use ldaps://, leave out `startTls: false`, or set `allowPlain: true` beside the url"


def unusable_settings(document: Document) -> Iterator[Finding]:
    """Yield a warning for each setting of a portal or source with which it cannot be used."""
    if not isinstance(document.body, Configuration):
        return
    spec = document.body.spec
    for name, settings in spec.portals.items():
        for key, message, hint in _problems(settings):
            source = document.where("spec", "portals", name, key)
            about = f'portal "{name}": {message}'
            yield Finding.at(source, "portal-settings", about, hint, severity=Severity.WARNING)
    for name, found in spec.sources.items():
        from reconciler.workflow.sync.settings import mapping_problems  # noqa: PLC0415  start-up counts

        for key, address in _unencrypted(found):
            where = document.where("spec", "sources", name, key)
            hint = _PLAIN_HINT if address.startswith("ldap") else UNENCRYPTED_HINT
            about = f'source "{name}": the connection to {address} is unencrypted'
            yield Finding.at(where, "source-settings", about, hint, severity=Severity.WARNING)
        for path, message, hint in mapping_problems(found, spec):
            where = document.where("spec", "sources", name, *path)
            about = f'source "{name}": {message}'
            yield Finding.at(where, "source-settings", about, hint, severity=Severity.WARNING)


def _problems(settings: PortalSettings) -> Iterator[tuple[str, str, str]]:
    """Yield the key of a setting, what is wrong with it, and a hint."""
    if isinstance(settings, OtherPortal):
        from reconciler.portals import require_known_type  # noqa: PLC0415  start-up counts

        try:
            require_known_type(settings.type)
        except InputError as error:
            yield "type", error.message, error.hint
        return
    for key, address in _unencrypted(settings):
        yield key, f"the connection to {address} is unencrypted", UNENCRYPTED_HINT


def _unencrypted(settings: PortalSettings | SourceSettings) -> Iterator[tuple[str, str]]:
    """Yield the setting and the address of each connection that is unencrypted and not allowed to be."""
    if any(getattr(settings, name, None) for name in ("allow_http", "allow_plain")):
        return
    for key, address in settings.addresses.items():
        url = urlsplit(address)
        if is_exposed(url.scheme, url.hostname or ""):
            yield key, address
