"""Google Application Default Credentials: found and refreshed by the library `google-auth`."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx2
import msgspec

from reconciler.errors import InputError, PortalError
from reconciler.model.http_text import is_exposed, is_loopback, redact
from reconciler.model.printable import printable
from reconciler.model.secret import SecretText

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_SECONDS: Final = 30
_SOURCE: Final = "the Application Default Credentials"
_UNUSED_PROJECT: Final = logging.getLogger("google.auth._default")
_LONGEST: Final = 1024**2
# The servers of a virtual machine for itself have no TLS, and no network leads to them.
_METADATA: Final = frozenset({"169.254.169.254", "metadata.google.internal"})
_INSTALL: Final = 'install the extra: pip install "reconciler[apigee]"'
_NONE_FOUND: Final = (
    "set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials,"
    " run `gcloud auth application-default login`, or set token in the portal's settings"
)


class _Response(msgspec.Struct, frozen=True):
    """A response as google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class GoogleTransport:
    """Sends the requests of google-auth: it follows no redirect, and sends nothing unencrypted."""

    def __init__(self, service: str, *, allow_http: bool) -> None:
        self._service = service
        self._allow_http = allow_http

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> _Response:
        """Send a request. Raises TransportError of google-auth, and PortalError where it must not be sent."""
        from google.auth.exceptions import TransportError  # noqa: PLC0415  an optional dependency

        host = self._require_encryption(url)
        try:
            with (
                httpx2.Client(
                    follow_redirects=False, timeout=timeout or _SECONDS, trust_env=not is_loopback(host)
                ) as client,
                client.stream(method, url, content=body, headers=dict(headers or {})) as response,
            ):
                return _Response(response.status_code, response.headers, _received(response))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
            message = f"{host} did not respond: {type(error).__name__}"
            raise TransportError(message) from error  # type: ignore[no-untyped-call]

    def _require_encryption(self, url: str) -> str:
        """Return the host of a URL. Raises PortalError if credentials would be sent to it unencrypted."""
        try:
            place = urlsplit(url)
            host = place.hostname or ""
        except ValueError:
            raise PortalError(f"the credentials for {self._service} name an invalid URL") from None
        if is_exposed(place.scheme, host) and host not in _METADATA and not self._allow_http:
            message = f"the credentials for {self._service} would be sent unencrypted to {host}"
            raise PortalError(message, "use https:// in the file of credentials")
        return host


class GoogleCredentials:
    """Application Default Credentials, found with the first request, and refreshed before they expire."""

    noun: Final = "access token"

    def __init__(self, service: str, *, allow_http: bool = False) -> None:
        self._service = service
        self._transport = GoogleTransport(service, allow_http=allow_http)
        self._refreshing = asyncio.Lock()
        self._found: Credentials | None = None
        self._token = self._former = SecretText("")
        self._is_rejected = False

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The token, and the former one, which requests may still use."""
        return self._token, self._former

    @property
    def source(self) -> str:
        """What the credentials are, with their account as soon as it is known."""
        account = getattr(self._found, "service_account_email", None) or getattr(self._found, "account", None)
        return f"{_SOURCE} of {printable(str(account))}" if account else _SOURCE

    def check(self) -> None:
        """Accept what there is: nothing was looked for yet."""

    async def headers(self) -> dict[str, str]:
        """Return the headers with a token and the project to bill. Raises InputError or PortalError."""
        async with self._refreshing:
            # The library blocks while it sends requests.
            return await asyncio.to_thread(self._headers)

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Discard the token in these headers, unless another request has renewed it already."""
        self._is_rejected = headers.get("authorization") == f"Bearer {self._token.reveal()}"
        return True

    def _headers(self) -> dict[str, str]:
        try:
            from google.auth import exceptions  # noqa: PLC0415  an optional dependency
        except ImportError:
            raise InputError(f"{self._service} needs the package google-auth", _INSTALL) from None
        try:
            return self._applied()
        except exceptions.DefaultCredentialsError as error:
            message = f"{self._service}: no Application Default Credentials: {self._shown(error)}"
            raise InputError(message, _NONE_FOUND) from error
        except exceptions.GoogleAuthError as error:
            message = f"{self._service}: no access token from Google: {self._shown(error)}"
            hint = "check the Application Default Credentials" if not error.retryable else "try again later"
            raise PortalError(message, hint) from error

    def _applied(self) -> dict[str, str]:
        """Return the headers of credentials that are valid for a while."""
        from google.auth import default  # noqa: PLC0415  an optional dependency
        from google.auth.credentials import TokenState, with_scopes_if_required  # noqa: PLC0415  the same

        if self._found is None:
            # Nobody needs the project of the credentials. With scopes, the library would request it.
            _UNUSED_PROJECT.setLevel(logging.ERROR)
            found, _ = default(request=self._transport)  # type: ignore[arg-type]
            self._found = with_scopes_if_required(found, [_SCOPE])  # type: ignore[no-untyped-call]
        if self._is_rejected or self._found.token_state != TokenState.FRESH:
            self._found.refresh(self._transport)
            self._is_rejected = False
        headers: dict[str, str] = {}
        self._found.apply(headers)
        token = SecretText(headers["authorization"].removeprefix("Bearer "))
        if token.reveal() != self._token.reveal():
            self._former, self._token = self._token, token
        if not token.fits_a_header:
            raise PortalError(f"{self._service}: the access token from Google has invalid characters")
        return headers

    def _shown(self, error: Exception) -> str:
        return redact(str(error.args[0] if error.args else error), *self.secrets)


def _received(response: httpx2.Response) -> bytes:
    """Return the body of a response. Raises ValueError if it is too long."""
    chunks: list[bytes] = []
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        if sum(map(len, chunks)) > _LONGEST:
            raise ValueError("the response is too long")
    return b"".join(chunks)
