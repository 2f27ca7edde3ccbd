"""What the page about access shows is what the sample gives."""

import re
from pathlib import Path

from reconciler.access import report
from reconciler.desired import build_desired_state
from reconciler.model.access import AccessFilter, AccessReport, AccessRow, EdgeFacts
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.resource import Desired
from reconciler.render import text
from reconciler.workflow.validate import check

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "access.md").read_text("utf-8")
TODAY = "2026-11-24"
HEAD = "| API | level | team | through | until |\n|---|---|---|---|---|\n"


def sample() -> Desired:
    repository = check(ROOT / "reconciler.yaml", TODAY).repository
    assert repository is not None
    return build_desired_state(repository, TODAY)


def rows(desired: Desired, person: str) -> tuple[AccessRow, ...]:
    keep = AccessFilter(person=person)
    return report(Reach(gather(desired.resources.values()), TODAY), {}, source="files", keep=keep).rows


def test_the_paths_of_a_person_are_those_of_the_sample() -> None:
    (person,) = re.findall(r"<!-- (.+@.+) -->", PAGE)
    table = "".join(
        f"| {row.api} | {row.level} | {row.team} | {', '.join(row.via)} | {row.until or ''} |\n".replace(
            "  ", " "
        )
        for row in rows(sample(), person)
    )

    assert f"<!-- {person} -->\n{HEAD}{table}\n" in PAGE


def test_an_explained_path_is_that_of_the_sample_with_made_up_commits() -> None:
    desired = sample()
    (row,) = (row for row in rows(desired, "ewa.nowak@cargolane.example") if row.api == "tracking-v2")
    places = {each: str(origin.source) for each in row.edges if (origin := desired.resources[each].origin)}
    brought = {
        "partners": "9f31c0e5 Ana, 2026-10-01, #12, approved by Bo",
        "access-groups": "4b7a2d10 Cy, 2026-03-02, #3",
    }
    facts = {
        each: EdgeFacts(place=place, brought=brought[place.partition("/")[0]])
        for each, place in places.items()
    }
    explained = text.explanation(AccessReport("files", (row,), (), ()), facts, color=False)

    path = explained.removesuffix("1 person has access to 1 API.\n")
    assert f"```\n{path}```\n" in PAGE
