"""octoDNS with its YAML provider as source and target: files on both sides, no DNS server, no network.

A partner is a zone, and each object of it is a TXT record. Records do not depend on each other.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from bench.peers.objects import Object, objects
from bench.peers.tool import CACHE, Tool

VERSION: Final = "1.22.0"
PROGRAM: Final = CACHE / f"octodns-{VERSION}" / "environment" / "bin" / "octodns-sync"
COMMAND: Final = (str(PROGRAM), "--config-file", "config.yaml")
PROVIDER: Final = (
    "class: octodns.provider.yaml.YamlProvider, "
    "enforce_order: false, escaped_semicolons: false, supports_root_ns: false"
)


def created(output: str) -> int:
    """Return how many records a sync created, in all zones."""
    found = re.findall(
        r"^\*   Summary: Creates=(\d+), Updates=0, Deletes=0, Existing=0, Meta=False$", output, re.MULTILINE
    )
    return sum(map(int, found))


def unchanged(output: str) -> bool:
    """Return whether a plan has no changes."""
    return "\nNo changes were planned\n" in output


def prepare(folder: Path, size: int) -> None:
    """Write the zones and the configuration."""
    zones: dict[str, list[str]] = defaultdict(list)
    for each in objects(size):
        values = {"kind": each.kind, **each.values, **{need.kind: need.name for need in each.needs}}
        text = " ".join(f"{key}={value}" for key, value in values.items())
        zones[_zone(each)].append(f"{each.name}:\n  ttl: 300\n  type: TXT\n  value: {text}\n")
    for name in ("desired", "live"):
        folder.joinpath(name).mkdir()
    for name, records in zones.items():
        folder.joinpath("desired", f"{name}yaml").write_text(f"---\n{''.join(records)}", "utf-8")
    providers = "".join(f"  {name}: {{{PROVIDER}, directory: {name}}}\n" for name in ("desired", "live"))
    entries = "".join(f"  {name}: {{sources: [desired], targets: [live]}}\n" for name in zones)
    folder.joinpath("config.yaml").write_text(f"providers:\n{providers}zones:\n{entries}", "utf-8")


def _zone(each: Object) -> str:
    owner = "-".join(each.name.split("-")[:2]) if each.name.startswith("partner") else "groups"
    return f"{owner}.example."


TOOL: Final = Tool(
    name="octoDNS",
    version=VERSION,
    program=PROGRAM,
    prepare=prepare,
    apply=(*COMMAND, "--doit"),
    plan=COMMAND,
    created=created,
    unchanged=unchanged,
)
