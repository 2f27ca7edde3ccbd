from email.utils import formatdate

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.forge.endpoint import LIMITS
from reconciler.http.errors import ApiError
from reconciler.model.forge import Forge, ForgeSettings, PullRequest
from tests.forge.stages import HEAD, NOW, STAGES, TOKEN, OnGitHub, OnGitLab, Stage, on
from tests.http.scripted import Answering, Line

everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)
HERE = "GitHub at https://github.example/api/v3"
PULL = r"GET .*/pulls/1"
DATE = formatdate(NOW, usegmt=True)
SECONDARY = {
    "message": "You have exceeded a secondary rate limit.",
    "documentation_url": "https://docs.github.com/rest/overview/rate-limits#about-secondary-rate-limits",
}


async def ask(forge: Forge) -> PullRequest:
    return await forge.pull_request(1)


async def list_comments(forge: Forge) -> object:
    return await forge.comment(1, "<!-- x -->")


async def review(forge: Forge) -> object:
    return await forge.review_of(HEAD)


def refusal(stage: Stage, line: Line | None = None, settings: ForgeSettings | None = None) -> PortalError:
    with pytest.raises(PortalError) as raised:
        on(stage, ask, settings, line)
    return raised.value


@pytest.mark.parametrize(
    ("headers", "status", "waits"),
    [
        ({"Retry-After": "7"}, 403, [8.0]),
        ({"Retry-After": "7"}, 429, [8.0]),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 403, [31.0]),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW - 30:.0f}"}, 429, [1.0]),
        ({}, 429, [61.0]),
        ({}, 502, [1.0]),
    ],
)
def test_a_limit_is_waited_for_as_long_as_github_asks(
    headers: dict[str, str], status: int, waits: list[float]
) -> None:
    stage = OnGitHub()
    stage.server.add(PULL, status=status, headers={"Date": DATE, **headers})

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD, is_open=True), waits)


def test_a_secondary_limit_that_names_no_time_is_waited_for_a_minute_and_longer_each_time() -> None:
    stage = OnGitHub()
    stage.server.add(PULL, status=403, body=SECONDARY, times=3)

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD, is_open=True), [61.0, 62.0, 64.0])


def test_gitlabs_limit_is_waited_for_until_it_begins_anew() -> None:
    stage = OnGitLab()
    headers = {"Date": DATE, "RateLimit-Remaining": "0", "RateLimit-Reset": f"{NOW + 20:.0f}"}
    stage.server.add(r"GET .*/merge_requests/1", status=429, headers=headers, body={"message": "Retry later"})

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD, is_open=True), [21.0])


def test_a_limit_that_lasts_longer_than_we_wait_is_an_error_at_once() -> None:
    stage = OnGitHub()
    headers = {"Date": DATE, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 1800:.0f}"}
    stage.server.add(PULL, status=403, headers=headers, body={"message": "API rate limit exceeded"})
    error = refusal(stage)

    assert (error.message, error.hint, stage.naps.seconds) == (
        f"{HERE} rejected the request (403): API rate limit exceeded",
        "try again in 1,800 seconds",
        [],
    )


def test_a_write_that_is_limited_was_not_done_and_is_sent_again() -> None:
    stage = OnGitHub()
    stage.server.add(stage.posted, status=403, headers={"Retry-After": "5"})

    async def write(forge: Forge) -> None:
        await forge.create_comment(1, "<!-- x -->\n", "<!-- x -->")

    on(stage, write)
    assert (stage.bodies(ours=True), stage.naps.seconds) == (["<!-- x -->\n"], [6.0])


@everywhere
def test_a_forge_that_stays_silent_is_asked_five_times(begin: type[Stage]) -> None:
    stage, line = begin(), Line(httpx2.ReadTimeout(""))
    error = refusal(stage, line)

    assert (error.message.partition(" did")[2], error.exit_code, len(line.requests), stage.naps.seconds) == (
        " not respond: timeout while waiting for a response",
        5,
        5,
        [1.0, 2.0, 4.0, 8.0],
    )


def test_a_forge_that_is_not_there_is_named_with_its_address() -> None:
    error = refusal(OnGitHub(), Line(httpx2.ConnectError("no route to host")))

    assert error.message == f"{HERE} cannot be reached: no route to host"


def test_a_token_that_is_not_accepted_is_named_by_where_it_came_from_and_never_shown() -> None:
    stage = OnGitHub()
    error = refusal(stage, settings=stage.settings(token="ghs_unknown"))

    assert (error.message, error.hint) == (
        f"{HERE} does not accept the token: Bad credentials",
        "check the token from GITHUB_TOKEN",
    )


