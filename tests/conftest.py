"""What holds for all tests."""

from datetime import datetime

import pytest
from hypothesis import settings

from tests.clocks import start_at

# A machine is slow when others work on it: that is no fault of what is tested.
settings.register_profile("quick", deadline=None, max_examples=50)
# `pytest --hypothesis-profile=thorough`, for those who change what a law is about.
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--day",
        metavar="TIME",
        help="Start the clocks of the program and of the embedded portal at this time: 2031-02-28T23:59:30Z.",
    )


def pytest_configure(config: pytest.Config) -> None:
    given = config.getoption("--day")
    if given is None:
        return
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise pytest.UsageError(f"--day: {error}") from error
    if moment.tzinfo is None:
        raise pytest.UsageError("--day: the time needs a zone: 2031-02-28T23:59:30Z")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    start_at(moment, patch)
