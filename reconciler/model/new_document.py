"""A document that is to be written: its values, and the comments that go with them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from reconciler.model.source_map import Path


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a document as plain data, with comments by the path of the value that they are about.

    `above` are lines above the value, `beside` a comment at the end of its first line. The path `()` is the
    whole document. If there is no value at a path, its comment is written at what contains it.
    """

    data: dict[str, Any]
    above: Mapping[Path, Sequence[str]] = MappingProxyType({})
    beside: Mapping[Path, str] = MappingProxyType({})
