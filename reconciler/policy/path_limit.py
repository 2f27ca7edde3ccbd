"""Limit the number of paths to APIs, because a few short lists can multiply to more than memory holds."""

from collections.abc import Iterator

from reconciler.policy.context import Violation
from reconciler.policy.index import Index


def too_many_paths(index: Index) -> Iterator[Violation]:
    """Report more than 1,000,000 paths from teams and groups to APIs, or 5,000,000 from people.

    A path leads from a team through one of its groups to an API in the group, or in a product of the group.
    Rules that depend on the APIs of groups do not run in that case.
    """
    problem = index.sizes.total.problem
    if problem and (largest := index.sizes.largest) is not None:
        hint = (
            "this document adds most of them; grant fewer groups, or reduce the APIs in groups and products"
        )
        yield Violation(largest.document, ("metadata", "name"), problem, hint)
