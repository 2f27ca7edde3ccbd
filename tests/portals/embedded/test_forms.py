"""Texts of the embedded portal that decide something or are sent back have their form."""

from typing import Any

import msgspec
import pytest

from reconciler.portals.embedded.excerpt import EXCERPT
from reconciler.portals.embedded.schemas import KINDS

MEMBER = {
    "id": "mem_1",
    "etag": '"1"',
    "teamId": "team_1",
    "email": "any text\n",
    "role": "admin",
    "until": "2027-12-31",
    "state": "invited",
    "invitedAt": "2026-11-24T10:00:00.5Z",
}
IDENTIFIER = r"Expected `str` matching regex '[A-Za-z0-9_-]{1,100}'"
DAY = r"Expected `str` matching regex '[0-9]{4}-[0-9]{2}-[0-9]{2}'"
WRONG = [
    ({"id": ""}, f"{IDENTIFIER} - at `$.items[1].id`"),
    ({"id": "a" * 101}, f"{IDENTIFIER} - at `$.items[1].id`"),
    ({"teamId": "../portal"}, f"{IDENTIFIER} - at `$.items[1].teamId`"),
    ({"teamId": "two\nlines"}, f"{IDENTIFIER} - at `$.items[1].teamId`"),
    ({"teamId": "line\n"}, f"{IDENTIFIER} - at `$.items[1].teamId`"),
    ({"etag": '"1"\r\nX: y'}, "Expected `str` matching regex '\"[!#-~]{1,200}\"' - at `$.items[1].etag`"),
    ({"until": "2027-1-1"}, f"{DAY} - at `$.items[1].until`"),
    ({"until": "2027-02-29"}, "day is out of range for month - at `$.items[1].until`"),
    ({"invitedAt": "2026-13-01T10:00:00Z"}, "month must be in 1..12 - at `$.items[1].invitedAt`"),
]


def page(*members: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"items": members, "total": len(members), "next": None})


def test_texts_with_their_form_are_decoded() -> None:
    without = {**MEMBER, "until": None, "invitedAt": None}

    found = KINDS["membership"].page.decode(page(MEMBER, without)).items

    assert [(each.id, each.until, each.invited_at) for each in found] == [
        ("mem_1", "2027-12-31", "2026-11-24T10:00:00.5Z"),
        ("mem_1", None, None),
    ]
    assert KINDS["membership"].page.decode(page()).items == []


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_a_text_without_its_form_is_refused_where_it_is(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        KINDS["membership"].page.decode(page(MEMBER, {**MEMBER, **wrong}, MEMBER))

    assert str(raised.value) == message


def test_one_object_and_an_excerpt_are_checked_too() -> None:
    wrong = {**MEMBER, "id": "a/b"}
    kinds = ("partners", "teams", "products", "productItems", "accessGroups", "accessItems", "grants", "apis")
    excerpt = {**dict.fromkeys(kinds, ()), "members": [wrong]}

    with pytest.raises(msgspec.ValidationError) as of_one:
        KINDS["membership"].one.decode(msgspec.json.encode(wrong))
    with pytest.raises(msgspec.ValidationError) as of_excerpt:
        EXCERPT.decode(msgspec.json.encode(excerpt))

    assert str(of_one.value) == f"{IDENTIFIER} - at `$.id`"
    assert str(of_excerpt.value) == f"{IDENTIFIER} - at `$.members[0].id`"
