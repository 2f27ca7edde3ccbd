"""Check for objects that were probably renamed without `previously`."""

from collections.abc import Iterator

from reconciler.model.ids import name_of, split_id
from reconciler.model.kinds import kind_row
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.similarity import rename_hint


def likely_rename(index: Index) -> Iterator[Violation]:
    """Report a partner, team, group or product that was probably renamed, but has no `previously`.

    Without `previously`, the old object is deleted with everything in it, and a new one is created.
    """
    desired = index.context.desired
    for old, new in sorted(index.renames.items()):
        origin = desired.resources[new].origin if desired and new in desired.resources else None
        if origin is not None:
            kind, former = split_id(old)
            name = name_of(new)
            message = f'{kind_row(kind).noun} "{name}" would be created and the similar "{former}" deleted'
            yield Violation(origin.document, origin.path, message, rename_hint(old, new), id=new)
