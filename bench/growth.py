"""Measure how memory and CPU time grow if a few short lists multiply: not faster than the input.

Each row is a shape: groups of one team, teams that all have one group, and groups with shared products.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench.process import Run, run
from bench.run import RECONCILER, TODAY

_HEAD: Final = "apiVersion: reconciler/v1\nkind: "
_OWNED: Final = "owner: network"
Files = Iterator[tuple[str, str]]


def groups_of_one_team(number: int) -> Files:
    """Yield files in which one team has this number of groups with the same API."""
    names = [f"group-{each}" for each in range(number)]
    yield "access-groups/all.yaml", "---\n".join(_group(name, "apis: [rates-v1]") for name in names)
    yield "partners/acme.yaml", _partner(["web"], names)


def teams_of_one_group(number: int) -> Files:
    """Yield files in which this number of teams have one group, which its owner grants to each of them."""
    teams = [f"team-{each}" for each in range(number)]
    grants = ", ".join(f"{{team: acme/{team}}}" for team in teams)
    yield "access-groups/all.yaml", _group("group", f"apis: [rates-v1], grants: [{grants}]")
    yield "partners/acme.yaml", _partner(teams, [])


def crossing(number: int) -> Files:
    """Yield files with this number of paths from one team to ten APIs, by groups with shared products."""
    side = round((number / 10) ** 0.5)
    products = [f"suite-{each}" for each in range(side)]
    apis = ", ".join(f"api-{each}" for each in range(10))
    suites = [
        f"{_HEAD}ApiProduct\nmetadata: {{name: {name}}}\n"
        f"spec: {{displayName: Suite, {_OWNED}, apis: [{apis}]}}\n"
        for name in products
    ]
    groups = [f"group-{each}" for each in range(side)]
    holding = f"products: [{', '.join(products)}]"
    yield "access-groups/all.yaml", "---\n".join([*suites, *(_group(name, holding) for name in groups)])
    yield "partners/acme.yaml", _partner(["web"], groups)


def _group(name: str, holds: str) -> str:
    offers = "offers: [{type: reseller}]"
    spec = f"{{displayName: Group, {_OWNED}, {offers}, {holds}}}"
    return f"{_HEAD}AccessGroup\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def _partner(teams: list[str], access: list[str]) -> str:
    listed = "".join(f"    - {{name: {team}, admins: [ana@acme.example]}}\n" for team in teams)
    return (
        f"{_HEAD}Partner\nmetadata: {{name: acme}}\n"
        f"spec:\n  type: reseller\n  displayName: Acme\n  {_OWNED}\n"
        f"  agreement: MSA-1\n  access: [{', '.join(access)}]\n  teams:\n{listed}"
    )


def write(root: Path, files: Files) -> None:
    """Write the files and their configuration."""
    configuration = (
        f"{_HEAD}Configuration\nmetadata: {{name: bench}}\n"
        "spec:\n  owners: {network: {email: n@halden.example}}\n"
        "  paths: {partners: [Partner], access-groups: [AccessGroup, ApiProduct]}\n"
    )
    for name, text in [("reconciler.yaml", configuration), *files]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def measured(make: Callable[[int], Files], number: int) -> list[Run]:
    """Return the cost of `validate` and `access` for files of this shape."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), make(number))
        commands = (["validate"], ["access", "--format", "json"])
        return [run([RECONCILER, *each, "--today", TODAY], Path(name)) for each in commands]


def main() -> None:
    """Print a row for each shape and command: CPU seconds and megabytes for both sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1_000)
    number = parser.parse_args().number
    print(f"{'':34}{f'{number:,}':>16}{f'{4 * number:,}':>18}")
    for make in (groups_of_one_team, teams_of_one_group, crossing):
        few, many = measured(make, number), measured(make, 4 * number)
        for command, small, large in zip(("validate", "access"), few, many, strict=True):
            title = f"{make.__name__.replace('_', ' ')}, {command}"
            print(f"{title:34}{_cells(small)}  {_cells(large)}")


def _cells(taken: Run) -> str:
    return f"{taken.cpu:6.2f} s {taken.megabytes:5.0f} MB"


if __name__ == "__main__":
    main()
