"""Write values on one line of YAML: quoted only where needed, and read back as the same values."""

import json
import re
from io import StringIO
from typing import Any, Final

import yaml

from reconciler.model.field_types import DAY

_TEXT: Final = "tag:yaml.org,2002:str"
# Do not fold lines.
_WIDTH: Final = 10**9
# Texts that some YAML readers parse as a number; PyYAML itself quotes fewer.
_NUMBER: Final = re.compile(r"[-+.0-9][-+.:_0-9a-fA-FxXoO]*")
# Texts that are plain in every context, unless they are one of the words.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._@/+-]*(?: [A-Za-z0-9._@/+(-][A-Za-z0-9._@/+()-]*)*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_EMITTER: Final = yaml.emitter.Emitter(StringIO(), allow_unicode=True)
_RESOLVER: Final = yaml.resolver.Resolver()
_DAY: Final = re.compile(DAY.removesuffix("$") + r"\Z")


def flow(value: Any, key: str = "", quote: str = "") -> str:
    """Return a value on one line, lists and mappings in brackets; `key` and `quote` are those of `scalar`."""
    if isinstance(value, dict):
        pairs = [f"{scalar(name)}: {flow(below, name, quote)}" for name, below in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join([flow(each, '', quote) for each in value])}]"
    return scalar(value, key, quote)


def scalar(value: Any, key: str = "", quote: str = "", *, block: bool = False) -> str:
    """Return a text, number or boolean on one line.

    `key` is its key: the value of `until` is a date and needs no quotes. Text gets the quotes `quote` where
    YAML allows it. A value in `block` style, not in brackets, needs quotes less often.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if quote:
        return _serialized(value, quote)
    if key == "until" and _DAY.match(value):
        return value
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _quoted(value, block=block)


def _quoted(value: str, *, block: bool) -> str:
    """Return a text with quotes if it needs them."""
    found = _EMITTER.analyze_scalar(value)
    if found.multiline or "\n" in value:
        return _serialized(value, '"')
    plain = found.allow_block_plain if block else found.allow_flow_plain
    if plain and not _NUMBER.fullmatch(value) and _means_text(value):
        return value
    if not found.allow_single_quoted:
        return _serialized(value, '"')
    # Where double quotes would need escapes, single ones are easier to read.
    return "'" + value.replace("'", "''") + "'" if '"' in value or "\\" in value else f'"{value}"'


def _means_text(value: str) -> bool:
    """Return whether readers of YAML take the text without quotes for a text."""
    found: str = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return found == _TEXT


def _serialized(value: str, quote: str) -> str:
    row = yaml.SequenceNode(
        "tag:yaml.org,2002:seq", [yaml.ScalarNode(_TEXT, value, style=quote)], flow_style=True
    )
    return yaml.serialize(row, Dumper=yaml.SafeDumper, allow_unicode=True, width=_WIDTH).strip()[1:-1]
