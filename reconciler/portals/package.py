"""What a package has to offer so that portals of its type can be opened."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec

from reconciler.http.asgi_types import Application
from reconciler.http.credentials import Credential, require_secret
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.portal_settings import PortalSettings
from reconciler.model.secret import SecretText


class Credentials(msgspec.Struct, frozen=True):
    """The secrets of the portal that the configuration calls `portal`, by the name of the setting.

    `application` answers instead of the address of the settings where the portal is in this process.
    """

    portal: str
    secrets: Mapping[str, Credential]
    application: Application | None = None

    def require(self, name: str, hint: str) -> tuple[SecretText, str]:
        """Return a secret and where it came from. Raises InputError with the hint where there is none."""
        return require_secret(f'portal "{self.portal}"', self.secrets, name, hint)


class PortalType(msgspec.Struct, frozen=True):
    """One type of portal. `capabilities` and `open` are given settings of the class `settings`.

    `capabilities` says what such a portal can hold, and asks nothing of it. `open` raises InputError for
    settings or credentials that cannot be used, and sends no request yet.
    """

    settings: type[PortalSettings]
    capabilities: Callable[[Any], Capabilities]
    open: Callable[[Any, Credentials], AbstractAsyncContextManager[Portal]]
