"""The outline of a document: the span of each value in the text of its file."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

Sort: TypeAlias = Literal["alias", "list", "mapping", "scalar"]


class Node(msgspec.Struct, kw_only=True):
    """A value in the text; `start` and `end` count characters, `line` counts from 1.

    The span includes an anchor. `inside` is where the entries of a collection begin: after its bracket or its
    anchor. A collection in block style ends with its last entry.
    """

    sort: Sort
    line: int
    start: int
    end: int
    inside: int = 0
    # The style of a scalar: `'`, `"`, `|`, `>`, or empty for a plain one.
    style: str = ""
    text: str = ""
    # `flow`: the collection is in brackets. `is_bare`: it is a pair in a flow list without its own brackets.
    flow: bool = False
    is_bare: bool = False
    anchor: str = ""
    # The node that an alias refers to.
    repeats: "Node | None" = None
    # The children of a mapping are key, value, key, value.
    children: "list[Node]" = msgspec.field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        """Yield this node and all its descendants, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()
