"""The text of an issue that a form created, and the answer about what is wrong with it."""

import sys
from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import InputError
from reconciler.model.partner_request import Field, Problem
from reconciler.model.printable import printable


def form_text(path: str) -> str:
    """Return the text of an issue, in a file or on stdin (`-`). Raises InputError where it is not text."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return content.decode()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8") from error


def problem_line(problem: Problem, labels: Mapping[Field, str]) -> str:
    """Return a problem in one line, which begins with the label of its field."""
    return labelled(labels[problem.field] if problem.field else "", problem)


def labelled(label: str, problem: Problem) -> str:
    """Return a problem in one line, which begins with this label, if there is one."""
    hint = f"; {problem.hint}" if problem.hint else ""
    return printable(f"{label}{': ' if label else ''}{problem.message}{hint}")
