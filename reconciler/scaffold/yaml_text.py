"""Texts, and mappings of texts, as YAML on one line."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z.][A-Za-z0-9._/-]*")
# Some readers of YAML take these for booleans or null.
_WORDS: Final = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def flow(value: Any) -> str:
    """Return a text or a mapping in flow style."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(key)}: {flow(below)}' for key, below in value.items())}}}"
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return str(value) if plain else json.dumps(value, ensure_ascii=not value.isprintable())
