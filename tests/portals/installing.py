"""A package of a type of portal that is installed in a folder, by a real entry point."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.portals import GROUP

TOY = """
from contextlib import asynccontextmanager
from typing import Literal

from pydantic import Field

from reconciler.model.portal_settings import PortalSettings, Secret
from reconciler.portals import PortalType
from reconciler.portals.embedded.adapter import CAPABILITIES


class ToySettings(PortalSettings):
    type: Literal["toy"]
    tenant: str = Field(min_length=1)
    url: str
    api_key: Secret


@asynccontextmanager
async def open_toy(settings, credentials):
    key, source = credentials.require("api_key", "ask the operator of the toy")
    yield settings.tenant, key.reveal(), source


PORTAL = PortalType(ToySettings, lambda settings: CAPABILITIES, open_toy)
"""


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, *, module: str = "toy_portal", name: str = "toy"
) -> None:
    """Install a module with this code as the package that provides a type of portal."""
    information = folder / f"{module}-1.0.dist-info"
    information.mkdir(parents=True)
    (folder / f"{module}.py").write_text(dedent(code))
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:PORTAL\n")
    if str(folder) not in sys.path:
        monkeypatch.syspath_prepend(folder)
    # What is imported is forgotten after the test.
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, module)
