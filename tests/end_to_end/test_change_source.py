"""What the embedded portal stores about the source of what an apply writes."""

import sqlite3
from contextlib import closing
from pathlib import Path

from reconciler.portal_server.values.change_source import members_of
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from tests.end_to_end.test_converges import NOW, SAMPLE, applied, checked, quiet, within

COMMIT = "9f31c0e2a4"


def test_an_apply_leaves_its_commit_and_plan_at_each_change(tmp_path: Path) -> None:
    folder, known = str(tmp_path), checked(*SAMPLE)
    options = PlanOptions(portal="local", now=NOW, commit=COMMIT)
    made = within(folder, lambda portal: plan(known, portal, options, quiet), known).plan
    assert made is not None
    receipt = applied(folder, made, *SAMPLE)

    assert receipt.summary.applied == 12
    query = "SELECT source FROM audit WHERE kind NOT IN ('lease', 'api') ORDER BY seq"
    with closing(sqlite3.connect(tmp_path / "portal.db")) as database:
        sources = [members_of(source) for (source,) in database.execute(query)]
    assert [(each["commit"], each["plan"]) for each in sources] == [(COMMIT, made.digest)] * 12
    assert {each["file"].rpartition(":")[0] for each in sources} == {
        change.source.file for change in made.changes if change.source
    }
