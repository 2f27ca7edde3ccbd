"""OpenTofu with `terraform_data`, resources that are only in its state: no portal, no provider, no network.

A resource refers to those that it needs, so that they are created first. Blocks are what OpenTofu is fastest
with; `for_each` over the entries of a data file is how a repository with many partners is written.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.peers.objects import KINDS, Object, objects
from bench.peers.tool import CACHE, Tool, environment
from bench.process import run

VERSION: Final = "1.12.6"
PROGRAM: Final = CACHE / f"opentofu-{VERSION}" / "tofu"
OPTIONS: Final = ("-input=false", "-no-color")


def created(output: str) -> int:
    """Return how many resources an apply added."""
    found = re.search(
        r"^Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed\.$", output, re.MULTILINE
    )
    return int(found[1]) if found else 0


def unchanged(output: str) -> bool:
    """Return whether a plan has no changes."""
    return "\nNo changes. Your infrastructure matches the configuration.\n" in output


def blocks(size: int) -> dict[str, str]:
    """Return a file with a resource for each object."""
    return {"main.tf": "".join(map(_block, objects(size)))}


def _label(each: Object) -> str:
    return f"{each.kind}_{each.name}"


def _block(each: Object) -> str:
    values = {"name": each.name, **each.values}
    lines = [f'    {key} = "{value}"\n' for key, value in values.items()]
    lines += [f"    {need.kind} = terraform_data.{_label(need)}.output.name\n" for need in each.needs]
    return f'resource "terraform_data" "{_label(each)}" {{\n  input = {{\n{"".join(lines)}  }}\n}}\n'


def for_each(size: int) -> dict[str, str]:
    """Return a data file for each kind of object, and a file with a resource for each kind."""
    data: dict[str, Any] = defaultdict(dict)
    for each in objects(size):
        needs = {need.kind: need.name for need in each.needs}
        data[each.kind][each.name] = {"name": each.name, **each.values, **needs}
    code = [
        f'locals {{\n  {kind} = jsondecode(file("{kind}.json"))\n}}\n'
        f'resource "terraform_data" "{kind}" {{\n  for_each = local.{kind}\n  input = merge(each.value, {{\n'
        + "".join(f"    {need} = terraform_data.{need}[each.value.{need}].output.name\n" for need in needs)
        + "  })\n}\n"
        for kind, needs in KINDS.items()
    ]
    return {"main.tf": "".join(code), **{f"{kind}.json": json.dumps(each) for kind, each in data.items()}}


def prepare(files: Callable[[int], dict[str, str]], folder: Path, size: int) -> None:
    """Write the configuration and initialize it."""
    for name, text in files(size).items():
        folder.joinpath(name).write_text(text, "utf-8")
    run((str(PROGRAM), "init", *OPTIONS), folder, environment=environment(folder))


TOOLS: Final = tuple(
    Tool(
        name=f"OpenTofu, {name}",
        version=VERSION,
        program=PROGRAM,
        prepare=partial(prepare, files),
        apply=(str(PROGRAM), "apply", "-auto-approve", *OPTIONS),
        plan=(str(PROGRAM), "plan", *OPTIONS),
        created=created,
        unchanged=unchanged,
    )
    for name, files in (("blocks", blocks), ("for_each", for_each))
)
