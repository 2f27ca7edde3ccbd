"""JSON in ASCII alone, which neither a terminal nor a runner obeys when it reads it in a log."""

import json
from typing import Any

from reconciler.model.printable import disarmed


def written(document: Any) -> str:
    """Return a document as JSON with a line break at its end."""
    return f"{disarmed(json.dumps(document, indent=2))}\n"
