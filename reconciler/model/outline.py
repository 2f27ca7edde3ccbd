"""The outline of a document: where each of its values begins and ends in the text of its file."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

Sort: TypeAlias = Literal["alias", "list", "mapping", "scalar"]


class Node(msgspec.Struct, kw_only=True):
    """A value in the text: `start` and `end` count characters, `line` counts from 1.

    Both include an anchor. `inside` is where the entries of a collection are looked for: behind its bracket
    or its anchor. A collection in block style ends where its last entry ends, whatever comes below.
    """

    sort: Sort
    line: int
    start: int
    end: int
    inside: int = 0
    # How a scalar is written: `'`, `"`, `|`, `>`, or nothing where it is plain.
    style: str = ""
    text: str = ""
    # Whether a collection is written in brackets, or is a pair among others that has none of its own.
    flow: bool = False
    is_bare: bool = False
    anchor: str = ""
    # What an alias repeats.
    repeats: "Node | None" = None
    # Of a mapping key, value, key, value.
    children: "list[Node]" = msgspec.field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        """Yield this node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()
