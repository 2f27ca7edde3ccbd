import asyncio
import gzip
import socket
from collections.abc import Sequence
from contextlib import suppress

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.limits import RunLimits
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from tests.http.scripted import TOKEN, WHERE, Answering, Line, Naps, client, ok, problem

GET = Request(method="GET", path="things")
PATCH = Request(method="PATCH", path="things/1", body={"name": "a"}, headers={"If-Match": '"1"'})
KEYED = Request(
    method="POST", path="things", body={"name": "a"}, headers={"Idempotency-Key": "k-1"}, repeatable=True
)
LOST = httpx2.ReadError("connection reset")
REFUSED = httpx2.ConnectError("connection refused")
UNCERTAIN = 'portal "staging" at https://portal.example: outcome unknown: '


def send(request: Request, *answers: httpx2.Response | Exception, naps: Naps | None = None) -> Response:
    return asyncio.run(client(Line(*answers), naps).send(request))


def sent(request: Request, *answers: httpx2.Response | Exception) -> list[str]:
    """Return the methods that reached the portal, whatever came of it."""
    line = Line(*answers)
    with suppress(PortalError):
        asyncio.run(client(line).send(request))
    return [asked.method for asked in line.requests]


def failure(request: Request, *answers: httpx2.Response | Exception) -> PortalError:
    with pytest.raises(PortalError) as raised:
        send(request, *answers)
    return raised.value


def test_a_good_answer_is_given_back() -> None:
    answer = send(GET, ok({"a": 1}))

    assert (answer.status, msgspec.json.decode(answer.body)) == (200, {"a": 1})


def test_a_body_goes_out_as_json_with_the_headers_of_the_request() -> None:
    line = Line(ok({}, 201))

    asyncio.run(client(line).send(KEYED))

    request = line.requests[0]
    assert (request.content, request.headers["Content-Type"], request.headers["Idempotency-Key"]) == (
        b'{"name":"a"}',
        "application/json",
        "k-1",
    )


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("things", "https://portal.example/things"),
        ("/things", "https://portal.example/things"),
        ("things:search?after=a%2Fb", "https://portal.example/things:search?after=a%2Fb"),
        ("https://portal.example/v2/things", "https://portal.example/v2/things"),
    ],
)
def test_a_path_is_below_the_address_and_a_link_is_an_address(path: str, url: str) -> None:
    line = Line(ok({}))

    asyncio.run(client(line).send(Request(path=path)))

    assert str(line.requests[0].url) == url


def test_a_question_is_asked_again_with_longer_waits_until_there_is_an_answer() -> None:
    naps = Naps()

    send(GET, problem(502), LOST, problem(500), ok([]), naps=naps)

    assert naps.seconds == [0.5, 1.0, 2.0]


def test_a_question_without_an_answer_is_given_up_after_five_times() -> None:
    assert sent(GET, problem(502)) == ["GET"] * 5
    assert failure(GET, problem(502)).message == (
        'portal "staging" at https://portal.example did not respond: server error (502 Bad Gateway)'
    )


def test_a_write_with_a_key_is_repeated_with_the_same_key() -> None:
    line = Line(LOST, httpx2.ReadTimeout(""), problem(503), ok({}, 201))

    asyncio.run(client(line).send(KEYED))

    assert [request.headers["Idempotency-Key"] for request in line.requests] == ["k-1"] * 4


def test_a_write_whose_answer_was_lost_is_never_sent_again() -> None:
    assert sent(PATCH, LOST) == ["PATCH"]
    assert sent(PATCH, problem(500)) == ["PATCH"]
    error = failure(PATCH, httpx2.ReadTimeout(""))
    assert isinstance(error, UnknownOutcomeError)
    assert (error.message, error.hint) == (
        f"{UNCERTAIN}timeout while waiting for a response",
        "make a new plan",
    )


def test_a_write_that_could_not_be_sent_is_sent_again() -> None:
    busy = problem(429)

    assert (
        sent(PATCH, busy, REFUSED, httpx2.PoolTimeout(""), httpx2.ConnectTimeout(""), ok({})) == ["PATCH"] * 5
    )


def test_a_portal_that_never_answered_is_tried_twice() -> None:
    assert sent(GET, REFUSED) == ["GET"] * 2


def test_nobody_knows_what_became_of_a_write_when_the_portal_falls_silent_after_a_lost_answer() -> None:
    error = failure(KEYED, LOST, REFUSED)

    assert isinstance(error, UnknownOutcomeError)
    assert error.message == (
        f"{UNCERTAIN}no clear response, then: "
        'portal "staging" at https://portal.example cannot be reached: connection refused'
    )


def test_a_clear_refusal_of_a_repeated_write_removes_the_doubt() -> None:
    error = failure(KEYED, LOST, problem(409, "this name is taken"))

    assert isinstance(error, ApiError)


