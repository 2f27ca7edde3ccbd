"""One HTTP request, and the response to it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from reconciler.model.secret import SecretText

_JSON = "application/json"


class Tally(msgspec.Struct):
    """Counts how often the requests that have it were sent, and how many were done."""

    sent: int = 0
    done: int = 0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a path below the service's address, with a body as JSON or a form.

    `safe` says of another method than GET that it changes nothing. `repeatable` says that sending a write
    twice has the same effect as sending it once. With `once`, the client never sends it again: what it
    writes must be read again before. `secrets` are in its path, and hidden in logs and messages. `tally`
    counts how often it is sent and done.
    """

    path: str
    method: str = "GET"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    form: Mapping[str, str] | None = None
    safe: bool = False
    repeatable: bool = False
    once: bool = False
    secrets: tuple[SecretText, ...] = ()
    tally: Tally | None = None

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET" and not self.safe

    def hide_secrets(self, text: str) -> str:
        """Return a text without the secrets of this request."""
        for secret in self.secrets:
            text = secret.hide_in(text)
        return text

    def content(self) -> tuple[bytes | None, dict[str, str]]:
        """Return the encoded body and the header with its type."""
        if self.form is not None:
            return urlencode(self.form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        if self.body is not None:
            return msgspec.json.encode(self.body), {"Content-Type": _JSON}
        return None, {}

    def with_query(self, **query: str) -> "Request":
        """Return this request with further, or other, query parameters."""
        return msgspec.structs.replace(self, query={**self.query, **query})


class Response(msgspec.Struct, frozen=True):
    """A response as it came; `media_type` is its content type without parameters.

    `written` says that the request was a write.
    """

    status: int
    headers: Mapping[str, str]
    media_type: str
    body: bytes
    written: bool = False

    @property
    def is_json(self) -> bool:
        """Whether its media type is JSON, or a format based on it."""
        return self.media_type == _JSON or self.media_type.endswith("+json")

    @property
    def is_web_page(self) -> bool:
        """Whether it is a page for people, such as that of a login or a proxy."""
        return self.media_type in {"text/html", "application/xhtml+xml"}
