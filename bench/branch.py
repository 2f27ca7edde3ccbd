"""Measure the pull request of one partner, with an embedded portal on PostgreSQL that others use as well.

The portal has 1,000,000 memberships, which another configuration manages, beside the partners of the
repository. `plan --base` reads what the branch touches. Prints its requests, elapsed and CPU time, both also
beyond those of `validate`, which reads the same files and no portal, and its memory.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bench import generate, seed
from bench.memberships import fill
from bench.pages import served
from bench.process import Run, run
from bench.run import AUTHOR, RECONCILER, TODAY
from reconciler.portal_server import issue_token
from tests.servers.postgresql import running

TOKEN: Final = "PORTAL_TOKEN"  # noqa: S105  the name of the variable
VALIDATE: Final = (RECONCILER, "validate", "--base", "HEAD", "--today", TODAY)
PLAN: Final = (RECONCILER, "plan", "--base", "HEAD", "--today", TODAY)
# A line of --verbose.
REQUEST: Final = re.compile(r"\b(?:GET|POST) /\S+ \d{3} \d+ ms")


def add_access(text: str) -> str:
    """Return a partner with a second group of the same owner."""
    group = int(re.findall(r"\(API-(\d+)\)", text)[0]) - 4000
    entry = generate.entry((group + len(generate.OWNERS)) % generate.GROUPS)
    return text.replace("  access: [", f"  access: [{entry}, ", 1)


def remove_access(text: str) -> str:
    """Return a partner whose teams have no access any more."""
    return re.sub(r"\n +access:(?: \[.*\]|\n +- \{group.*)", "", text)


EDITS: Final[Mapping[str, Callable[[str], str]]] = {
    "a group more": add_access,
    "all access removed": remove_access,
}


def prepare(root: Path, database: str, url: str, partners: int) -> None:
    """Write a repository of this many partners, which the portal holds as well, and commit it."""
    generate.generate(root, partners)
    seed.seed(root, database, TODAY)
    file = root / "reconciler.yaml"
    portal = f"{{type: embedded, url: '{url}', token: {{env: {TOKEN}}}}}"
    file.write_text(file.read_text().replace("{type: embedded, database: portal.db}", portal))
    for arguments in (["init", "--quiet"], ["add", "."], [*AUTHOR, "commit", "--quiet", "--message", "All"]):
        run(["git", *arguments], root)


def measure(root: Path, environment: Mapping[str, str], times: int) -> None:
    """Change one partner, and print a line for each change."""
    file = sorted(root.glob("partners/*.yaml"))[1]
    text = file.read_text()
    print(f"{'change of one partner':24}requests  wall s  beyond  CPU s  beyond  MB")
    for title, edit in EDITS.items():
        file.write_text(edit(text))
        pairs = [
            (run(VALIDATE, root, environment=environment), run(PLAN, root, environment=environment))
            for _ in range(times)
        ]
        requests = len(REQUEST.findall(log(root, environment)))
        validate, plan = ([pair[place] for pair in pairs] for place in (0, 1))
        wall, cpu = median(plan, lambda one: one.wall), median(plan, lambda one: one.cpu)
        more_wall = wall - median(validate, lambda one: one.wall)
        more_cpu = cpu - median(validate, lambda one: one.cpu)
        megabytes = median(plan, lambda one: one.megabytes)
        print(f"{title:24}{requests:8}{wall:8.2f}{more_wall:8.2f}{cpu:7.2f}{more_cpu:8.2f}{megabytes:5.0f}")
        print("   ", plan[0].output.strip().rpartition("\n")[2])


def log(root: Path, environment: Mapping[str, str]) -> str:
    """Return what the plan logs: each request."""
    with tempfile.TemporaryFile("w+") as errors:
        run([*PLAN, "--verbose"], root, environment=environment, stderr=errors.fileno())
        errors.seek(0)
        return errors.read()


def median(runs: list[Run], figure: Callable[[Run], float]) -> float:
    """Return the median of a figure."""
    return statistics.median(map(figure, runs))


def main() -> None:
    """Fill a portal, serve it, change files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--partners", type=int, default=100)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with running("shared_buffers=512MB") as database, tempfile.TemporaryDirectory() as temporary:
        if database is None:
            sys.exit(f"{Path(__file__).name}: no PostgreSQL server is installed here")
        fill(database, options.members, "another-company").close()
        with served(database, 1) as [url]:
            root = Path(temporary)
            prepare(root, database, url, options.partners)
            token = issue_token(database, name="plans", scope="read")
            measure(root, {**os.environ, TOKEN: token}, options.times)


if __name__ == "__main__":
    main()
