from email.utils import formatdate

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.forge import retry_policy
from reconciler.forge.endpoint import requested_wait
from reconciler.http.request import Response
from tests.forge.stages import NOW
from tests.http.scripted import Naps

DATE = formatdate(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (403, {}, None),
        (404, {"Retry-After": "3"}, None),
        (503, {"Retry-After": "3"}, 3.0),
        (503, {}, None),
        (429, {"Retry-After": "soon"}, 60.0),
        (429, {"Retry-After": "-3"}, 60.0),
        (429, {"Retry-After": formatdate(NOW + 9, usegmt=True)}, 9.0),
        (429, {"Retry-After": formatdate(NOW + 9), "Date": formatdate(NOW + 5)}, 4.0),
        (403, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": f"{NOW + 9:.0f}"}, None),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, None),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 9:.0f}"}, 9.0),
        (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": f"{NOW + 9:.0f}"}, 9.0),
    ],
)
def test_a_wait_is_read_from_what_forges_say(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    assert requested_wait(Response(status, {"Date": DATE, **headers}, "", b"")) == seconds


def test_a_reset_without_a_date_of_the_forge_is_not_compared_with_our_clock() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 9:.0f}"}

    assert [requested_wait(Response(status, headers, "", b"")) for status in (403, 429)] == [None, 60.0]


TEXT = st.one_of(st.text(max_size=20), st.integers().map(str))
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "Date", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Reset"]),
    TEXT,
)


@given(status=st.integers(400, 599), headers=HEADERS, explained=TEXT)
def test_whatever_headers_say_a_wait_is_never_negative(
    status: int, headers: dict[str, str], explained: str
) -> None:
    body = msgspec.json.encode({"documentation_url": explained})
    asked = requested_wait(Response(status, headers, "application/json", body))

    assert asked is None or asked >= 0


@given(attempt=st.integers(1, 9), asked=st.one_of(st.none(), st.floats(0, 1e6)), luck=st.floats(0, 1))
def test_waits_have_an_end_and_are_never_shorter_than_asked_for(
    attempt: int, asked: float | None, luck: float
) -> None:
    policy = retry_policy(Naps(), lambda: luck)
    wait = policy.wait(attempt, asked)
    gives_up = attempt >= policy.attempts or (asked or 0) > policy.longest

    assert (wait is None) is gives_up
    assert wait is None or (asked or 0) <= wait <= 2 * policy.longest
