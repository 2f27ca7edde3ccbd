"""Measure `reconciler sync` with the accounts of a CSV file, as whole commands.

Prints CPU times as multiples of the time that `reconciler validate` takes for the files that it writes.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_CONFIGURATION: Final = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: bench}
spec:
  paths: {partners: [Partner]}
  owners: {partnerships: {email: p@our-company.example}}
  sources:
    crm:
      type: csv
      file: accounts.csv
      id: Id
      fields:
        displayName: Name
        type: {default: reseller}
        owner: {default: partnerships}
        domains: Website
        agreement: Contract
        until: {column: End, date: "%d.%m.%Y"}
      new:
        teams: [{name: ops, admins: ["{Contact}"]}]
"""
_HEADER: Final = "Id,Name,Website,Contract,End,Contact\n"


def accounts(count: int, year: int) -> str:
    """Return a CSV file with accounts whose contracts end in a year."""
    rows = (
        f"{each:06},Partner {each},https://p{each}.example,MSA-{each},31.12.{year},ana@p{each}.example\n"
        for each in range(count)
    )
    return _HEADER + "".join(rows)


def run(root: Path, *words: str) -> tuple[float, str]:
    """Run the command in a folder; return its CPU seconds and the last line that it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "reconciler", *words, "--today", "2026-11-24"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, (ran.stderr or ran.stdout).splitlines()[-1]


def main() -> None:
    """Print a row for new accounts, for a sync without changes, and for one that changes each partner."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    count = parser.parse_args().accounts
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "partners").mkdir()
        (root / "reconciler.yaml").write_text(_CONFIGURATION)
        (root / "accounts.csv").write_text(accounts(count, 2031))
        rows = [("new files", *run(root, "sync", "crm")), ("no change", *run(root, "sync", "crm"))]
        (root / "accounts.csv").write_text(accounts(count, 2032))
        rows.append(("all changed", *run(root, "sync", "crm")))
        validated, _ = run(root, "validate")
    print(f"{count:,} accounts; `validate` of their files takes {validated:.1f} s")
    for what, seconds, result in rows:
        print(f"{what:12} {seconds / validated:5.1f} times   {result}")


if __name__ == "__main__":
    main()
