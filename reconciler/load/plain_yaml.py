"""Read plain YAML several times faster than libyaml: one key or entry a line, and text of one line.

Nearly all files are plain. Whatever is not, such as text of several lines, an anchor, an escape or an error,
is left to `yaml_events`, which also knows the positions. What is read here equals what is read there.
"""

import re
from sys import intern
from typing import Any, Final

from reconciler.load.scalars import DIGITS, WORDS, number
from reconciler.load.yaml_events import MAX_DEPTH, MAX_DOCUMENTS, MAX_VALUES, max_values

_KEY: Final = rf"(?!(?:{'|'.join(filter(str.isalpha, WORDS))}):)[A-Za-z][\w./-]{{0,99}}"
_MORE: Final = r" \w.@/()+&%!;*'=<>|~^$\\-"


def _text_of(characters: str) -> str:
    """Return the pattern of text: it begins with no indicator, and a colon in it is followed by more text.

    A text has few colons, because matching needs memory for each.
    """
    return rf"[\w(/.+][{characters}]*(?::[\w/][{characters}]*){{0,20}}(?<! )"


_FLOW_TEXT: Final = _text_of(_MORE)
_TEXT: Final = _text_of(rf",?\[\]{{}}\"{_MORE}")
_QUOTED: Final = r"\"[^\"\\\n]*\"|'[^'\n]*'"
# Brackets end at the last one of the line, without a search for others.
_VALUE: Final = rf"{_TEXT}|(?>[\[{{].{{0,9999}}[\]}}])|{_QUOTED}|"
# Spaces, a dash, a key and a value; or the beginning of a document; or a comment. Runs of spaces are whole,
# so that a long one is not divided in all possible ways.
_LINE: Final = re.compile(
    rf"^(?:( *)(?! )(- +(?! ))?(?:({_KEY}):(?: +(?! )|(?=\n)))?({_VALUE})|(---))"
    r" *(?:(?:^|(?<= ))#.*)?\n",
    re.MULTILINE,
)
# A comma, a key, and text or a bracket; or anything else.
_TOKEN: Final = re.compile(rf"(?:(,) *)?(?:({_KEY}): +)?({_FLOW_TEXT}|{_QUOTED}|[\[\]{{}}]) *|.+")
_OPENING: Final[dict[str, type[Any]]] = {"[": list, "{": dict}
_CLOSING: Final[dict[str, type[Any]]] = {"]": list, "}": dict}
# Half of it is for lines, and half for the brackets of one line.
_MAX_DEPTH: Final = MAX_DEPTH // 2 - 1
_QUOTES: Final = "\"'"
# Text that begins otherwise is its own value.
_SPECIAL: Final = DIGITS | {*_OPENING, *_QUOTES, *(word[0] for word in WORDS if word)}
_FIRST_DOCUMENT: Final = "the first document"
_DOCUMENT: Final = "a document"


class _NotPlainError(Exception):
    """The content is not plain YAML."""


def plain_documents(content: bytes) -> list[Any] | None:
    """Return the values of the documents of a file without positions, or None if it is not plain YAML.

    The content is UTF-8 without a byte order mark.
    """
    text = content.decode().replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    count = text.count("\n")
    # All that Python calls printable is allowed in YAML.
    if count > max_values(content) or not text.replace("\n", "").isprintable():
        return None
    lines = _LINE.findall(text)
    if len(lines) != count:
        return None
    try:
        found = _documents(lines)
    except _NotPlainError:
        return None
    # A value has at least one byte, so that only large files can have too many.
    if len(content) > MAX_VALUES and sum(map(_count, found)) > max_values(content):
        return None
    return found if len(found) <= MAX_DOCUMENTS else None


def _count(data: Any) -> int:
    """Return the number of values, including keys."""
    if data.__class__ is dict:
        return 1 + len(data) + sum(map(_count, data.values()))
    return 1 + sum(map(_count, data)) if data.__class__ is list else 1


def _documents(lines: list[tuple[str, str, str, str, str]]) -> list[Any]:  # noqa: C901, PLR0912  one flat loop
    found: list[Any] = []
    container: Any = found
    column = -1
    # The key whose value is on the next lines, or null. The list of documents waits for a document.
    waiting: str | None = _FIRST_DOCUMENT
    stack: list[tuple[Any, int]] = []
    for spaces, dash, name, value, begin in lines:
        if not name and bool(dash) is not bool(value):
            raise _NotPlainError
        if not name and not dash:
            if begin:
                if waiting is not _FIRST_DOCUMENT:
                    _end(container, waiting)
                container, column, waiting = found, -1, _DOCUMENT
                stack.clear()
            continue
        indent = len(spaces)
        if indent > column or (dash and waiting and indent == column and container.__class__ is dict):
            if waiting is None or len(stack) > _MAX_DEPTH:
                raise _NotPlainError
            child: Any = [] if dash else {}
            if container is found:
                found.append(child)
            else:
                container[waiting] = child
            stack.append((container, column))
            container, column, waiting = child, indent, None
        else:
            if waiting:
                container[waiting] = waiting = None
            while indent < column or (not dash and indent == column and container.__class__ is list):
                container, column = stack.pop()
            if indent != column or (dash and container.__class__ is dict):
                raise _NotPlainError
        if dash:
            if not name:
                container.append(_special(value) if value[0] in _SPECIAL else value)
                continue
            stack.append((container, column))
            child = {}
            container.append(child)
            container, column = child, indent + len(dash)
        key = intern(name)
        if key in container:
            raise _NotPlainError
        if value:
            container[key] = _special(value) if value[0] in _SPECIAL else value
        else:
            waiting = key
    _end(container, waiting)
    return found


def _end(container: Any, waiting: str | None) -> None:
    """End a document, which must not be empty."""
    if waiting:
        if container.__class__ is list:
            raise _NotPlainError
        container[waiting] = None


def _special(text: str) -> Any:
    """Return the value of a text whose first character is special."""
    first = text[0]
    if first in DIGITS:
        return number(text)
    if first in _OPENING:
        return _brackets(text)
    return text[1:-1] if first in _QUOTES else WORDS.get(text, text)


def _brackets(text: str) -> Any:  # noqa: C901  one flat loop
    """Return the value of a sequence or mapping in brackets."""
    root: list[Any] = []
    container: Any = root
    # The container has a value, so that a comma or its closing bracket follows.
    filled = False
    stack: list[Any] = []
    for comma, key, value in _TOKEN.findall(text):
        if value in _CLOSING:
            if comma or key or not stack or container.__class__ is not _CLOSING[value]:
                raise _NotPlainError
            container = stack.pop()
            filled = True
            continue
        if not value or bool(comma) is not filled:
            raise _NotPlainError
        opening = value in _OPENING
        child: Any = _OPENING[value]() if opening else _special(value) if value[0] in _SPECIAL else value
        if container.__class__ is list:
            if key:
                raise _NotPlainError
            container.append(child)
        elif not key or key in container:
            raise _NotPlainError
        else:
            container[intern(key)] = child
        filled = not opening
        if opening:
            stack.append(container)
            container = child
            if len(stack) > _MAX_DEPTH:
                raise _NotPlainError
    if stack or len(root) != 1:
        raise _NotPlainError
    return root[0]
