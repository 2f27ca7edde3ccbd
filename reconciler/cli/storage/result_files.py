"""Files of earlier runs: plans, receipts and journals, recognized by the format that they name."""

from pathlib import Path

import msgspec

from reconciler.errors import InputError
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.plan import Plan, read_plan


def read_saved_plan(path: str) -> Plan:
    """Read a plan file. Raises InputError, PlanError."""
    return read_plan(read_file(path))


def format_of(content: bytes) -> str:
    """Return the format that a file names, or an empty text; a journal names it in its first line."""
    for part in (content, content.partition(b"\n")[0]):
        try:
            document = decode_json(part, ANY_JSON)
        except msgspec.DecodeError:
            continue
        named = document.get("format") if isinstance(document, dict) else None
        return named if isinstance(named, str) else ""
    return ""


def read_file(path: str) -> bytes:
    """Return the content of a file. Raises InputError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
