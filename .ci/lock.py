"""Turn a pylock.toml on stdin into a pip requirements file that pins wheels by their hashes.

Comments below each package name the wheels in the order of their hashes.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any


def requirements(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the requirements file. Raise ValueError for a package without wheels."""
    for package in lock["packages"]:
        wheels = {
            wheel["hashes"]["sha256"]: wheel["url"].rpartition("/")[2] for wheel in package.get("wheels", ())
        }
        if not wheels:
            raise ValueError(f"{package['name']} {package['version']} has no wheel")
        marker = f" ; {package['marker']}" if "marker" in package else ""
        hashes = sorted(wheels)
        yield f"{package['name']}=={package['version']}{marker} \\"
        yield " \\\n".join(f"    --hash=sha256:{each}" for each in hashes)
        yield from (f"    # {wheels[each]}" for each in hashes)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in requirements(tomllib.loads(sys.stdin.read())))
