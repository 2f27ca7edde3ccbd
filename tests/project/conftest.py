from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place
from tests.portals.installing import install

Shelved = Callable[..., Place]


@pytest.fixture
def shelved(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shelved:
    """Return a function that writes the files of the examples for a portal that lacks something."""
    install(
        tmp_path_factory.mktemp("site"),
        monkeypatch,
        "from tests.project.shelf import PORTAL",
        module="shelf_portal",
        name="shelf",
    )
    monkeypatch.chdir(tmp_path)

    def write(*lacks: str, more: str = "", partner: str = PARTNER, group: str = GROUP) -> Place:
        settings = f"type: shelf, file: shelf.json, lacks: [{', '.join(lacks)}]{more}"
        configured = CONFIGURATION.replace("type: embedded, database: .reconciler/portal.db", settings)
        return Place(tmp_path, capsys).write(
            reconciler=configured,
            catalog=CATALOG,
            partners__acme=partner,
            **{"access-groups__tracking": group},
        )

    return write
