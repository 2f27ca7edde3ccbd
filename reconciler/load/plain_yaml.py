"""Read plain YAML several times faster than libyaml: one key or entry a line, and text of one line.

Nearly all files are plain. Whatever is not, such as text of several lines, an anchor, an escape or an error,
is left to `yaml_events`, which also knows the positions. What is read here equals what is read there.
"""

import re
from sys import intern
from typing import Any, Final

from reconciler.load.scalars import DIGITS, WORDS, number
from reconciler.load.yaml_events import MAX_DEPTH, MAX_DOCUMENTS, max_values

# ASCII is listed, because finding a character in a list is faster than asking whether it is a letter.
_WORD: Final = r"0-9A-Z_a-z\w"
_KEY: Final = rf"(?!(?:{'|'.join(filter(str.isalpha, WORDS))}):)[A-Za-z][{_WORD}./-]{{0,99}}"
_MORE: Final = rf" {_WORD}.@/()+&%!;*'=<>|~^$\\-"


def _text_of(characters: str) -> str:
    """Return the pattern of text: it begins with no indicator, and a colon in it is followed by more text.

    A text has few colons, because matching needs memory for each.
    """
    return rf"[{_WORD}(/.+][{characters}]*(?::[{_WORD}/][{characters}]*){{0,20}}(?<! )"


_FLOW_TEXT: Final = _text_of(_MORE)
_TEXT: Final = _text_of(rf",?\[\]{{}}\"{_MORE}")
# Control characters, line breaks, and code points that YAML does not allow.
_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
_QUOTED: Final = rf"\"[^\"\\{_CONTROLS}]*\"|'[^'{_CONTROLS}]*'"
_BEGIN: Final = "---"
# Brackets end at the last one of the line, without a search for others. Only whole lines begin a document.
_VALUE: Final = rf"{_TEXT}|(?>[\[{{].{{0,9999}}[\]}}])|{_QUOTED}|(?<![^\n]){_BEGIN}|"
# Spaces, a dash, a key and a value, and a comment; each can be missing. Runs of spaces are whole, so that
# a long one is not divided in all possible ways.
_LINE: Final = re.compile(
    rf"^( *+)(- ++)?(?:({_KEY}):(?: ++|(?=\r?\n)))?({_VALUE}) *+(?:(?<![^ \n])#[^{_CONTROLS}]*)?\r?\n",
    re.MULTILINE,
)
# A list or mapping in brackets of text without quotes, separated by a comma and one space.
_ENTRY: Final = rf"{_KEY}: {_FLOW_TEXT}"
_FLAT: Final = rf"\[{_FLOW_TEXT}(?:, {_FLOW_TEXT})*+\]|\{{{_ENTRY}(?:, {_ENTRY})*+\}}"
_WHOLE_FLAT: Final = re.compile(_FLAT)
# A comma, a key, and text, flat brackets or one bracket; or anything else.
_TOKEN: Final = re.compile(rf"(?:(,) *)?(?:({_KEY}): +)?({_FLOW_TEXT}|{_QUOTED}|{_FLAT}|[\[\]{{}}]) *|.+")
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
    """Return the values of the documents of a file without positions, or None if it is not plain YAML."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if not text.endswith("\n"):
        # After a space, a carriage return at the end remains alone.
        text += " \n"
    count, most = text.count("\n"), max_values(content)
    if count > most:
        return None
    lines = _LINE.findall(text)
    if len(lines) != count:
        return None
    try:
        found = _documents(lines)
    except _NotPlainError:
        return None
    # A value has at least one byte, so that only large files can have too many.
    if len(content) > most and sum(map(_count, found)) > most:
        return None
    return found if len(found) <= MAX_DOCUMENTS else None


def _count(data: Any) -> int:
    """Return the number of values, including keys."""
    if data.__class__ is dict:
        return 1 + len(data) + sum(map(_count, data.values()))
    return 1 + sum(map(_count, data)) if data.__class__ is list else 1


def _documents(lines: list[tuple[str, str, str, str]]) -> list[Any]:  # noqa: C901, PLR0912  one flat loop
    found: list[Any] = []
    container: Any = found
    column = -1
    # The key whose value is on the next lines, or null. The list of documents waits for a document.
    waiting: str | None = _FIRST_DOCUMENT
    stack: list[tuple[Any, int]] = []
    for spaces, dash, name, value in lines:
        if not name and not dash:
            if value == _BEGIN:
                if waiting is not _FIRST_DOCUMENT:
                    _end(container, waiting)
                container, column, waiting = found, -1, _DOCUMENT
                stack.clear()
            elif value:
                raise _NotPlainError
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
                if not value:
                    raise _NotPlainError
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
        return _flat(text) if _WHOLE_FLAT.fullmatch(text) else _brackets(text)
    return text[1:-1] if first in _QUOTES else WORDS.get(text, text)


def _flat(text: str) -> Any:
    """Return the value of a list or mapping in brackets of text without quotes."""
    entries = text[1:-1].split(", ")
    if text[0] == "[":
        return [_special(each) if each[0] in _SPECIAL else each for each in entries]
    found = {}
    for each in entries:
        key, _, value = each.partition(": ")
        found[intern(key)] = _special(value) if value[0] in _SPECIAL else value
    if len(found) != len(entries):
        raise _NotPlainError
    return found


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
            # Flat brackets can be in it.
            if len(stack) >= _MAX_DEPTH:
                raise _NotPlainError
    if stack or len(root) != 1:
        raise _NotPlainError
    return root[0]
