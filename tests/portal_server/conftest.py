from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.portal_server import reset
from tests.portal_server.driver import Portal
from tests.servers.postgresql import running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each sort that the portal runs on."""
    if request.param == "sqlite":
        return str(tmp_path / "portal.db")
    url = str(request.getfixturevalue("postgresql"))
    reset(url)
    return url


@pytest.fixture
def portal(database: str) -> Iterator[Portal]:
    with Portal(database) as opened:
        yield opened


@pytest.fixture
def sqlite_portal(tmp_path: Path) -> Iterator[Portal]:
    """For what does not depend on the database."""
    with Portal(str(tmp_path / "portal.db")) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A throwaway server that listens on a socket in its own folder only."""
    with running() as url:
        if url is None:
            pytest.skip("no PostgreSQL server is installed here")
        yield url
