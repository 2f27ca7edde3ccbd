"""Values and keys at the edges of what the language allows, and of what each validator takes for what."""

from typing import Any

_WORDS = """
    a A -a a- é \uff41 \u0663 a/b a/b/c a/ tracking-v2 API_2.x~ delegated view consume Consume
    reseller error off reconciler/v1 Partner public acme.example http://x ftp://x PORTAL_TOKEN 9A
    ana@acme.example a@b a.b@c.d a..b@c.d zoë@bücher.example A@ACME.example a@-b.example
    a@b-.example a@b..example a/b@c.d a@c.d. a@.c.d 2027-12-31 2027-02-29 2028-02-29 2027-13-01
    0999-01-01 9999-12-31 2027-1-1 \uff12027-12-31 20271231 2027-W01-1
"""
_TEXTS = [
    "",
    " ",
    "\xa0\n",
    "\x1c\x85",
    "\ufeff",
    "a\n",
    "a\0",
    "a b",
    '"a b"@c.d',
    "ana@acme.example\n",
    "2027-12-31\n",
    "https://x y",
]
_LENGTHS = [
    *("a" * number for number in (63, 64, 200, 201, 255, 256, 2000, 2001)),
    *("\U0001f600" * number for number in (200, 201)),
    *("a" * number + "@acme.example" for number in (241, 242)),
    *("x" * number + ".de" for number in (250, 251)),
    *(f"sha256:{letter * 64}" for letter in "aA"),
]
_NUMBERS = [0, 1, -1, 1.0, 3.0, 1.5, 100, 101, 36500, 36501, 10**31]
_LISTS = [[], [None], [[]], [{}], ["a"], ["a", "a"], ["Partner"]]
_MAPPINGS: list[dict[str, Any]] = [
    {},
    {"": "a"},
    {"0": "b"},
    {"a": 1},
    {"a": "b"},
    {"env": "A"},
    {"email": "a@b.cd"},
    {"email": "a@b.cd", "until": None},
    {"group": "a"},
    {"count": 1, "percent": 2},
    {"type": "embedded"},
]
EDGES: list[Any] = [
    *(None, True, False),
    *_WORDS.split(),
    *_TEXTS,
    *_LENGTHS,
    *_NUMBERS,
    *_LISTS,
    *_MAPPINGS,
]
_KEYS = """
    a 0 name until previously email type partner team developer level maxDays database url token allowHttp
    displayName display_name admin-count yaml
"""
KEYS = ["", "A b", *_KEYS.split()]
