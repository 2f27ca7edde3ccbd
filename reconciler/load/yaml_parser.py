"""A file to documents: bytes that are YAML, and findings for those that are not."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

import yaml

from reconciler.load.schema_errors import MOST_TOLD
from reconciler.load.yaml_events import Place as _Place
from reconciler.load.yaml_events import Raw, TooMuchError, documents
from reconciler.model.finding import Finding, Severity, Source

_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Line breaks to YAML 1.1 and libyaml, and to hardly any editor: lines would be counted in two ways.
_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
# Where lines end otherwise, git and forges show what follows it on the same line, such as in a comment.
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_TAB: Final = re.compile(rb"[ ]*\t")
_CONFLICT_BEGINS: Final = re.compile(rb"^<{7} ", re.MULTILINE)
_CONFLICT_ENDS: Final = re.compile(rb"^>{7} ", re.MULTILINE)
# libyaml compares each directive with all before it.
_DIRECTIVE: Final = re.compile(rb"^%", re.MULTILINE)
_MOST_DIRECTIVES: Final = 100

# What to do about the commonest mistakes; libyaml only says what it did not expect.
_HINTS: Final = {
    "mapping values are not allowed in this context": "quote text that holds a colon and a space",
    "found character that cannot start any token": "quote text that begins with this character",
    "did not find expected key": "check the indentation, and quote text with special characters",
    "did not find expected '-' indicator": "check the indentation",
    "found unexpected end of stream": "close the quotes",
    "found invalid Unicode character escape code": "write the character itself",
    "did not find expected ',' or ']'": "close the list with ]",
    "did not find expected ',' or '}'": "close the mapping with }",
}

# What a finding says: line, column, message, hint.
_Problem = tuple[int, int, str, str]


def parse(path: str, content: bytes) -> tuple[list[Raw], list[Finding], bool]:
    """Return the documents of a file, what is wrong with it, and whether it was read to its end."""
    findings: list[Finding] = []

    def refuse(line: int, column: int, message: str, hint: str) -> None:
        findings.append(Finding.at(Source(path, line, column), "yaml", message, hint))
        if len(findings) == MOST_TOLD:
            said = f"{MOST_TOLD} things are wrong up to here, and the rest was not read"
            findings.append(Finding.at(Source(path, line, column), "yaml", said, "begin with those told"))
            raise TooMuchError

    content = content.removeprefix(_BOM)
    if (
        problem := _unreadable(content)
        or _hidden_break(content)
        or _conflict(content)
        or _too_many_directives(content)
    ):
        refuse(*problem)
        return [], findings, False
    try:
        found = documents(content, refuse)
    except TooMuchError:
        return [], findings, False
    except yaml.YAMLError as error:
        refuse(*_not_yaml(error, content))
        return [], findings, False
    if not findings and all(raw.data is None for raw in found):
        said, hint = "the file holds no document", "fill it, or delete it"
        findings.append(Finding.at(Source(path), "yaml", said, hint, severity=Severity.WARNING))
    return found, findings, True


def _unreadable(content: bytes) -> _Problem | None:
    """Return where the bytes stop being text that everybody reads alike, if they do."""
    if content.isascii():
        return None
    if content.startswith(_WIDE):
        return 1, 1, "the file is UTF-16 or UTF-32", "save it as UTF-8"
    try:
        broken = _BREAKS.search(content.decode())
    except UnicodeDecodeError as error:
        said = f"the byte 0x{content[error.start]:02x} is no UTF-8"
        return *_place(content, error.start), said, "save the file as UTF-8"
    if broken:
        return _character(ord(broken[0]), content, len(broken.string[: broken.start()].encode()))
    return None


def _hidden_break(content: bytes) -> _Problem | None:
    """Return the first carriage return that ends a line in a file whose other lines end with a line feed."""
    found = _LONE_RETURN.search(content) if b"\r" in content and b"\n" in content else None
    if found is None:
        return None
    said = "a carriage return without a line feed ends a line here, which other tools do not show"
    return *_place(content, found.start()), said, "end every line of the file in the same way"


def _conflict(content: bytes) -> _Problem | None:
    """Return where the first of the merge conflicts is that were left in the file."""
    begins = [found.start() for found in _CONFLICT_BEGINS.finditer(content)]
    if not begins or not _CONFLICT_ENDS.search(content, begins[0]):
        return None
    more = f", the first of {len(begins):,}" if len(begins) > 1 else ""
    said = f"a merge conflict was not resolved{more}"
    return *_place(content, begins[0]), said, "keep what is right, and remove the lines of < = and >"


def _too_many_directives(content: bytes) -> _Problem | None:
    """Return where a line begins with % once too often."""
    found = next(islice(_DIRECTIVE.finditer(content), _MOST_DIRECTIVES, None), None)
    if found is None:
        return None
    said = f"the file has more than {_MOST_DIRECTIVES} directives"
    return *_place(content, found.start()), said, "take out the lines that begin with %"


def _not_yaml(error: yaml.YAMLError, content: bytes) -> _Problem:
    """Return what libyaml stumbled over, and where."""
    if isinstance(error, yaml.reader.ReaderError):
        return _character(_number(error.character), content, error.position)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, 1, f"this is no YAML: {error}", ""
    mark, begun = error.problem_mark, error.context_mark
    lines = content.splitlines()
    line, column = _in_file(mark.line, mark.column, lines)
    if line <= len(lines) and _TAB.match(lines[line - 1]):
        return line, column, "a tab indents this line", "indent with spaces"
    said = " ".join(part for part in (error.problem, error.context) if part)
    if begun and begun.line + 1 < line:
        said += f" that begins in line {begun.line + 1}"
    return line, column, f"this is no YAML: {said}", _HINTS.get(error.problem or "", "")


def _in_file(line: int, column: int, lines: Sequence[bytes]) -> _Place:
    """Return the place of a mark; what is missed behind the last line is missed at its end."""
    if line < len(lines) or not lines:
        return line + 1, column + 1
    return len(lines), len(lines[-1].decode(errors="replace")) + 1


def _character(number: int, content: bytes, offset: int) -> _Problem:
    said = f"the character U+{number:04X} may not stand in YAML"
    return *_place(content, offset), said, "take it out, or escape it in double quotes"


def _place(content: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, in characters, of a byte; what stands before it in its line is UTF-8."""
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.rpartition(b"\n")[2]
    return before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1


def _number(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])
