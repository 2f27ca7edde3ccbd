"""Texts that look alike though their letters are of different scripts, as Unicode's UTS #39 tells."""

import json
import unicodedata
from functools import cache
from importlib.resources import files


def skeleton(text: str) -> str:
    """Return what a text in lower case looks like: of texts that look alike, the same."""
    table = _table()
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(table.get(letter, letter) for letter in decomposed))


@cache
def _table() -> dict[str, str]:
    """Return the letters and digits that look like others, each with the one that stands for all of them."""
    data = (files("reconciler.policy") / "confusables.json").read_text(encoding="utf-8")
    return {letter: alike[0] for alike in json.loads(data)["alike"] for letter in alike[1:]}
