"""Owner labels: without them, nothing that is created can be recognized as managed later."""

from collections.abc import Iterator

from reconciler.model.document import Origin
from reconciler.model.finding import Finding
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired


def missing_labels(desired: Desired, can: Capabilities, settings: Origin | None) -> Iterator[Finding]:
    """Yield an error, once, if objects need an owner label that the portal cannot store."""
    if can.owner_labels or all(each.owner_label is None for each in desired.resources.values()):
        return
    message = "the portal cannot store owner labels, so nothing that is created there could be managed later"
    source = settings.document.where(*settings.path[:-1]) if settings else None
    yield Finding.at(source, "unsupported", message, "use another portal; `access --live` reads this one")
