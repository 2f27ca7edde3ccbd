"""Detect texts in different scripts that look alike, by the skeletons of Unicode UTS #39."""

import json
import unicodedata
from functools import cache
from importlib.resources import files


def skeleton(text: str) -> str:
    """Return the skeleton of a lower-case text; texts that look alike have the same skeleton."""
    table = _table()
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(table.get(letter, letter) for letter in decomposed))


@cache
def _table() -> dict[str, str]:
    """Map letters and digits that look alike to one representative."""
    data = (files("reconciler.policy") / "confusables.json").read_text(encoding="utf-8")
    return {letter: alike[0] for alike in json.loads(data)["alike"] for letter in alike[1:]}
