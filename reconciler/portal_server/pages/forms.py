"""Forms: the values that a browser posts, and the errors at their fields."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from reconciler.portal_server.operations.problems import ProblemError

MAX_FORM: Final = 2 * 1024 * 1024
# A form that needs no sign-in has a few short fields; anybody can send it, so reading it must be cheap.
MAX_OPEN_FORM: Final = 16 * 1024
_MAX_FIELDS: Final = 2000
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_UTF_8: Final = {b"utf-8", b"utf8"}


class Form:
    """The fields of a posted form; without a form, all are empty."""

    def __init__(
        self, pairs: Sequence[tuple[str, str]] = (), files: Mapping[str, bytes] | None = None
    ) -> None:
        self._pairs = pairs
        self._first = dict(reversed(pairs))
        self._files = files or {}

    def text(self, name: str, default: str = "") -> str:
        """Return a field without the space around it."""
        return self._first.get(name, default).strip()

    def maybe(self, name: str) -> str | None:
        """Return a field, or None if it is empty."""
        return self.text(name) or None

    def all(self, name: str) -> list[str]:
        """Return the values of a repeated field, such as checked boxes."""
        return [value for key, value in self._pairs if key == name]

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """All fields with their values, in order."""
        return self._pairs

    def file(self, name: str) -> bytes | None:
        """Return the content of an uploaded file; None without one."""
        return self._files.get(name) or None

    def __contains__(self, name: str) -> bool:
        """Whether the form has a field."""
        return name in self._first


class PageError(msgspec.Struct, frozen=True):
    """An error on a page: at a field, or with an empty `field` of the whole form."""

    field: str
    message: str


async def parse_form(content_type: str | None, body: bytes) -> Form:
    """Parse the body of a posted form. Reject with 400 or 415 what is not one."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == _MULTIPART:
        return await _parse_multipart(content_type or "", body)
    if body and media_type != _URLENCODED:
        raise ProblemError(415, f"The content type must be {_URLENCODED} or {_MULTIPART}.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise ProblemError(400, "The form could not be read.") from error
    return _form(pairs, {})


async def _parse_multipart(content_type: str, body: bytes) -> Form:
    # Python decodes some other encodings in quadratic time, or to text that no database stores.
    if parse_options_header(content_type)[1].get(b"charset", b"utf-8").lower() not in _UTF_8:
        raise ProblemError(415, "The form must be encoded in UTF-8.")

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        Headers({"content-type": content_type}),
        stream(),
        max_files=1,
        max_fields=_MAX_FIELDS,
        max_part_size=MAX_FORM,
    )
    try:
        data = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise ProblemError(400, "The form could not be read.") from error
    pairs = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    uploads = [(name, value) for name, value in data.multi_items() if isinstance(value, UploadFile)]
    files = {name: await upload.read() for name, upload in uploads}
    await data.close()
    return _form(pairs, files)


def _form(pairs: Sequence[tuple[str, str]], files: Mapping[str, bytes]) -> Form:
    if any("\0" in text for pair in pairs for text in pair):
        # No database stores it.
        raise ProblemError(400, "The form contains a NUL character.")
    return Form(pairs, files)