def test_a_refusal_that_repeats_the_token_is_shown_without_it() -> None:
    stage = OnGitHub()
    stage.server.add(PULL, status=400, body={"message": f"what is\n{TOKEN}?", "errors": [{"message": "odd"}]})

    assert refusal(stage).message == f"{HERE} rejected the request (400): what is •••?; odd"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "Bad Request"),
        (b"[]", "Bad Request"),
        (b'{"message": {"note": ["is too long", "is odd"], "x": 1}}', "note is too long, is odd"),
        (b'{"message": "no", "errors": ["a", {"code": "b"}, 1, [["c"]]]}', "no; a, code b"),
        (b'{"error": "body is missing"}', "body is missing"),
        (b'{"message": "%s"}' % (b"x" * 400), f"{'x' * 300}…"),
        (b"\xff", "Bad Request"),
    ],
)
def test_whatever_a_refusal_holds_one_short_line_of_it_is_shown(body: bytes, said: str) -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(400, content=body)))

    assert error.message == f"{HERE} rejected the request (400): {said}"


def test_a_redirect_is_not_followed() -> None:
    line = Line(httpx2.Response(301, headers={"Location": "https://elsewhere.example/"}))
    error = refusal(OnGitHub(), line)

    assert (error.message, [request.url.host for request in line.requests]) == (
        f"{HERE} redirects to https://elsewhere.example/",
        ["github.example"],
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/repos?page=2",
        "http://github.example/api/v3/repos?page=2",
        "https://github.example:8443/repos?page=2",
        "https://ana:secret@github.example/repos?page=2",
        "//elsewhere.example/",
        "https://github.example:port/",
    ],
)
def test_a_next_page_at_another_host_is_not_fetched(address: str) -> None:
    stage = OnGitHub()
    answers = [
        httpx2.Response(403, json={"message": "Resource not accessible by integration"}),
        httpx2.Response(200, json=[], headers={"Link": f'<{address}>; rel="next"'}),
    ]
    line = Line(*answers)
    with pytest.raises(PortalError, match="links to its next page on another host") as raised:
        on(stage, list_comments, line=line)

    assert (raised.value.hint, {request.url.host for request in line.requests}) == (
        "links to another host are not followed",
        {"github.example"},
    )


def test_pages_that_lead_back_are_left_at_once() -> None:
    line = Line(
        httpx2.Response(403, json={}),
        httpx2.Response(200, json=[], headers={"Link": '</api/v3/more?page=2>; rel="next"'}),
    )
    with pytest.raises(PortalError, match="the pages repeat after 0 items"):
        on(OnGitHub(), list_comments, line=line)

    assert len(line.requests) == 1 + 2


def test_pages_without_an_end_are_left() -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        link = f'</api/v3/more?page={len(requests)}>; rel="next"'
        return httpx2.Response(200, json=[], headers={"Link": link})

    with pytest.raises(PortalError, match=f"more than {LIMITS.pages} pages"):
        on(OnGitHub(), review, line=Answering(answer))

    assert len(requests) == LIMITS.pages


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(200, content=b" " * (LIMITS.response_bytes + 1))))

    assert error.message == f"{HERE} sent an unexpected response: more than 16 MiB in one response"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"number": "1"}', b"\xff"])
def test_an_answer_that_is_none_is_an_error(content: bytes) -> None:
    answer = httpx2.Response(200, content=content, headers={"Content-Type": "application/json"})
    error = refusal(OnGitHub(), Line(answer))

    assert (error.message.partition(": ")[0], error.hint) == (
        f"{HERE} sent an unexpected response",
        "check that this is the address of its API",
    )


def test_a_page_for_people_is_no_answer() -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(200, html="<h1>Sign in</h1>")))

    assert error.message == f"{HERE} sent an unexpected response: text/html instead of JSON"


def test_a_project_that_is_not_seen_is_asked_after() -> None:
    stage = OnGitHub()
    stage.server.state.pulls.clear()
    error = refusal(stage)

    assert (error.message, error.hint) == (
        f"{HERE} rejected the request (404): Not Found",
        "check that our-company/access exists and that the token can read it",
    )


def test_a_refusal_knows_its_status() -> None:
    stage = OnGitHub()
    with pytest.raises(ApiError) as raised:
        on(stage, ask, stage.settings(token="none"))

    assert raised.value.status == 401


def test_a_status_that_http_does_not_know_is_shown_as_it_is() -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(499)))

    assert error.message == f"{HERE} rejected the request (499): unknown status"


def test_who_the_token_is_has_to_be_known_before_a_comment_counts_as_ours() -> None:
    stage = OnGitHub()
    with pytest.raises(ApiError, match="Bad credentials"):
        on(stage, list_comments, stage.settings(token="none"))
