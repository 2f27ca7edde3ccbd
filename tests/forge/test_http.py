import httpx2
import pytest

from reconciler.forge.http import LARGEST_ANSWER, MOST_PAGES
from reconciler.forge.problems import ApiError
from reconciler.model.forge import Forge, ForgeError, ForgeSettings, PullRequest
from tests.forge.stages import HEAD, NOW, STAGES, TOKEN, OnGitHub, OnGitLab, Stage, on

everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)
HERE = "GitHub at https://github.example/api/v3"
PULL = r"GET .*/pulls/1"
SECONDARY = {
    "message": "You have exceeded a secondary rate limit.",
    "documentation_url": "https://docs.github.com/rest/overview/rate-limits#about-secondary-rate-limits",
}


class Line(httpx2.AsyncBaseTransport):
    """Gives the answers it was told to, the last one again and again, and keeps the requests."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


async def ask(forge: Forge) -> PullRequest:
    return await forge.pull_request(1)


async def list_comments(forge: Forge) -> object:
    return await forge.comment(1, "<!-- x -->")


def refusal(stage: Stage, line: Line | None = None, settings: ForgeSettings | None = None) -> ForgeError:
    with pytest.raises(ForgeError) as raised:
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
    stage.server.add(PULL, status=status, headers=headers)

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD), waits)


def test_a_secondary_limit_that_names_no_time_is_waited_for_a_minute_and_longer_each_time() -> None:
    stage = OnGitHub()
    stage.server.add(PULL, status=403, body=SECONDARY, times=3)

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD), [61.0, 62.0, 64.0])


def test_gitlabs_limit_is_waited_for_until_it_begins_anew() -> None:
    stage = OnGitLab()
    headers = {"RateLimit-Remaining": "0", "RateLimit-Reset": f"{NOW + 20:.0f}"}
    stage.server.add(r"GET .*/merge_requests/1", status=429, headers=headers, body={"message": "Retry later"})

    assert (on(stage, ask), stage.naps.seconds) == (PullRequest(1, HEAD), [21.0])


def test_a_limit_that_lasts_longer_than_we_wait_is_an_error_at_once() -> None:
    stage = OnGitHub()
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 1800:.0f}"}
    stage.server.add(PULL, status=403, headers=headers)
    error = refusal(stage)

    assert (error.message, error.hint, stage.naps.seconds) == (
        f"{HERE} refused (403): no more requests for 1,800 seconds",
        "run this job again after that",
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
        " not answer: ReadTimeout",
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
        "check the token, which came from GITHUB_TOKEN",
    )


def test_a_refusal_that_repeats_the_token_is_shown_without_it() -> None:
    stage = OnGitHub()
    stage.server.add(PULL, status=400, body={"message": f"what is\n{TOKEN}?", "errors": [{"message": "odd"}]})

    assert refusal(stage).message == f"{HERE} refused (400): what is •••?; odd"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "Bad Request"),
        (b"[]", "Bad Request"),
        (b'{"message": {"note": ["is too long"]}}', '{"note":["is too long"]}'),
        (b'{"error": "body is missing"}', "body is missing"),
        (b'{"message": "%s"}' % (b"x" * 400), f"{'x' * 300}…"),
        (b"\xff", "Bad Request"),
    ],
)
def test_whatever_a_refusal_holds_one_short_line_of_it_is_shown(body: bytes, said: str) -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(400, content=body)))

    assert error.message == f"{HERE} refused (400): {said}"


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
    with pytest.raises(ForgeError, match="has its next page elsewhere") as raised:
        on(stage, list_comments, line=line)

    assert (raised.value.hint, {request.url.host for request in line.requests}) == (
        "links to another host are not followed",
        {"github.example"},
    )


def test_pages_without_an_end_are_left() -> None:
    stage = OnGitHub()
    line = Line(
        httpx2.Response(403, json={}),
        httpx2.Response(200, json=[], headers={"Link": '</api/v3/more?page=2>; rel="next"'}),
    )
    with pytest.raises(ForgeError, match=f"more than {MOST_PAGES} pages"):
        on(stage, list_comments, line=line)

    assert len(line.requests) == MOST_PAGES + 1


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(200, content=b" " * (LARGEST_ANSWER + 1))))

    assert error.message == f"{HERE} answered with more than 16 MiB"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"number": "1"}', b"\xff"])
def test_an_answer_that_is_none_is_an_error(content: bytes) -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(200, content=content)))

    assert (error.message.partition(": ")[0], error.hint) == (
        f"{HERE} answered what it does not promise",
        "is that the address of its API?",
    )


def test_a_project_that_is_not_seen_is_asked_after() -> None:
    stage = OnGitHub()
    stage.server.state.pulls.clear()
    error = refusal(stage)

    assert (error.message, error.hint) == (
        f"{HERE} refused (404): Not Found",
        "is our-company/access the project, and may the token see it?",
    )


def test_a_refusal_knows_its_status() -> None:
    stage = OnGitHub()
    with pytest.raises(ApiError) as raised:
        on(stage, ask, stage.settings(token="none"))

    assert raised.value.status == 401


def test_a_status_that_http_does_not_know_is_shown_as_it_is() -> None:
    error = refusal(OnGitHub(), Line(httpx2.Response(499)))

    assert error.message == f"{HERE} refused (499): unknown status"


def test_who_the_token_is_has_to_be_known_before_a_comment_counts_as_ours() -> None:
    stage = OnGitHub()
    with pytest.raises(ApiError, match="Bad credentials"):
        on(stage, list_comments, stage.settings(token="none"))
