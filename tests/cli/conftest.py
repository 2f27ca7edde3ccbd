from pathlib import Path

import pytest

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A repository with one partner and one access group, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Place(tmp_path, capsys).write(
        reconciler=CONFIGURATION,
        catalog=CATALOG,
        partners__acme=PARTNER,
        **{"access-groups__tracking": GROUP},
    )
