"""What the page about access shows is what the sample gives."""

import re
from pathlib import Path

from reconciler.access import report
from reconciler.desired import desire
from reconciler.model.access import AccessFilter, AccessRow
from reconciler.model.resource import Desired
from reconciler.workflow import check

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "access.md").read_text("utf-8")
TODAY = "2026-11-24"
HEAD = "| API | level | team | through | until |\n|---|---|---|---|---|\n"


def sample() -> Desired:
    repository = check(ROOT / "reconciler.yaml", TODAY).repository
    assert repository is not None
    return desire(repository, TODAY)


def rows(desired: Desired, person: str) -> tuple[AccessRow, ...]:
    keep = AccessFilter(person=person)
    return report(desired.resources, {}, TODAY, source="files", keep=keep).rows


def test_the_paths_of_a_person_are_those_of_the_sample() -> None:
    (person,) = re.findall(r"<!-- (.+@.+) -->", PAGE)
    table = "".join(
        f"| {row.api} | {row.level} | {row.team} | {', '.join(row.via)} | {row.until or ''} |\n".replace(
            "  ", " "
        )
        for row in rows(sample(), person)
    )

    assert f"<!-- {person} -->\n{HEAD}{table}\n" in PAGE


def test_an_explained_path_names_the_lines_of_the_sample() -> None:
    desired = sample()
    shown = re.findall(r"^    (\S+) +(\S+:\d+:\d+)$", PAGE, flags=re.MULTILINE)
    (row,) = (row for row in rows(desired, "ewa.nowak@cargolane.example") if row.api == "tracking-v2")

    assert shown == [
        (edge, str(origin.source)) for edge in row.edges if (origin := desired.resources[edge].origin)
    ]
