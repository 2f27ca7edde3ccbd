"""Code of a portal's package is loaded only for a type that the governing configuration names."""

import pytest

from tests.cli.commands.test_base import repository
from tests.cli.running import CONFIGURATION, Place
from tests.portals.installing import install

__all__ = ["repository"]

WITH_TOY = CONFIGURATION.replace(
    "local: {type: embedded, database: .reconciler/portal.db}", "local: {type: toy}"
)


@pytest.mark.parametrize(
    "command", [("plan",), ("validate",), ("validate", "--portal", "local"), ("apply", "--auto-approve")]
)
def test_a_branch_cannot_load_the_code_of_a_portal_type(
    repository: Place,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    site = tmp_path_factory.mktemp("site")
    loaded = site / "loaded"
    install(site, monkeypatch, f"import pathlib\npathlib.Path({str(loaded)!r}).touch()\n")
    repository.write(reconciler=WITH_TOY)

    ran = repository.run(*command, "--base", "main")

    assert (ran.code, loaded.exists()) == (0, False)


def test_a_checked_out_configuration_that_is_only_validated_loads_no_code(
    repository: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path_factory.mktemp("site")
    loaded = site / "loaded"
    install(site, monkeypatch, f"import pathlib\npathlib.Path({str(loaded)!r}).touch()\n")
    repository.write(reconciler=WITH_TOY)

    assert (repository.run("validate").code, loaded.exists()) == (0, False)
