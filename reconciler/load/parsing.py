"""A file to documents: bytes that are YAML, and findings for those that are not."""

import re
from typing import Final

import yaml

from reconciler.load.events import Raw, TooMuchError, documents
from reconciler.model.finding import Finding, Severity, Source

_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_TAB: Final = re.compile(rb"[ ]*\t")


def parse(path: str, content: bytes) -> tuple[list[Raw], list[Finding], bool]:
    """Return the documents of a file, what is wrong with it, and whether it was read to its end."""
    findings: list[Finding] = []

    def refuse(line: int, column: int, message: str, hint: str) -> None:
        findings.append(Finding.at(Source(path, line, column), "yaml", message, hint))

    content = content.removeprefix(_BOM)
    if content.startswith(_WIDE):
        refuse(1, 1, "the file is not UTF-8", "save it as UTF-8")
        return [], findings, False
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line, column = _place(content, error.start)
            said = f"the byte 0x{content[error.start]:02x} is no UTF-8"
            refuse(line, column, said, "save the file as UTF-8")
            return [], findings, False
    try:
        found = documents(content, refuse)
    except TooMuchError:
        return [], findings, False
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        refuse(line, column, *_explained(error, content, line))
        return [], findings, False
    except yaml.reader.ReaderError as error:
        line, column = _place(content, error.position)
        said = f"the character U+{_number(error.character):04X} is not allowed in YAML"
        refuse(line, column, said, "take it out, or write it as an escape in double quotes")
        return [], findings, False
    except yaml.YAMLError as error:
        refuse(1, 1, f"this is no YAML: {error}", "")
        return [], findings, False
    if not found and not findings:
        findings.append(
            Finding.at(Source(path), "yaml", "the file holds no document", severity=Severity.WARNING)
        )
    return found, findings, True


def _explained(error: yaml.MarkedYAMLError, content: bytes, line: int) -> tuple[str, str]:
    """Return what libyaml says is wrong, and a hint where tabs indent the line."""
    said = ", ".join(part for part in (error.context, error.problem) if part)
    lines = content.splitlines()
    if line <= len(lines) and _TAB.match(lines[line - 1]):
        return "a tab indents this line", "indent with spaces"
    return f"this is no YAML: {said}", ""


def _place(content: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, in characters, of a byte; what stands before it in its line is UTF-8."""
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.rpartition(b"\n")[2]
    return before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1


def _number(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])
