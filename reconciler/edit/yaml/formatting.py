"""Format a document: its keys in canonical order, one style, and its comments where they belong."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reconciler.edit.yaml.canonical import ordered, shape_of
from reconciler.edit.yaml.comments import comments_in, notes_of
from reconciler.edit.yaml.lines import YamlLines
from reconciler.model.document import DOCUMENTS
from reconciler.model.outline import Node

_BREAK = "---\n"


class Formatted(NamedTuple):
    """The text of a formatted file, and the comments in it, sorted."""

    text: str
    comments: list[str]


def formatted(text: str, spans: Sequence[tuple[Node, int, int]], values: Sequence[Any]) -> Formatted:
    """Return the formatted text of a file with these documents and their values.

    Raises InputError for a document that has more than values and comments, such as anchors.
    """
    texts: list[str] = []
    comments: list[str] = []
    for (root, begin, end), data in zip(spans, values, strict=True):
        notes = notes_of(text, root, begin, end)
        comments += comments_in(notes)
        kind = next((each for each in DOCUMENTS if each == data.get("kind")), None)
        shape = shape_of(DOCUMENTS[kind]) if kind else None
        lines = YamlLines(kind or "", notes).document(ordered(data, shape))
        texts.append("".join(f"{line}\n" for line in lines))
    return Formatted(_BREAK.join(texts), sorted(comments))
