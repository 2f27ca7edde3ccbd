"""Parse the content of a file into documents, with findings for invalid YAML."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import yaml

from reconciler.load.indentation import misplaced_line
from reconciler.load.plain_document import Parsed, read_plain
from reconciler.load.schema_errors import MAX_FINDINGS
from reconciler.load.yaml_events import LimitExceededError, Raw, documents
from reconciler.load.yaml_events import Place as _Place
from reconciler.model.finding import Finding, Severity, Source

_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# YAML 1.1 and libyaml treat these as line breaks, most editors do not: line numbers would differ.
_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
# If other lines end differently, git and forges show the text after it on the same line, for example
# as part of a comment.
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_TAB: Final = re.compile(rb"[ ]*\t")
_CONFLICT_MARK: Final = b"<" * 7
_CONFLICT_BEGINS: Final = re.compile(rb"^<{7} ", re.MULTILINE)
_CONFLICT_ENDS: Final = re.compile(rb"^>{7} ", re.MULTILINE)
# libyaml compares each directive with all before it.
_DIRECTIVE: Final = re.compile(rb"^%", re.MULTILINE)
_MAX_DIRECTIVES: Final = 100

# Hints for common mistakes; libyaml only reports what it did not expect.
_HINTS: Final = {
    "mapping values are not allowed in this context": "quote text that contains a colon and a space",
    "found character that cannot start any token": "quote text that begins with this character",
    "did not find expected key": "check the indentation, and quote text with special characters",
    "did not find expected '-' indicator": "check the indentation",
    "found unexpected end of stream": "close the quotes",
    "found invalid Unicode character escape code": "use the character itself",
    "did not find expected ',' or ']'": "close the list with ]",
    "did not find expected ',' or '}'": "close the mapping with }",
}

_NO_KEY: Final = (
    "this text is neither a key with a colon nor an entry of a list",
    "write KEY: VALUE, or begin it with a dash",
)

# Line, column, message and hint of a finding.
_Problem = tuple[int, int, str, str]


def parse(path: str, content: bytes) -> tuple[Sequence[Parsed], list[Finding], bool]:
    """Return the documents of a file, its findings, and whether it was read to its end."""
    content = content.removeprefix(_BOM)
    # Plain YAML has nothing of what is refused below.
    if (plain := read_plain(content)) is not None:
        return plain, [], True
    findings: list[Finding] = []

    def refuse(line: int, column: int, message: str, hint: str) -> None:
        findings.append(Finding.at(Source(path, line, column), "yaml", message, hint))
        if len(findings) == MAX_FINDINGS:
            many = f"the file has {MAX_FINDINGS} errors up to here, and the rest of it was not read"
            hint = "fix the listed errors first"
            findings.append(Finding.at(Source(path, line, column), "yaml", many, hint))
            raise LimitExceededError

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
    except LimitExceededError:
        return [], findings, False
    except yaml.YAMLError as error:
        refuse(*_not_yaml(error, content))
        return [], findings, False
    if not findings and all(raw.data is None for raw in found):
        empty, hint = "the file contains no document", "add one, or delete the file"
        findings.append(Finding.at(Source(path), "yaml", empty, hint, severity=Severity.WARNING))
    return found, findings, True


def parse_foreign(path: str, content: bytes) -> tuple[list[Any], list[Finding]]:
    """Return the values of a file of another format, and what prevents reading it.

    Numbers as keys, tags, merge keys and duplicate keys are allowed. All limits hold.
    """
    content = content.removeprefix(_BOM)
    last: list[_Problem] = []

    def note(*problem: Any) -> None:
        last[:] = [problem]

    found: list[Raw] = []
    problem = _unreadable(content) or _too_many_directives(content)
    if problem is None:
        try:
            found = documents(content, note)
        except LimitExceededError:
            [problem] = last
        except yaml.YAMLError as error:
            problem = _not_yaml(error, content)
    if problem is None:
        return [raw.data for raw in found], []
    line, column, message, hint = problem
    return [], [Finding.at(Source(path, line, column), "yaml", message, hint)]


def _unreadable(content: bytes) -> _Problem | None:
    """Return the first byte that is not valid UTF-8 or is read differently by other tools, if any."""
    if content.isascii():
        return None
    if content.startswith(_WIDE):
        return 1, 1, "the file is UTF-16 or UTF-32", "save it as UTF-8"
    try:
        broken = _BREAKS.search(content.decode())
    except UnicodeDecodeError as error:
        message = f"the byte 0x{content[error.start]:02x} is not valid UTF-8"
        return *_place(content, error.start), message, "save the file as UTF-8"
    if broken:
        return _character(ord(broken[0]), content, len(broken.string[: broken.start()].encode()))
    return None


def _hidden_break(content: bytes) -> _Problem | None:
    """Return the first lone carriage return in a file whose other lines end with a line feed."""
    found = _LONE_RETURN.search(content) if b"\r" in content and b"\n" in content else None
    if found is None:
        return None
    message = "this line ends with a carriage return alone, which other tools do not show as a line break"
    return *_place(content, found.start()), message, "use the same line ending in the whole file"


def _conflict(content: bytes) -> _Problem | None:
    """Return the first unresolved merge conflict in the file."""
    if _CONFLICT_MARK not in content:
        return None
    begins = [found.start() for found in _CONFLICT_BEGINS.finditer(content)]
    if not begins or not _CONFLICT_ENDS.search(content, begins[0]):
        return None
    more = f", the first of {len(begins):,}" if len(begins) > 1 else ""
    message = f"unresolved merge conflict{more}"
    hint = "keep the correct lines, and remove the conflict markers (<<<<<<<, =======, >>>>>>>)"
    return *_place(content, begins[0]), message, hint


def _too_many_directives(content: bytes) -> _Problem | None:
    """Return the first line that begins with % beyond the limit."""
    if b"%" not in content:
        return None
    found = next(islice(_DIRECTIVE.finditer(content), _MAX_DIRECTIVES, None), None)
    if found is None:
        return None
    message = f"the file has more than {_MAX_DIRECTIVES} directives"
    return *_place(content, found.start()), message, "remove the lines that begin with %"


def _not_yaml(error: yaml.YAMLError, content: bytes) -> _Problem:
    """Return the problem that libyaml reports, and its place."""
    if isinstance(error, yaml.reader.ReaderError):
        return _character(_number(error.character), content, error.position)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, 1, f"invalid YAML: {error}", ""
    mark, begun = error.problem_mark, error.context_mark
    lines = content.splitlines()
    line, column = _in_file(mark.line, mark.column, lines)
    if line <= len(lines) and _TAB.match(lines[line - 1]):
        return line, column, "this line is indented with a tab", "indent with spaces"
    if (misplaced := misplaced_line(error, lines)) is not None:
        return line, _indented(lines, line), *misplaced
    if error.problem == "could not find expected ':'" and begun is not None:
        return begun.line + 1, begun.column + 1, *_NO_KEY
    message = " ".join(part for part in (error.problem, error.context) if part)
    if begun and begun.line + 1 < line:
        message += f" that begins on line {begun.line + 1}"
    return line, column, f"invalid YAML: {message}", _HINTS.get(error.problem or "", "")


def _indented(lines: Sequence[bytes], line: int) -> int:
    """Return the column at which the content of a line begins."""
    return len(lines[line - 1]) - len(lines[line - 1].lstrip(b" ")) + 1


def _in_file(line: int, column: int, lines: Sequence[bytes]) -> _Place:
    """Return the place of a mark; a place after the last line becomes the end of that line."""
    if line < len(lines) or not lines:
        return line + 1, column + 1
    return len(lines), len(lines[-1].decode(errors="replace")) + 1


def _character(number: int, content: bytes, offset: int) -> _Problem:
    message = f"the character U+{number:04X} is not allowed in YAML"
    return *_place(content, offset), message, "remove it, or escape it in double quotes"


def _place(content: bytes, offset: int) -> tuple[int, int]:
    """Return line and column (in characters) of a byte; the line must be valid UTF-8 up to it."""
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.rpartition(b"\n")[2]
    return before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1


def _number(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])
