"""A portal or a forge answers without end, with our own token, or with what has no meaning."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError
from reconciler.forge.endpoint import endpoint
from reconciler.forge.github import API
from reconciler.forge.github.schemas import User
from reconciler.http.limits import RunLimits
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import BodyCursor, CursorBody
from reconciler.http.request import Request, Response
from reconciler.model.forge import ForgeSettings
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.secret import SecretText
from reconciler.portals.embedded.schemas import KINDS
from tests.http.scripted import TOKEN, Answering, Line, client, ok
from tests.portals.embedded.running import running

PAGES = BodyCursor(msgspec.json.Decoder(CursorBody[str]), 1000)
WHERE = 'portal "staging" at https://portal.example'
DEEP = b"[" * 100_000


def read_endless(most: RunLimits, items: list[str]) -> tuple[Listing[str], int]:
    """Read a list that promises very much and leads on from each page; return how often it was asked for."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return ok({"items": items, "total": 10**12, "next": str(len(asked))})

    http = client(Answering(answer), limits=most)
    return asyncio.run(read_list(http, Request(path="members"), PAGES, lambda _count, _total: None)), len(
        asked
    )


def test_a_portal_cannot_make_us_hold_more_objects_than_a_run_may() -> None:
    listing, asked = read_endless(RunLimits(items=100), ["x"] * 30)

    assert (listing.problem, len(listing.items), asked) == (
        f"members: {WHERE} listed more than 100 objects, the limit for one run",
        90,
        4,
    )


def test_a_portal_cannot_make_us_hold_more_bytes_than_a_run_may() -> None:
    listing, asked = read_endless(RunLimits(bytes=1024**2), ["x" * 600_000])

    assert (listing.problem, asked) == (
        f"members: {WHERE} sent more than 1 MiB, the limit for one run",
        2,
    )


def spellings(text: str) -> list[bytes]:
    """Return a text as JSON may spell it."""
    escaped = "".join(f"\\u{ord(each):04x}" for each in text)
    quoted = json.dumps(text)
    texts = [quoted, quoted.replace("/", "\\/"), f'"{escaped}"', json.dumps(f"Bearer {text}!")]
    return [each.encode() for each in texts]


SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6)


@given(secret=SECRETS, where=st.sampled_from([b"%s", b'{"a":[1,%s]}', b'["x\\n",{"b":%s},2.5,null]']))
def test_our_token_never_comes_back_however_it_is_spelled(secret: str, where: bytes) -> None:
    for spelled in spellings(secret):
        found = decode_json(where.replace(b"%s", spelled), ANY_JSON, SecretText(secret))

        assert secret not in json.dumps(found, ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")
        assert "•••" in json.dumps(found, ensure_ascii=False)


@given(value=st.recursive(st.none() | st.booleans() | st.text(), st.lists))
def test_what_does_not_hold_our_token_is_read_as_it_is(value: Any) -> None:
    content = json.dumps(value).encode()

    assert decode_json(content, ANY_JSON, SecretText("rpt_0123456789")) == value


def test_a_portal_cannot_have_our_token_planned_and_commented() -> None:
    item = {
        "id": "par_1",
        "etag": '"1"',
        "name": TOKEN,
        "type": "reseller",
        "status": "active",
        "displayName": f"Bearer {TOKEN}",
        "owner": "o",
        "domains": [TOKEN],
        "agreement": None,
        "blocked": [],
        "managedBy": TOKEN,
    }
    body = json.dumps({"items": [item], "total": 1, "next": None}).encode()
    answer = Response(200, {}, "application/json", body)

    page = client(Answering(lambda _: ok([]))).decode(answer, KINDS["partner"].page)

    assert (TOKEN in repr(page), page.items[0].display_name) == (False, "Bearer •••")


def test_a_forge_cannot_have_our_token_shown() -> None:
    settings = ForgeSettings(
        kind="github",
        address="https://github.example/api/v3",
        project="our-company/access",
        token=SecretText(TOKEN),
        token_from="GITHUB_TOKEN",
    )
    answer = ok({"login": f"the {TOKEN}"})

    forge = client(Line(answer), endpoint=endpoint(settings, API))

    assert asyncio.run(forge.fetch(Request(path="user"), msgspec.json.Decoder(User))) == User("the •••")


def test_a_content_type_cannot_show_our_token() -> None:
    line = Line(httpx2.Response(200, content=b"x", headers={"Content-Type": f"text/{TOKEN}"}))

    with pytest.raises(PortalError) as raised:
        asyncio.run(client(line).send(Request(method="GET", path="portal")))

    assert (TOKEN in raised.value.message, "text/•••" in raised.value.message) == (False, True)


def a_member(**fields: Any) -> dict[str, Any]:
    member = {"id": "mem_1", "etag": '"1"', "teamId": "team_1", "email": "ana@acme.example", "role": "member"}
    return {**member, "until": None, "state": "expired", "invitedAt": None, **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"invitedAt": "yesterday"},
        {"invitedAt": "2026-13-01T00:00:00Z"},
        {"invitedAt": "2026-02-30T00:00:00Z"},
        {"invitedAt": "2026-11-24T00:00:00Z\n"},
        {"until": "2026-02-30"},
        {"until": "never"},
        {"state": "almighty"},
        {"role": "owner"},
        {"id": "../../apis"},
        {"etag": '"1"\r\nX: y'},
    ],
    ids=str,
)
def test_a_portal_cannot_answer_what_no_plan_can_be_made_of(tmp_path: Path, fields: dict[str, Any]) -> None:
    with running(tmp_path) as here:
        here.answer_instead("/members", 200, {"items": [a_member(**fields)], "total": 1, "next": None})

        live = here.read()

    assert live.problem.startswith('members: portal "local" sent an unexpected response: ')


def test_deep_json_of_a_portal_is_an_answer_that_cannot_be_read() -> None:
    answer = Response(200, {}, "application/json", DEEP)

    with pytest.raises(PortalError, match="JSON is nested too deeply"):
        client(Line(ok([]))).decode(answer, ANY_JSON)


@pytest.mark.parametrize("content", [DEEP, b'{"message": ' + b"[" * 900 + b"]" * 900 + b"}"])
def test_deep_json_of_a_refusal_explains_nothing(content: bytes) -> None:
    line = Line(httpx2.Response(403, content=content, headers={"Content-Type": "application/problem+json"}))

    with pytest.raises(PortalError, match="Forbidden"):
        asyncio.run(client(line).send(Request(method="GET", path="portal")))
