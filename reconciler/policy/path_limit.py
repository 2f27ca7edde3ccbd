"""The rule about how many paths lead to APIs: a few short lists that multiply can outgrow every machine."""

from collections.abc import Iterator

from reconciler.policy.context import Violation
from reconciler.policy.index import Index


def too_many_paths(index: Index) -> Iterator[Violation]:
    """At most 1,000,000 paths lead from teams and groups to APIs, and 5,000,000 from people.

    A path leads from a team through one of its groups to an API in the group, or in a product of the group.
    While there are more, nothing that depends on the APIs of groups is judged.
    """
    problem, largest = index.sizes.total.problem, index.sizes.largest
    if problem and largest is not None:
        hint = "most of them are here: grant fewer groups, or let groups and products hold fewer APIs"
        yield Violation(largest.document, ("metadata", "name"), problem, hint)
