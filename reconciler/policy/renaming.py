"""The rule about what was probably renamed without saying so."""

from collections.abc import Iterator

from reconciler.model.kinds import kind_row
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.similarity import rename_hint


def likely_rename(index: Index) -> Iterator[Violation]:
    """A partner, team, group or product that was renamed says so by `previously`.

    Without it, the old one is deleted with everything in it, and a new one is created.
    """
    desired = index.world.desired
    for old, new in sorted(index.renames.items()):
        origin = desired.resources[new].origin if desired and new in desired.resources else None
        if origin is not None:
            kind, _, former = old.partition("/")
            name = new.partition("/")[2]
            message = f'{kind_row(kind).noun} "{name}" would be created and "{former}", much like it, deleted'
            yield Violation(origin.document, origin.path, message, rename_hint(old, new), id=new)
