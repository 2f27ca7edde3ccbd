"""Detect the style of a document, so that new values look like the existing ones."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

import msgspec

from reconciler.edit.yaml.layout import Entry, Layout
from reconciler.edit.yaml.scalars import flow
from reconciler.model.outline import Node

_JSON_WORD: Final = re.compile(r"true|false|null|-?[0-9][-+.0-9eE]*")


class Style(msgspec.Struct, frozen=True):
    """The quotes of values and keys, the use of block style, and the indentation of lists.

    `dash` is a dash with the blanks after it. Dense JSON has no blanks at all.
    """

    is_json: bool = False
    is_dense: bool = False
    quote: str = ""
    key_quote: str = ""
    block_lists: bool = False
    block_mappings: bool = False
    below: int = 2
    dash: str = "- "

    def value(self, value: Any, key: str = "") -> str:
        """Return a value on one line, without its key."""
        if not self.is_json:
            return flow(value, key, self.quote)
        separators = (",", ":") if self.is_dense else (", ", ": ")
        written = json.dumps(value, ensure_ascii=False, separators=separators)
        return written if written.isprintable() else json.dumps(value, separators=separators)

    def pair(self, key: str, value: Any) -> str:
        """Return a key with its value on one line."""
        return f"{self._key(key)}{':' if self.is_dense else ': '}{self.value(value, key)}"

    def entry_lines(self, value: Any) -> list[str]:
        """Return the lines of an entry of a list in block style."""
        lines = self.lines(value)
        return [f"{self.dash}{lines[0]}", *(" " * len(self.dash) + line for line in lines[1:])]

    def pair_lines(self, key: str, value: Any) -> list[str]:
        """Return the lines of a key with its value in block style."""
        if not (value and self._is_block(value)):
            return [self.pair(key, value)]
        indentation = " " * (self.below if isinstance(value, list) else 2)
        return [f"{self._key(key)}:", *(indentation + line for line in self.lines(value))]

    def lines(self, value: Any) -> list[str]:
        """Return the lines of a value; the first one is written after a dash or below a key."""
        if not (value and self._is_block(value)):
            return [self.value(value)]
        if isinstance(value, list):
            return [line for each in value for line in self.entry_lines(each)]
        return [line for key, each in value.items() for line in self.pair_lines(key, each)]

    def _is_block(self, value: Any) -> bool:
        if isinstance(value, dict):
            return self.block_mappings or any(isinstance(each, list | dict) for each in value.values())
        return self.block_lists and isinstance(value, list)

    def _key(self, key: str) -> str:
        return json.dumps(key, ensure_ascii=False) if self.is_json else flow(key, quote=self.key_quote)


class Styles:
    """The styles in a document: what its collections have in common is determined once."""

    def __init__(self, layout: Layout, root: Node) -> None:
        self._layout = layout
        self.root = root

    def of(self, node: Node) -> Style:
        """Return the style of the entries in a collection."""
        quote = _quote(each for each in _values(node) if each.sort == "scalar")
        if node.flow:
            return msgspec.structs.replace(self._in_brackets, quote=quote)
        dash = _dash(self._layout, self._layout.entries(node)) if node.sort == "list" else "- "
        return msgspec.structs.replace(self._in_block, quote=quote, dash=dash)

    @cached_property
    def _key_quote(self) -> str:
        return _quote(_keys(self.root))

    @cached_property
    def _in_brackets(self) -> Style:
        root = self.root
        is_json = root.flow and self._key_quote == '"' and all(map(_is_json, root.walk()))
        first = next((each.children for each in root.walk() if each.sort == "mapping" and each.children), [])
        is_dense = is_json and self._layout.text[first[0].end : first[1].start] == ":"
        return Style(is_json=is_json, is_dense=is_dense, key_quote=self._key_quote)

    @cached_property
    def _in_block(self) -> Style:
        lists = list(_simple_lists(self._layout, self.root))
        mappings = [each.flow for listed in self.root.walk() for each in _simple_items(listed)]
        return Style(
            key_quote=self._key_quote,
            block_lists=sum(entry.value.flow for entry, _ in lists) * 2 < len(lists),
            block_mappings=sum(mappings) * 2 < len(mappings),
            below=next((below for entry, below in lists if not entry.value.flow), 2),
        )


def _simple_lists(layout: Layout, root: Node) -> Iterator[tuple[Entry, int]]:
    """Yield each key whose value is a list of scalars, and how far the list is indented below it."""
    for node in root.walk():
        for entry in layout.entries(node) if node.sort == "mapping" else ():
            items = layout.entries(entry.value) if entry.value.sort == "list" else []
            if items and all(item.value.sort == "scalar" for item in items):
                width = len(layout.indentation(items[0].start)) - len(layout.indentation(entry.start))
                yield entry, width


def _simple_items(node: Node) -> Iterator[Node]:
    """Yield each mapping of scalars in a list."""
    for each in node.children if node.sort == "list" else ():
        if each.sort == "mapping" and all(below.sort == "scalar" for below in each.children):
            yield each


def _dash(layout: Layout, entries: list[Entry]) -> str:
    start, value = entries[-1].start, entries[-1].value
    return f"-{layout.blanks(start + 1, value.start, ' ') or ' '}"


def _quote(scalars: Iterable[Node]) -> str:
    """Return the quotes that all scalars have, or nothing if they differ."""
    styles = {each.style for each in scalars}
    return styles.pop() if styles in ({"'"}, {'"'}) else ""


def _values(node: Node) -> Iterator[Node]:
    """Yield all nodes below a node except keys."""
    pairs = node.sort == "mapping"
    for child in node.children[pairs :: 1 + pairs]:
        yield child
        yield from _values(child)


def _keys(node: Node) -> Iterator[Node]:
    """Yield all keys in a node."""
    for each in node.walk():
        if each.sort == "mapping":
            yield from each.children[::2]


def _is_json(node: Node) -> bool:
    """Return whether a node is also valid JSON."""
    if node.anchor or node.sort == "alias":
        return False
    if node.sort != "scalar":
        return node.flow and not node.is_bare
    return node.style == '"' or (not node.style and _JSON_WORD.fullmatch(node.text) is not None)
