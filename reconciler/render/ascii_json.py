"""ASCII-only JSON without escape sequences or workflow commands, safe to print to a terminal or CI log."""

import json
from typing import Any

from reconciler.model.printable import disarmed


def dumps(document: Any) -> str:
    """Return a document as JSON with a trailing newline."""
    return f"{disarmed(json.dumps(document, indent=2))}\n"
