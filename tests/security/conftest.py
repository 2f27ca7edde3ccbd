"""What attacks begin with: files in a folder, each git that is there, and the embedded portal."""

import os
from typing import Any

import pytest

from tests.cli.conftest import place
from tests.portal_server.conftest import database, portal, postgresql, sqlite_portal
from tests.security.gits import OTHERS

__all__ = ["any_git", "database", "place", "portal", "postgresql", "sqlite_portal"]
_NONE = pytest.param("", marks=pytest.mark.skip(reason="RECONCILER_TEST_GITS names no folders of other gits"))


_GITS: list[Any] = ["installed", *OTHERS] if OTHERS else ["installed", _NONE]


@pytest.fixture(params=_GITS)
def any_git(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one git after the other first in PATH."""
    if request.param != "installed":
        monkeypatch.setenv("PATH", f"{request.param}{os.pathsep}{os.environ['PATH']}")
