"""How much of a rate limit is used, in virtual time, and how many requests are refused."""

import pytest

from reconciler.http.rate_limit_headers import Quota, quotas
from tests.http.limited_service import (
    Announce,
    Bucket,
    NoLimit,
    Window,
    kong_headers,
    policy_headers,
    portal_headers,
    send,
)


@pytest.mark.parametrize(
    ("rate", "requests", "headers"),
    [(5, 300, policy_headers), (5, 300, kong_headers), (50, 1000, portal_headers)],
)
def test_a_limit_that_responses_announce_is_used_and_only_the_first_requests_exceed_it(
    rate: int, requests: int, headers: Announce
) -> None:
    sent = send(Window(rate, 1, headers), requests)

    assert sent.share >= 0.95
    assert sent.refused <= 8


@pytest.mark.real
@pytest.mark.no_cover
def test_a_limit_of_500_a_second_is_used_too() -> None:
    sent = send(Window(500, 1, portal_headers), 11_000)

    assert sent.share >= 0.95
    assert sent.refused <= 8


@pytest.mark.parametrize("burst", [5, 20])
@pytest.mark.parametrize("silent", [False, True])
def test_a_limit_that_only_refusals_show_is_learnt_from_what_is_accepted(burst: int, *, silent: bool) -> None:
    sent = send(Bucket(5, burst, silent=silent), 400)

    assert sent.share >= 0.95
    assert sent.refused <= 25


def test_a_quota_of_a_minute_is_used_at_once() -> None:
    sent = send(Window(300, 60, portal_headers), 600)

    assert sent.share == 1.0
    assert sent.refused <= 16


@pytest.mark.parametrize("silent", [False, True])
def test_no_request_fails_because_a_limit_allows_no_bursts(*, silent: bool) -> None:
    sent = send(Bucket(5, 1, silent=silent), 300)

    assert sent.share >= 0.85
    assert sent.refused <= 12


def test_a_far_service_without_a_limit_gets_nine_tenths_of_what_all_connections_carry() -> None:
    connections, latency, requests = 32, 0.02, 1000

    sent = send(NoLimit(), requests, latency=latency, at_once=40)

    assert requests / connections * latency / sent.seconds >= 0.9


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, []),
        ({"RateLimit-Limit": "100", "RateLimit-Reset": "7"}, [Quota(100, 7)]),
        ({"RateLimit-Limit": "100"}, []),
        (
            {"RateLimit-Limit": "100, 10;w=1, 100;w=60", "RateLimit-Reset": "7"},
            [Quota(10, 1), Quota(100, 60)],
        ),
        ({"RateLimit-Limit": "10", "RateLimit-Policy": "10;w=1", "RateLimit-Reset": "1"}, [Quota(10, 1)]),
        ({"RateLimit-Policy": '"burst";q=10;w=1, "day";q=900;w=86400'}, [Quota(10, 1), Quota(900, 86400)]),
        ({"RateLimit-Policy": '"burst";q=ten;w=1, "day";q=0;w=9, "hour";q=9;w=0, "open"'}, []),
        ({"X-RateLimit-Limit-Second": "5", "X-RateLimit-Limit-Minute": "90"}, [Quota(5, 1), Quota(90, 60)]),
    ],
)
def test_quotas_are_read_from_headers(headers: dict[str, str], found: list[Quota]) -> None:
    assert quotas(headers) == found