@given(
    outcomes=st.lists(
        st.sampled_from([LOST, REFUSED, problem(429), problem(503), problem(500), problem(409), ok({})]),
        min_size=1,
        max_size=8,
    )
)
def test_law_a_write_without_a_key_is_never_sent_after_it_may_have_been_done(
    outcomes: Sequence[httpx2.Response | Exception],
) -> None:
    reached = len(sent(PATCH, *outcomes))

    never_done = [REFUSED, *(a for a in outcomes if isinstance(a, httpx2.Response) and a.status_code == 429)]
    assert all(outcome in never_done for outcome in outcomes[: reached - 1])
    assert reached <= 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Tue, 24 Nov 2026 04:30:09 GMT", "Date": "Tue, 24 Nov 2026 04:30:00 GMT"}, 9.0),
        ({"Retry-After": "Tue, 24 Nov 2026 04:30:00 GMT", "Date": "Tue, 24 Nov 2026 04:30:09 GMT"}, 0.0),
        ({"Retry-After": "soon"}, 0.5),
        ({}, 0.5),
    ],
)
def test_a_portal_that_asks_for_a_wait_gets_it(headers: dict[str, str], seconds: float) -> None:
    naps = Naps()

    send(PATCH, problem(429, headers=headers), ok({}), naps=naps)

    assert naps.seconds == [seconds]


def test_a_portal_that_is_closed_for_a_while_is_waited_for_before_writing() -> None:
    naps = Naps()

    send(PATCH, problem(503, headers={"Retry-After": "3"}), ok({}), naps=naps)

    assert naps.seconds == [3.0]


def test_a_wait_of_more_than_a_minute_is_no_wait_but_an_end() -> None:
    naps = Naps()

    with pytest.raises(ApiError) as raised:
        send(
            KEYED,
            problem(429, "sent too recently", {"Retry-After": "3600"}),
            naps=naps,
        )

    assert (raised.value.message, raised.value.hint, naps.seconds) == (
        'portal "staging" at https://portal.example rejected the request (429): sent too recently',
        "try again in 3,600 seconds",
        [],
    )


def test_the_waits_have_full_jitter() -> None:
    naps = Naps()

    asyncio.run(client(Line(LOST, LOST, ok({})), naps, luck=0.5).send(GET))

    assert naps.seconds == [0.25, 0.5]


def test_a_redirect_is_not_followed() -> None:
    line = Line(httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(ApiError) as raised:
        asyncio.run(client(line).send(GET))

    assert len(line.requests) == 1
    assert (raised.value.message, raised.value.hint) == (
        'portal "staging" at https://portal.example redirects to https://elsewhere.example/',
        "set the final address",
    )


def test_a_page_for_people_is_no_answer() -> None:
    error = failure(GET, httpx2.Response(200, html="<h1>Welcome</h1>"))

    assert (error.message, error.hint) == (
        'portal "staging" at https://portal.example sent an unexpected response: text/html instead of JSON',
        "a login page, a proxy or another server may have answered; check the address",
    )


def test_a_page_for_people_after_a_write_leaves_it_uncertain() -> None:
    error = failure(PATCH, httpx2.Response(200, html="<h1>Welcome</h1>"))

    assert isinstance(error, UnknownOutcomeError)
    assert error.message == f"{UNCERTAIN}unexpected response: text/html instead of JSON"


def test_a_page_for_people_after_what_may_be_repeated_is_asked_for_again() -> None:
    page = httpx2.Response(200, html="<h1>Welcome</h1>")

    assert sent(KEYED, page, ok({}, 201)) == ["POST"] * 2
    assert sent(PATCH, page, ok({})) == ["PATCH"]


def test_an_answer_without_end_is_cut_off() -> None:
    error = failure(GET, httpx2.Response(200, json="x" * RunLimits().response_bytes))

    assert error.message == f"{WHERE} sent an unexpected response: more than 32 MiB in one response"


def test_a_small_answer_that_unpacks_without_end_is_cut_off() -> None:
    bomb = gzip.compress(b" " * (RunLimits().response_bytes + 1))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    line = Answering(lambda _: httpx2.Response(200, headers=headers, content=bomb))

    with pytest.raises(PortalError, match="sent an unexpected response: more than 32 MiB in one response"):
        asyncio.run(client(line).send(GET))


def test_an_answer_that_cannot_be_unpacked_is_none() -> None:
    error = failure(GET, httpx2.DecodingError("not gzip"))

    assert error.message == 'portal "staging" at https://portal.example did not respond: not gzip'


@pytest.mark.parametrize("body", [b'{"items": [', b"\xff", b'"text"', b'{"id": 1}'])
def test_what_is_not_as_described_is_no_answer(body: bytes) -> None:
    decoder = msgspec.json.Decoder(dict[str, str])
    read = Response(200, {}, "application/json", body)
    written = Response(200, {}, "application/json", body, written=True)

    with pytest.raises(PortalError, match="sent an unexpected response: "):
        client(Line(ok({}))).decode(read, decoder)
    with pytest.raises(UnknownOutcomeError, match="unexpected response: "):
        client(Line(ok({}))).decode(written, decoder)


def test_nothing_listens() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        where = msgspec.structs.replace(WHERE, address=url)

        async def ask() -> None:
            async with httpx2.AsyncClient(base_url=url, trust_env=False) as real:
                await HttpClient(real, where, RetryPolicy(sleep=Naps(), random=lambda: 1.0)).send(GET)

        with pytest.raises(PortalError) as raised:
            asyncio.run(ask())

    assert (raised.value.message, raised.value.hint) == (
        f'portal "staging" at {url} cannot be reached: connection refused',
        "is it running?",
    )


def test_the_token_is_in_no_error_even_if_the_portal_repeats_it() -> None:
    error = failure(GET, problem(401, f"{TOKEN} is wrong"))

    assert (error.message, error.hint) == (
        'portal "staging" at https://portal.example does not accept the token: ••• is wrong',
        "check the token from PORTAL_TOKEN",
    )
