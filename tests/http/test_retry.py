from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.http.retry import RetryPolicy, retry_after
from tests.http.scripted import Naps

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)


def headers(value: str | None, date: str | None) -> dict[str, str]:
    found = {"Retry-After": value, "Date": date}
    return {name: text for name, text in found.items() if text is not None}


def policy(luck: float = 1.0) -> RetryPolicy:
    return RetryPolicy(sleep=Naps(), random=lambda: luck)


@given(attempt=st.integers(1, 4), luck=st.floats(0, 1), asked=st.none() | st.floats(0, 60))
def test_law_a_wait_is_never_longer_than_the_longest(attempt: int, luck: float, asked: float | None) -> None:
    wait = policy(luck).wait(attempt, asked)

    assert wait is not None
    assert 0 <= wait <= 60


def test_the_last_attempt_is_the_fifth() -> None:
    assert policy().wait(5, None) is None
    assert policy().wait(5, 1.0) is None


def test_who_asks_for_too_long_is_not_asked_early() -> None:
    assert policy().wait(1, 60.1) is None


@given(seconds=st.integers(-100_000, 100_000))
def test_law_seconds_and_dates_ask_for_the_same_wait(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert retry_after(headers(date, DATE)) == max(0.0, float(seconds))
    assert seconds < 0 or retry_after(headers(str(seconds), DATE)) == float(seconds)


@given(value=st.text(max_size=40), date=st.none() | st.text(max_size=40))
def test_law_no_header_breaks_anything(value: str, date: str | None) -> None:
    asked = retry_after(headers(value, date))

    assert asked is None or asked >= 0


@pytest.mark.parametrize(
    ("value", "date"), [(None, DATE), ("soon", DATE), (DATE, None), (DATE, "x"), ("-1", DATE)]
)
def test_a_header_that_says_nothing_asks_for_nothing(value: str | None, date: str | None) -> None:
    assert retry_after(headers(value, date)) is None
