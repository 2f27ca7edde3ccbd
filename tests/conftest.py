"""What holds for all tests."""

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from tests.clocks import start_at
from tests.laws import FULL
from tests.servers.gitea import gitea
from tests.servers.keycloak import keycloak
from tests.servers.slapd import slapd_server
from tests.servers.tryton import tryton, tryton_server

# A fixture that each module imports would start a server for each of them.
__all__ = ["gitea", "keycloak", "slapd_server", "tryton", "tryton_server"]

# httpx2 looks for it at each request in the same process, and a search of all folders takes its time.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None: it is not there

# Before any test imports it; pytest rewrites only the modules of tests by itself.
pytest.register_assert_rewrite("reconciler.testing.contract")

# A machine is slow when others work on it: that is no fault of what is tested.
settings.register_profile("quick", deadline=None, max_examples=20)
# `pytest --hypothesis-profile=thorough`, for those who change what a law is about.
settings.register_profile("thorough", deadline=None, max_examples=2_000)
# All examples of the laws, which repeat the same lines; `./check real` takes them.
settings.register_profile(FULL, deadline=None, max_examples=50)
settings.load_profile("quick")

_NUMBERS: Final = count()
_TESTS: Final = Path(__file__).parent
# Whole runs, whose lines the tests of the modules cover.
_WHOLE_RUNS: Final = frozenset({"documents", "end_to_end", "security", "workflows"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--day",
        metavar="TIME",
        help="Start the clocks of the program and of the embedded portal at this time: 2031-02-28T23:59:30Z.",
    )


@pytest.fixture(scope="session", autouse=True)
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for the home folders of all tests, and a home for what they share."""
    folder = tmp_path_factory.mktemp("homes")
    with pytest.MonkeyPatch.context() as patch:
        move_home(folder / "shared", patch)
        yield folder


@pytest.fixture(autouse=True)
def home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for one test and the processes that it starts."""
    return move_home(homes / str(next(_NUMBERS)), monkeypatch)


@pytest.fixture(scope="session")
def prepared() -> dict[str, Path]:
    """Folders by name that fixtures copy instead of making the same content again."""
    return {}


def move_home(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Make a folder, and the home folder of this process."""
    folder.mkdir()
    patch.setenv("HOME", str(folder))
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        patch.delenv(f"XDG_{kind}_HOME", raising=False)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark tests before any are deselected, and name their groups when all others have changed them."""
    _leave_out_of_coverage(items)
    yield
    _name_groups(items)


def _leave_out_of_coverage(items: list[pytest.Item]) -> None:
    """Measure no coverage in tests that only run lines again: it would double their time."""
    for item in items:
        is_law = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        # Tests of growth count the lines or the memory themselves.
        is_repeated = item.path.name == "test_growth.py" or item.path.name.startswith("test_chaos_")
        if is_law or is_repeated or item.path.relative_to(_TESTS).parts[0] in _WHOLE_RUNS:
            item.add_marker(pytest.mark.no_cover)


def _name_groups(items: list[pytest.Item]) -> None:
    """Let pytest-xdist run the tests of a group in one worker, so that each server is started once.

    Its controller knows groups by the names of tests, which pytest no longer reads from `_nodeid` since 9.2:
    https://github.com/pytest-dev/pytest-xdist/issues/1386.
    """
    for item in items:
        named = vars(item).get("_nodeid", item.nodeid)
        if named != item.nodeid:
            item._id = item.id.parse(named)  # noqa: SLF001  there is no public way


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
