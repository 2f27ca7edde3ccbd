from datetime import UTC, datetime, timedelta

import pytest

from reconciler.cli import clock, runtime
from reconciler.portal_server import clock as portal_clock
from tests.clocks import start_at, stop_at

LEAP_DAY = datetime(2032, 2, 29, 23, 59, 30, tzinfo=UTC)


def test_both_clocks_run_on_from_the_time_that_they_are_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = portal_clock.now  # as the default of a parameter is
    start_at(LEAP_DAY, monkeypatch)

    first, second, third = clock.now(), bound(), clock.now()

    assert LEAP_DAY <= first <= second <= third < LEAP_DAY + timedelta(hours=1)


def test_both_clocks_stop_at_the_time_that_they_are_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(LEAP_DAY, monkeypatch)

    assert (clock.now(), portal_clock.now(), runtime.today(None)) == (LEAP_DAY, LEAP_DAY, "2032-02-29")
