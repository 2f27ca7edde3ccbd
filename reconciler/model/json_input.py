"""Decode untrusted JSON: all failures raise the same error, and secrets are removed."""

import json
import re
from typing import Any, Final, Protocol, TypeVar

import msgspec

from reconciler.model.secret import SecretText

T = TypeVar("T")
Decoded_co = TypeVar("Decoded_co", covariant=True)


class Decoder(Protocol[Decoded_co]):
    """What decodes JSON, such as `msgspec.json.Decoder`."""

    def decode(self, content: bytes, /) -> Decoded_co:
        """Decode JSON. Raises msgspec.DecodeError."""


# Only these escapes are of characters that our encoder may write in another form.
_OTHER_FORM: Final = re.compile(rb"\\[u/]")

ANY_JSON: Final["msgspec.json.Decoder[Any]"] = msgspec.json.Decoder()


def decode_json(content: bytes, decoder: Decoder[T], *secrets: SecretText) -> T:
    """Decode JSON and remove the secrets from all texts, however they were escaped.

    Raises msgspec.DecodeError, also for invalid UTF-8 and for too deep nesting.
    """
    try:
        return decoder.decode(_redacted(content, secrets))
    except RecursionError as error:
        raise msgspec.DecodeError("JSON is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("JSON is not valid UTF-8") from error


def decode_file(content: bytes, decoder: Decoder[T]) -> T:
    """Decode JSON of one of our files; duplicate keys are an error, because readers treat them differently.

    Raises msgspec.DecodeError.
    """
    found = decode_json(content, decoder)
    try:
        # Keep numbers as text: they were decoded already.
        json.loads(content.decode(), object_pairs_hook=_require_unique, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise msgspec.DecodeError("JSON is nested too deeply") from error
    return found


def _require_unique(pairs: list[tuple[str, Any]]) -> None:
    """Raise msgspec.DecodeError if an object has a duplicate key."""
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            raise msgspec.DecodeError(f'duplicate key "{key}"')
        keys.add(key)


def _redacted(content: bytes, secrets: tuple[SecretText, ...]) -> bytes:
    """Return JSON without the secrets; content that cannot contain them is returned unchanged."""
    encoded = {msgspec.json.encode(secret.reveal())[1:-1]: secret for secret in secrets if secret.reveal()}
    if not encoded or not (_OTHER_FORM.search(content) or any(text in content for text in encoded)):
        return content
    document = ANY_JSON.decode(content)
    # After encoding again, every text has only one form.
    normalized = msgspec.json.encode(document)
    found = [secret for text, secret in encoded.items() if text in normalized]
    for secret in found:
        document = _hidden(document, secret)
    return msgspec.json.encode(document) if found else content


def _hidden(value: Any, secret: SecretText) -> Any:
    if isinstance(value, str):
        return secret.hide_in(value)
    if isinstance(value, list):
        return [_hidden(each, secret) for each in value]
    if isinstance(value, dict):
        return {key: _hidden(each, secret) for key, each in value.items()}
    return value
