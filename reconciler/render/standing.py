"""What a plan comes to if it is said in one word, whatever the format."""

from typing import Final, Literal, TypeAlias

from reconciler.model.finding import Severity
from reconciler.model.plan import Plan

Standing: TypeAlias = Literal["undecided", "denied", "taking", "changing", "empty"]
FROM_FILES: Final = "Compared with files, not with the portal: what only the portal knows is not in here."


def standing(made: Plan) -> Standing:
    """Return the first that holds: not decided, denied, it takes access away, it changes anything at all."""
    if not made.complete:
        return "undecided"
    if any(finding.severity is Severity.ERROR for finding in made.findings):
        return "denied"
    if made.access.lost or any(change.action == "delete" for change in made.changes):
        return "taking"
    return "changing" if made.changes else "empty"
