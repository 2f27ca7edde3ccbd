"""What a branch commits beside the folder that `.ci/install` fills, and what a package index serves."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import pytest

# It runs pip, not us.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

ROOT: Final = Path(__file__).parents[2]
# What Python and pip import first, and what they import where it is there.
MODULES: Final = (
    "venv",
    "pip",
    "ensurepip",
    "site",
    "sitecustomize",
    "usercustomize",
    "subprocess",
    "reconciler",
)
REPORT: Final = "import sys, pinned; print(sys.flags.isolated, pinned.__file__)\n"
METADATA: Final = "Metadata-Version: 2.1\nName: pinned\nVersion: 1.0\n"


class Tool(NamedTuple):
    """A checkout of the reconciler, which needs one package; the index that has it; a branch's checkout."""

    source: Path
    served: Path
    checkout: Path

    def install(self, digest: str, folder: str = "environment") -> subprocess.CompletedProcess[str]:
        """Install from the branch's checkout, with a lock that names this hash."""
        (self.source / "requirements.lock").write_text(f"pinned==1.0 --hash=sha256:{digest}\n")
        return self.run(str(self.source / ".ci" / "install"), folder)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the branch's checkout, without network."""
        environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.served)}
        return subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )

    @property
    def ran(self) -> list[str]:
        """Return which files of the branch were run."""
        return sorted(path.name for path in self.checkout.glob("*.ran"))


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    tool = Tool(tmp_path / "the tool", tmp_path / "index", tmp_path / "the checkout")
    (tool.source / "reconciler").mkdir(parents=True)
    (tool.source / "reconciler" / "__main__.py").write_text(REPORT)
    (tool.source / ".ci").mkdir()
    for name in ("install", "link"):
        shutil.copy(ROOT / ".ci" / name, tool.source / ".ci")
    tool.served.mkdir()
    tool.checkout.mkdir()
    for name in MODULES:
        (tool.checkout / f"{name}.py").write_text(f"open({str(tool.checkout / name)!r} + '.ran', 'w')\n")
    return tool


def test_a_branch_cannot_run_code_where_the_reconciler_is_installed(tool: Tool) -> None:
    installed = tool.install(wheel(tool.served))
    ran = tool.run("environment/commands/reconciler")

    assert (installed.returncode, installed.stderr, tool.ran) == (0, "", [])
    isolated, _, place = ran.stdout.strip().partition(" ")
    assert (isolated, Path(place).is_relative_to(tool.checkout / "environment")) == ("1", True)
    commands = (tool.checkout / "environment" / "commands").iterdir()
    assert [path.name for path in commands] == ["reconciler"]


def test_a_branch_cannot_commit_the_environment_that_is_installed_into(tool: Tool) -> None:
    python = tool.checkout / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ntouch '{tool.checkout}/python.ran'\n")
    python.chmod(0o755)

    refused = tool.install(wheel(tool.served))

    message = f"{tool.checkout / 'environment'} is not empty: remove it first.\n"
    assert (refused.returncode, refused.stderr, tool.ran) == (1, message, [])


def test_an_index_cannot_have_code_built_or_serve_another_wheel(tool: Tool) -> None:
    pinned = wheel(tool.served)
    shutil.rmtree(tool.served)
    tool.served.mkdir()
    built = tool.install(source_distribution(tool))
    wheel(tool.served, "import os\n")
    other = tool.install(pinned, "another")

    assert (built.returncode, "No matching distribution found for pinned==1.0" in built.stderr) == (1, True)
    assert (other.returncode, "THESE PACKAGES DO NOT MATCH THE HASHES" in other.stderr) == (1, True)
    assert tool.ran == []


def wheel(index: Path, code: str = "") -> str:
    """Put the package into an index, and return its hash."""
    path = index / "pinned-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pinned.py", code)
        archive.writestr("pinned-1.0.dist-info/METADATA", METADATA)
        archive.writestr(
            "pinned-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("pinned-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source_distribution(tool: Tool) -> str:
    """Put the package's source into the index, which runs code where it is built, and return its hash."""
    path = tool.served / "pinned-1.0.tar.gz"
    setup = f"open({str(tool.checkout / 'setup.ran')!r}, 'w')\n".encode()
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("setup.py", setup), ("PKG-INFO", METADATA.encode())):
            entry = tarfile.TarInfo(f"pinned-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()
