"""Draw all pictures of the documentation again: `python -m docs.images.update`. Needs Chromium.

It applies the sample to an embedded portal in a temporary folder, and then plans two changes of it.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from bench.peers.results import read
from docs.images import comment, draw, peers, photograph, portal
from reconciler.forge.approvers import asked, decided
from reconciler.model.approval import GivenApproval
from reconciler.model.plan import read_plan
from reconciler.render import markdown

IMAGES: Final = Path(__file__).parent
SAMPLE: Final = Path(__file__).parents[2]
RECONCILER: Final = str(Path(sys.executable).with_name("reconciler"))
DAY: Final = ("--today", "2026-11-24")
AUTHOR: Final = ("-c", "user.name=docs", "-c", "user.email=docs@halden.example")

# The approvers of the owners, who are asked in this order.
APPROVERS: Final = (("ines-falk",), ("jonas-weir", "mira-lund"), ("oskar-dahl",), ("petra-voss",))

# Changes of files, each an old and a new text.
Edits = dict[str, tuple[tuple[str, str], ...]]

PLANNING: Final = """\
    - name: planning
      admins: [zofia.mazur@cargolane.example]
      members: [jan.krol@cargolane.example]
      access:
        - {group: rates, level: view, until: 2028-06-30, reason: compares routes (API-5120)}
"""
CARGOLANE: Final[Edits] = {
    "partners/cargolane.yaml": (
        ("access: [tracking, line-haul]", "access: [tracking]"),
        ("piotr.lis@cargolane.example]\n", "piotr.lis@cargolane.example]\n      access: [line-haul]\n"),
        ("      members: [adam.kos@cargolane.example]\n", ""),
        ("      access: [invoices]\n", f"      access: [invoices]\n{PLANNING}"),
    )
}
OFFER: Final[Edits] = {
    "access-groups/shipping.yaml": (
        (
            "    - {type: subsidiary, level: consume}\n",
            "    - {type: subsidiary, level: consume}\n    - {type: external, level: view}\n",
        ),
    )
}
GLOBEX: Final = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {name: globex}
spec:
  type: reseller
  displayName: Globex GmbH
  owner: partnerships
  domains: [globex.example]
  agreement: MSA-2026-207
  until: 2027-12-31
  teams:
    - name: integration
      admins: [ana@globex.example, bo@globex.example]
      access: [tracking, invoices]
"""


def main() -> None:
    """Draw the page and the text of one plan, the comment on another, the portal, and the chart of tools."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "access")
        _copy_sample(folder)
        _run(folder, "apply", "--auto-approve")

        _edit(folder, CARGOLANE)
        page = Path(temporary, "plan.html")
        page.write_text(_run(folder, "plan", *DAY, "--format", "html"), "utf-8")
        photograph.main(str(page), str(IMAGES / "page"), "cargolane/planning")
        config = ("--config", str(folder / "reconciler.yaml"))
        text = draw.printed([RECONCILER, "plan", *DAY, *config])
        (IMAGES / "plan.svg").write_text(draw.drawn(["reconciler", "plan"], text), "utf-8")

        _git(folder, "checkout", "--quiet", ".")
        _edit(folder, OFFER)
        (folder / "partners" / "globex.yaml").write_text(GLOBEX, "utf-8")
        _run(folder, "plan", *DAY, "--base", "HEAD", "--out", "plan.json")
        comment.picture(_reviewed(folder / "plan.json"), str(IMAGES / "comment.png"))
    portal.main(RECONCILER, str(IMAGES / "portal"))
    peers.write(read(), IMAGES)


def _reviewed(path: Path) -> str:
    """Return the comment on a plan that the approvers of its first owner have approved."""
    made = read_plan(path.read_bytes())
    owners = sorted({each.owner for each in made.approvals})
    approvers = {owner: {"github": people} for owner, people in zip(owners, APPROVERS, strict=False)}
    plan = msgspec.structs.replace(made, approvers=approvers)
    given = [GivenApproval(APPROVERS[0][0], "", "https://github.com/halden-freight/access/pull/7")]
    approvals = [decided(each, given, {"": ""}) for each in asked([plan], "github", "", {})]
    return markdown.comment(plan, approvals=approvals).text


def _copy_sample(folder: Path) -> None:
    for name in ("partners", "access-groups"):
        shutil.copytree(SAMPLE / name, folder / name)
    for name in ("reconciler.yaml", "catalog.yaml"):
        shutil.copy(SAMPLE / name, folder)
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, *AUTHOR, "commit", "--quiet", "--message", "Add the sample")


def _edit(folder: Path, edits: Edits) -> None:
    for name, texts in edits.items():
        content = (folder / name).read_text("utf-8")
        for old, new in texts:
            if old not in content:
                raise LookupError(f"{name} does not contain {old!r}")
            content = content.replace(old, new)
        (folder / name).write_text(content, "utf-8")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S603, S607  the user's own git


def _run(folder: Path, *arguments: str) -> str:
    command = [RECONCILER, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603  our own command


if __name__ == "__main__":
    main()
