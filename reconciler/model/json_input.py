"""JSON from elsewhere: whatever makes it impossible to decode is one kind of error."""

from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

ANY_JSON: Final["msgspec.json.Decoder[Any]"] = msgspec.json.Decoder()


def decode_json(content: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """Decode JSON. Raises msgspec.DecodeError also for what is no UTF-8 and for what is nested too deeply."""
    try:
        return decoder.decode(content)
    except RecursionError as error:
        raise msgspec.DecodeError("JSON is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("JSON is not valid UTF-8") from error
