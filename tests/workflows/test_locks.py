"""The locks: only wheels, each by its hash, so that nothing is built where they are installed."""

import re
import runpy
from typing import Any, Final

import pytest

from tests.workflows.acting import ROOT

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
PACKAGE: Final = re.compile(
    r"(?P<name>[a-z0-9._-]+)==(?P<version>\S+)(?: ; [^\n]+?)?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n(?P<files>(?:    # \S+\n)+)"
)
LOCK: Final[dict[str, Any]] = {
    "name": "some-thing",
    "version": "1.2",
    "marker": "os_name == 'nt'",
    "sdist": {"url": "https://files.example/some_thing-1.2.tar.gz", "hashes": {"sha256": "c" * 64}},
}
WHEELS: Final = [
    {"url": f"https://files.example/some_thing-1.2-{name}.whl", "hashes": {"sha256": name * 64}}
    for name in "ba"
]


@pytest.mark.parametrize("name", [*LOCKS, ".ci/keystone.lock", ".ci/octodns.lock", ".ci/tryton.lock"])
def test_a_lock_has_nothing_but_hashes_of_wheels(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = list(PACKAGE.finditer(text))

    assert "".join(each[0] for each in packages) == text
    for each in packages:
        project = re.sub("[-_.]+", "[-_.]+", each["name"])
        wheel = re.compile(rf"{project}-{re.escape(each['version'])}-\S+\.whl", re.IGNORECASE)
        files = [line.removeprefix("    # ") for line in each["files"].splitlines()]
        assert [file for file in files if not wheel.fullmatch(file)] == []
        assert len(files) == each["hashes"].count("--hash=")


def test_tests_run_with_the_versions_that_are_installed() -> None:
    runtime, development = (
        {(each["name"], each["version"]) for each in PACKAGE.finditer((ROOT / name).read_text())}
        for name in LOCKS
    )

    assert runtime < development


def test_a_lock_is_written_without_what_would_be_built() -> None:
    assert written({**LOCK, "wheels": WHEELS}) == (
        "some-thing==1.2 ; os_name == 'nt' \\\n"
        f"    --hash=sha256:{'a' * 64} \\\n"
        f"    --hash=sha256:{'b' * 64}\n"
        "    # some_thing-1.2-a.whl\n"
        "    # some_thing-1.2-b.whl"
    )


def test_a_package_without_wheels_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"some-thing 1\.2 has no wheel"):
        written(LOCK)


def written(package: dict[str, Any]) -> str:
    """Return what `make lock` writes for a package."""
    script = runpy.run_path(str(ROOT / ".ci" / "lock.py"))
    return "\n".join(script["requirements"]({"packages": [package]}))
