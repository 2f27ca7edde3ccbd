"""Make slugs, the names of objects in files, from names that people gave to objects elsewhere."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

from reconciler.model.field_types import SLUG

MAX_LENGTH: Final = 63
_SLUG: Final = re.compile(SLUG.removesuffix("$") + r"\Z")
_OTHER: Final = re.compile("[^a-z0-9]+")
_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc`\u00b4]")
# Letters that Unicode does not decompose into a Latin letter and a mark.
_LATIN: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "ħ": "h"}
)


def is_slug(name: str) -> bool:
    """Return whether a name is a slug already."""
    return _SLUG.match(name) is not None


def slug(name: str) -> str:
    """Return the slug for a name, such as `acme-logistics-gmbh-eu` for `Acme Logistics GmbH (EU)`.

    Letters with marks become the letters without. The result is empty if no letter or digit is Latin.
    """
    latin = _APOSTROPHES.sub("", name).casefold().translate(_LATIN)
    plain = "".join(each for each in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(each))
    return _OTHER.sub("-", plain.casefold()).strip("-")[:MAX_LENGTH].rstrip("-")


def slugs(names: Iterable[str], fallback: str, taken: Collection[str] = ()) -> dict[str, str]:
    """Return a slug for each name, unique among themselves and different from those already `taken`.

    A name that is a slug keeps it unless it is taken. Equal inputs give equal slugs in any order. Names
    without Latin letters become `fallback-1`, `fallback-2` and so on.
    """
    every = sorted(set(names))
    found = {name: name for name in every if is_slug(name) and name not in taken}
    used = {*taken, *found}
    # The last number of each slug, because a search from 2 for each of many equal names would take too long.
    last: dict[str, int] = {}
    for name in every:
        if name not in found:
            found[name] = _unused(slug(name), fallback, used, last)
            used.add(found[name])
    return found


def _unused(wanted: str, fallback: str, used: set[str], last: dict[str, int]) -> str:
    if wanted and wanted not in used:
        return wanted
    stem = wanted or fallback
    number = last.get(stem, 1 if wanted else 0)
    while True:
        number += 1
        ending = f"-{number}"
        numbered = f"{stem[: MAX_LENGTH - len(ending)].rstrip('-')}{ending}"
        if numbered not in used:
            last[stem] = number
            return numbered
