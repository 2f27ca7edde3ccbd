"""JSON in ASCII alone, which neither a terminal nor a runner obeys when it reads it in a log."""

import json
from typing import Any


def written(document: Any) -> str:
    """Return a document as JSON with a line break at its end."""
    text = json.dumps(document, indent=2)
    # So an older form of a runner's commands begins, wherever it stands; `#` is nowhere but in strings.
    return text.replace("##[", "#\\u0023[") + "\n"
