"""What a module has to offer so that sources of its type can be opened."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec

from reconciler.http.asgi_types import Application
from reconciler.http.credentials import Credential, require_secret
from reconciler.model.secret import SecretText


class Credentials(msgspec.Struct, frozen=True):
    """The secrets of the source that the configuration calls `source`, by the name of the setting.

    `application` answers instead of the address of the settings, in tests.
    """

    source: str
    secrets: Mapping[str, Credential]
    application: Application | None = None

    def require(self, name: str, hint: str) -> tuple[SecretText, str]:
        """Return a secret and where it came from. Raises InputError with the hint where there is none."""
        return require_secret(f'source "{self.source}"', self.secrets, name, hint)


class SourceType(msgspec.Struct, frozen=True):
    """One type of source. `open` is given its settings, and returns a Directory or a Crm.

    It raises InputError for settings or credentials that cannot be used, and sends no request yet.
    """

    open: Callable[[Any, Credentials], AbstractAsyncContextManager[Any]]
