"""What a package has to offer so that portals of its type can be opened."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import msgspec

from reconciler.errors import InputError
from reconciler.http.asgi_types import Application
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.portal_settings import PortalSettings
from reconciler.model.secret import SecretText

# For portals whose settings have `url` and `allowHttp`.
UNENCRYPTED_HINT: Final = "use https://, or set `allowHttp: true` beside the url in the configuration"


class Credential(msgspec.Struct, frozen=True):
    """A secret, and where it came from; `text` is None where there was none.

    `place` is where the configuration names the environment variable that is the source.
    """

    source: str
    text: SecretText | None
    place: str = ""


class Credentials(msgspec.Struct, frozen=True):
    """The secrets of the portal that the configuration calls `portal`, by the name of the setting.

    `application` answers instead of the address of the settings where the portal is in this process.
    """

    portal: str
    secrets: Mapping[str, Credential]
    application: Application | None = None

    def require(self, name: str, hint: str) -> tuple[SecretText, str]:
        """Return a secret and where it came from. Raises InputError with the hint where there is none."""
        found = self.secrets.get(name)
        if found is None or found.text is None:
            source = found.source if found else f"the setting {name}"
            if found and found.place:
                source = f"the environment variable {source}, which {found.place} names"
            what = name.replace("_", " ")
            raise InputError(f'portal "{self.portal}": there is no {what} in {source}', hint)
        # Secrets that are read from files end with a line break that does not belong to them.
        return SecretText(found.text.reveal().strip()), found.source


class PortalType(msgspec.Struct, frozen=True):
    """One type of portal. `capabilities` and `open` are given settings of the class `settings`.

    `capabilities` says what such a portal can hold, and asks nothing of it. `open` raises InputError for
    settings or credentials that cannot be used, and sends no request yet.
    """

    settings: type[PortalSettings]
    capabilities: Callable[[Any], Capabilities]
    open: Callable[[Any, Credentials], AbstractAsyncContextManager[Portal]]
