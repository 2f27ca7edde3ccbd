import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InputError
from reconciler.portals import PORTALS, portal_type
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import read_configuration
from tests.portals.installing import TOY, install

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: our-company}
spec:
  paths: {partners: [Partner]}
  defaultPortal: there
  portals:
    there: {SETTINGS}
"""
SETTINGS = 'type: toy, tenant: t1, url: "https://toy.example", apiKey: {env: PORTAL_KEY}'


class Trusting:
    """Gives every secret, and remembers for what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def secret(self, service: str, address: str, variable: str) -> str | None:
        self.asked.append((service, address, variable))
        return "s3cret\n"

    def require_database(self, portal: str, database: str) -> None:
        raise NotImplementedError


def opened(folder: Path, trust: Trusting, settings: str = SETTINGS) -> Any:
    """Open the portal of a configuration with these settings."""
    path = folder / "reconciler.yaml"
    path.write_text(CONFIGURATION.replace("SETTINGS", settings))

    async def run() -> Any:
        async with open_portal(path, read_configuration(path), None, trust) as portal:
            return portal

    return asyncio.run(run())


def refused(folder: Path, settings: str = SETTINGS) -> tuple[str, str]:
    with pytest.raises(InputError) as error:
        opened(folder, Trusting(), settings)
    return error.value.message, error.value.hint


def test_a_portal_of_another_package_is_opened_with_its_settings_and_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, TOY)
    trust = Trusting()

    assert opened(tmp_path, trust) == ("t1", "s3cret", "PORTAL_KEY")
    assert trust.asked == [('portal "there"', "https://toy.example", "PORTAL_KEY")]


def test_settings_that_a_package_refuses_are_named_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, TOY)
    settings = 'type: toy, tenant: "", url: "https://toy.example", apiKey: {env: PORTAL_KEY}, tenent: t1'

    assert refused(tmp_path, settings) == (
        (
            "reconciler.yaml:8:32: spec.portals.there.tenant is empty; give it a value, or remove the key\n"
            'reconciler.yaml:8:91: unknown key "tenent"; did you mean "tenant"?'
        ),
        'see the documentation of the portal type "toy"',
    )


def test_settings_that_only_their_package_understands_are_named_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = TOY.replace("tenant: str", "tenant: int | float")
    install(tmp_path / "site", monkeypatch, odd)
    message, _ = refused(tmp_path)

    assert message.startswith('reconciler.yaml:8:32: portal "there": tenant.int: Input should be')


def test_a_type_that_no_package_provides_is_refused_with_those_that_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, TOY, name="other")

    assert refused(tmp_path) == (
        'reconciler.yaml:8:19: portal "there": no package provides the portal type "toy"',
        f"install its package; installed: {', '.join(sorted({*PORTALS, 'other'}))}",
    )


def test_a_type_that_two_packages_provide_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, TOY)
    install(tmp_path / "site", monkeypatch, TOY, module="second_toy")

    assert refused(tmp_path) == (
        'reconciler.yaml:8:19: portal "there": several packages provide the portal type "toy"',
        "keep one of: second_toy, toy_portal",
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise OSError('no disk')", "cannot be loaded: OSError: no disk"),
        ("PORTAL = 3", "cannot be used: toy_portal:PORTAL is not a PortalType"),
    ],
)
def test_a_package_that_is_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    install(tmp_path / "site", monkeypatch, code)

    assert refused(tmp_path) == (
        f'reconciler.yaml:8:19: portal "there": the portal type "toy" {message}',
        "repair or update the package toy_portal",
    )


def test_no_package_replaces_a_built_in_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, "raise AssertionError", name="embedded")

    assert portal_type("embedded") is sys.modules[PORTALS["embedded"]].PORTAL
