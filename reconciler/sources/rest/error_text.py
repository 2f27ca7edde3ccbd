"""The explanation in an error response of any JSON API."""

from typing import Any, Final

import msgspec

from reconciler.http.problem_details import problem_detail
from reconciler.http.request import Response
from reconciler.model.json_input import ANY_JSON, decode_json

_TEXTS: Final = ("message", "detail", "error_description", "title", "error")
_BELOW: Final = ("error", "errors")


def error_detail(response: Response) -> str:
    """Return the explanation in an error response; empty if there is none."""
    if not response.is_json:
        return ""
    try:
        return problem_detail(response) or _explanation(decode_json(response.body, ANY_JSON))
    except msgspec.DecodeError:
        return ""


def _explanation(found: Any, levels: int = 3) -> str:
    """Return the first text at a key that APIs use for it; some send a list of errors."""
    if isinstance(found, list):
        found = found[0] if found else None
    if not isinstance(found, dict) or not levels:
        return ""
    texts = (found[key] for key in _TEXTS if isinstance(found.get(key), str))
    below = (_explanation(found.get(key), levels - 1) for key in _BELOW)
    return next(filter(None, (*texts, *below)), "")
