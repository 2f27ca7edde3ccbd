"""Build the outline of a text (the spans of all values) from the same libyaml events that validation uses."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml._yaml import CParser

from reconciler.load.surrogates import Pairs
from reconciler.model.outline import Node

_BOM: Final = "\ufeff"
_KEEPS_BREAKS: Final = re.compile(r"(&\S+\s+)?[|>][0-9-]*\+")


def outline(text: str) -> list[Node]:
    """Return the root node of each document in a text that was parsed without errors."""
    return [root for root, _ in _documents(text)]


def spans(text: str) -> list[tuple[Node, int, int]]:
    """Return the root node of each document, and where it begins and ends, its comments included.

    A document ends where the `---` of the next one is.
    """
    found = list(_documents(text))
    ends = [*(start for _, start in found[1:]), len(text)]
    return [(root, begin, end) for (root, _), (begin, end) in zip(found, pairwise([0, *ends]), strict=False)]


def _documents(text: str) -> Iterator[tuple[Node, int]]:
    """Yield the root node of each document, and where the document starts."""
    # Validation removes one byte order mark and libyaml another; positions count neither.
    skipped = min(2, len(text) - len(text.lstrip(_BOM)))
    pairs = Pairs(text[skipped:].encode())
    get_event = pairs.restored(CParser(pairs.content).get_event)
    while not isinstance(event := get_event(), StreamEndEvent):
        if isinstance(event, DocumentStartEvent):
            yield _OutlineBuilder(get_event, text, skipped).root(), _start(event) + skipped


def _start(event: Any) -> int:
    start: int = event.start_mark.index
    return start


class _OutlineBuilder:
    """Builds the outline of one document."""

    def __init__(self, get_event: Callable[[], Any], text: str, skipped: int) -> None:
        self._get_event = get_event
        self._text = text
        self._skipped = skipped
        self._anchors: dict[str, Node] = {}

    def root(self) -> Node:
        """Return the root of the document whose start event was read."""
        stack: list[Node] = []
        while True:
            event = self._get_event()
            if isinstance(event, SequenceEndEvent | MappingEndEvent):
                node = stack.pop()
                node.end = self._end(node, event)
            else:
                node = self._node(event)
                if stack:
                    stack[-1].children.append(node)
                if isinstance(event, SequenceStartEvent | MappingStartEvent):
                    stack.append(node)
            if not stack:
                return node

    def _node(self, event: Any) -> Node:
        start, end = event.start_mark.index + self._skipped, event.end_mark.index + self._skipped
        node = Node(sort="scalar", line=event.start_mark.line + 1, start=start, end=end)
        if isinstance(event, AliasEvent):
            node.sort, node.repeats = "alias", self._anchors[str(event.anchor)]
            return node
        if event.anchor is not None:
            node.anchor = event.anchor
            self._anchors[event.anchor] = node
        if isinstance(event, ScalarEvent):
            node.style, node.text = event.style or "", event.value
            if node.style in {"|", ">"} and not _KEEPS_BREAKS.match(self._text, start):
                node.end = len(self._text[:end].rstrip("\r\n"))
        else:
            node.sort = "list" if isinstance(event, SequenceStartEvent) else "mapping"
            node.flow = bool(event.flow_style)
            node.is_bare = node.flow and node.sort == "mapping" and self._text[end - 1] != "{"
            # The first dash of a list that is not indented is part of the list's start.
            is_dash = not node.flow and self._text[end - 1 : end] == "-"
            node.inside = start if node.is_bare else end - is_dash
        return node

    def _end(self, node: Node, event: Any) -> int:
        """Return where a collection ends; for block style, libyaml reports the start of the next token."""
        if node.children and (not node.flow or node.is_bare):
            return node.children[-1].end
        end: int = event.end_mark.index
        return end + self._skipped
