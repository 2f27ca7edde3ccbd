"""Reconciler with the embedded portal, as people run it: HTTP, and SQLite, in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.peers.objects import ADMINS, GROUPS, MEMBERS, UNTIL, api, groups_of, partners
from bench.peers.tool import Served, Tool
from reconciler import __version__

PROGRAM: Final = Path(sys.executable).with_name("reconciler")
TOKEN: Final = "PORTAL_TOKEN"  # noqa: S105  the name of a variable
HEAD: Final = "apiVersion: reconciler/v1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n"
PATHS: Final = "  paths: {partners: [Partner], access-groups: [AccessGroup], catalog.yaml: [Catalog]}\n"
OWNERS: Final = "  owners:\n    network: {email: network@halden.example}\n"


def created(output: str) -> int:
    """Return how many objects an apply created, without a change that failed or is unknown."""
    found = re.search(r"^Applied ([\d,]+)\.$", output, re.MULTILINE)
    return int(found[1].replace(",", "")) if found else 0


def unchanged(output: str) -> bool:
    """Return whether a plan has no changes."""
    return output == "No changes.\n"


def prepare(folder: Path, size: int) -> None:
    """Write the catalog, and a file for each access group and each partner."""
    apis = "".join(
        f"    - {{name: {api(each)}, displayName: API {each}, owner: network}}\n" for each in range(GROUPS)
    )
    _write(folder / "catalog.yaml", "Catalog", "catalog", f"  apis:\n{apis}")
    for number in range(GROUPS):
        name = f"group-{number}"
        _write(
            folder / "access-groups" / f"{name}.yaml",
            "AccessGroup",
            name,
            f"  displayName: Group {number}\n  owner: network\n  description: What partners need\n"
            f"  apis: [{api(number)}]\n  offers:\n    - {{type: external, level: consume, maxDays: 36500}}\n",
        )
    for number in range(partners(size)):
        name = f"partner-{number:05}"
        _write(folder / "partners" / f"{name}.yaml", "Partner", name, _partner(name, number))


def _partner(name: str, number: int) -> str:
    people = [f"person-{each}@{name}.example" for each in range(ADMINS + MEMBERS)]
    access = "".join(
        f"        - {{group: {each.name}, until: {UNTIL}, reason: agreed}}\n" for each in groups_of(number)
    )
    return (
        f"  type: external\n  displayName: Partner {number}\n  owner: network\n  domains: [{name}.example]\n"
        f"  agreement: MSA-{number:05}\n  until: {UNTIL}\n  teams:\n    - name: web\n      displayName: Web\n"
        f"      admins: [{', '.join(people[:ADMINS])}]\n      members: [{', '.join(people[ADMINS:])}]\n"
        f"      access:\n{access}"
    )


def _write(file: Path, kind: str, name: str, spec: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(HEAD.format(kind, name) + spec, "utf-8")


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve the portal of the folder, and write its address into the configuration."""
    configure(folder, "{type: embedded, database: portal.db}")
    portal = [str(PROGRAM), "portal"]
    made = subprocess.run(  # noqa: S603  our own command
        [*portal, "token", "--scope", "admin"], cwd=folder, check=True, capture_output=True, text=True
    )
    with subprocess.Popen(  # noqa: S603  the same
        [*portal, "serve", "--port", "0", "--no-pages"], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+", server.stderr.readline())
            assert found is not None
            configure(folder, f'{{type: embedded, url: "{found[0]}", token: {{env: {TOKEN}}}}}')
            yield Served(server.pid, {TOKEN: made.stdout.strip()})
        finally:
            server.kill()


def configure(folder: Path, portal: str) -> None:
    """Write a configuration with this portal."""
    spec = f"{PATHS}{OWNERS}  portals:\n    local: {portal}\n"
    _write(folder / "reconciler.yaml", "Configuration", "bench", spec)


TOOL: Final = Tool(
    name="Reconciler",
    version=__version__,
    program=PROGRAM,
    prepare=prepare,
    apply=(str(PROGRAM), "apply", "--auto-approve"),
    plan=(str(PROGRAM), "plan"),
    created=created,
    unchanged=unchanged,
    serve=serve,
)
