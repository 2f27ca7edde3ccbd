"""Files of earlier runs: plans, receipts and journals, recognized by the format that they name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from reconciler.errors import InputError, PlanError
from reconciler.model.approved_plans import ApprovedPlans, read_approved_plans
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.plan import Plan, read_plan


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Begin the message of an error in the content of a file with its path."""
    try:
        yield
    except (InputError, PlanError) as error:
        raise type(error)(f"{path}: {error.message}", error.hint) from error


def read_saved_plan(path: str) -> Plan:
    """Read a plan file. Raises InputError, PlanError."""
    content = read_file(path)
    with naming(path):
        return read_plan(content)


def read_approvals(path: str) -> ApprovedPlans:
    """Read a file of approvals. Raises InputError."""
    content = read_file(path)
    with naming(path):
        return read_approved_plans(content)


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
