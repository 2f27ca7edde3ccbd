"""Documents in random styles: the same values as YAML in many ways, or as JSON, with comments anywhere."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

_PLAIN: Final = re.compile(r"[a-z][a-z0-9@.-]*(?<!-)")
_SAME_IN_YAML_1_1: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Each comment that is written has a number of its own.
NOTES: Final = ("why", 'ticket "12"', "- x", "a: b", "[", "}", "'", "#", "&a *a", ", y")
MARK: Final = re.compile(r"#!\d+")


class Writer:
    """Writes values in a random style for each place."""

    def __init__(self, draw: Callable[..., Any], *, aliases: bool) -> None:
        self._draw = draw
        self._aliases = aliases
        # Below a literal, a comment that is indented would be text.
        self._literals = self._chance(3)
        self._anchors: dict[str, str] = {}
        self._notes = 0

    def document(self, data: Any) -> str:
        """Return a document as the text of lines that end with `\\n`."""
        self._anchors.clear()
        if self._chance(4):
            return f"{self._lines(0)}{self._flow(data, 0)}{self._note()}\n"
        return f"{self._lines(0)}{self._block(data, 0)}"

    def json(self, data: Any) -> str:
        """Return a document as JSON."""
        dense = self._draw(st.sampled_from([(",", ":"), (", ", ": ")]))
        indent = self._draw(st.sampled_from([None, 2, "\t"]))
        text = json.dumps(data, indent=indent, separators=dense if indent is None else None)
        return text + self._one_of("", "\n")

    def _block(self, value: Any, width: int) -> str:
        """Return the lines of a collection in block style that begins in this column."""
        if isinstance(value, dict):
            return "".join(self._lines(width) + self._pair(key, each, width) for key, each in value.items())
        return "".join(self._lines(width) + self._item(each, width) for each in value)

    def _pair(self, key: str, value: Any, width: int) -> str:
        announced = f"{' ' * width}{self._key(key)}:"
        if not self._is_block(value):
            return f"{announced}{self._gap()}{self._line(value, width + 2)}\n"
        lists = isinstance(value, list)
        below = width + self._draw(st.sampled_from([0, 1, 2, 4] if lists else [1, 2, 4]))
        return f"{announced}{self._anchor(value)}{self._note()}\n{self._block(value, below)}"

    def _item(self, value: Any, width: int) -> str:
        if not self._is_block(value) or isinstance(value, list):
            return f"{' ' * width}- {self._line(value, width + 2)}\n"
        if self._chance(4):
            # libyaml has no tab behind a dash.
            note = self._note().replace("\t", " ")
            return f"{' ' * width}-{note}\n{self._block(value, width + 2)}"
        first, _, others = self._block(value, width + 2).lstrip("\n ").partition("\n")
        if first.startswith("#"):
            return f"{' ' * width}-\n{' ' * (width + 2)}{first}\n{others}"
        return f"{' ' * width}- {first}\n{others}"

    def _is_block(self, value: Any) -> bool:
        is_repeated = self._aliases and repr(value) in self._anchors
        return isinstance(value, dict | list) and bool(value) and not is_repeated and not self._chance(3)

    def _line(self, value: Any, width: int) -> str:
        """Return a value with a comment at its end, unless it would be taken for text."""
        written = self._value(value, width)
        return written if "|-" in written else f"{written}{self._note()}"

    def _value(self, value: Any, width: int) -> str:
        alias = self._anchors.get(repr(value))
        if alias and self._chance(2):
            return f"*{alias}"
        anchor = self._anchor(value)
        if self._literals and isinstance(value, str) and self._chance(3):
            return f"{anchor.strip()} |-\n{' ' * width}{value}".lstrip()
        return f"{anchor} {self._flow(value, width)}".strip()

    def _flow(self, value: Any, width: int) -> str:
        if isinstance(value, dict):
            pairs = [f"{self._key(key)}: {self._flow(each, width)}" for key, each in value.items()]
            return self._bracketed(pairs, "{}", width)
        if isinstance(value, list):
            return self._bracketed([self._flow(each, width) for each in value], "[]", width)
        return self._scalar(value)

    def _bracketed(self, entries: list[str], brackets: str, width: int) -> str:
        text = brackets[0]
        for number, entry in enumerate(entries):
            is_last = number == len(entries) - 1
            comma = "," if not is_last or self._chance(4) else ""
            text += f"{self._break(width)}{entry}{self._break(width, 6)}{comma}"
        return f"{text}{self._break(width)}{brackets[1]}"

    def _break(self, width: int, rarely: int = 3) -> str:
        """Return what may be between things in brackets: nothing, a blank, or a new line after a comment."""
        if not self._chance(rarely):
            return self._one_of("", " ")
        indentation = self._one_of(" " * (width + 2), f"{' ' * (width + 1)}\t")
        return f"{self._note()}\n{indentation}"

    def _key(self, key: str) -> str:
        return self._one_of(key, key, key, f'"{key}"', f"'{key}'")

    def _scalar(self, text: str) -> str:
        quoted = [json.dumps(text), "'" + text.replace("'", "''") + "'"]
        plain = [text] * 3 if _PLAIN.fullmatch(text) or _SAME_IN_YAML_1_1.fullmatch(text) else []
        return self._one_of(*plain, *quoted)

    def _anchor(self, value: Any) -> str:
        """Return an anchor, blank first, or nothing."""
        if not self._aliases or isinstance(value, dict) or repr(value) in self._anchors:
            return ""
        if not self._chance(3):
            return ""
        name = self._anchors[repr(value)] = f"a{len(self._anchors)}"
        return f" &{name}"

    def _note(self) -> str:
        """Return a comment at the end of a line, or nothing."""
        if not self._chance(4):
            return self._one_of("", "", " ", "\t")
        return f"{self._one_of(' ', '   ', chr(9))}{self._comment()}"

    def _lines(self, width: int) -> str:
        """Return lines above something: blank ones, and comments of any indentation."""
        if not self._chance(5):
            return ""
        indentation = self._draw(st.sampled_from([0, width, width if self._literals else width + 3]))
        return f"{self._one_of('', chr(10))}{' ' * indentation}{self._comment()}\n"

    def _comment(self) -> str:
        self._notes += 1
        return f"#!{self._notes} {self._one_of(*NOTES)}"

    def _gap(self) -> str:
        return self._one_of(" ", " ", "  ", "\t")

    def _one_of(self, *texts: str) -> str:
        return str(self._draw(st.sampled_from(texts)))

    def _chance(self, one_in: int) -> bool:
        return bool(self._draw(st.integers(0, one_in - 1)) == 0)
