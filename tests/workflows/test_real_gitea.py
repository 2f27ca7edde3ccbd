"""The workflows that `reconciler init --ci gitea` writes, with the events and tokens of a real Gitea."""

import json

import pytest

from tests.workflows.acting import ROOT
from tests.workflows.gitea_world import GiteaWorld
from tests.workflows.partners import NORDLYS

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]

PILOT = "access-groups/events-pilot.yaml"
# A group of tracking gets an API of finance, and is granted to a stranger.
BUNDLE = (
    (ROOT / PILOT)
    .read_text()
    .replace("[tracking-events-v1]", "[tracking-events-v1, invoices-v1]")
    .replace(
        "  grants:\n",
        "  grants:\n    - {developer: eve@stranger.example, level: view, until: 2027-06-30, reason: helps}\n",
    )
)
# Each branch has a token that can set any status.
FORGED = """\
on: pull_request
permissions: {contents: write}
jobs:
  forge:
    name: Forge
    runs-on: ubuntu-latest
    timeout-minutes: 1
    steps:
      - env:
          REPOSITORY: ${{ github.api_url }}/repos/${{ github.repository }}
          HEAD: ${{ github.event.pull_request.head.sha }}
          TOKEN: ${{ github.token }}
        run: |
          curl --fail --silent --noproxy '*' --header "Authorization: token $TOKEN" \\
            --json '{"context": "reconciler/approvals", "state": "success", "description": "Approved"}' \\
            "$REPOSITORY/statuses/$HEAD"
"""


WAITS = ("pending", "Missing: partnerships (pat)")
DRIFT = "The portal staging differs from the files"
PLANNED = {"Validate": "success", "Plan without a portal": "skipped", "Plan": "success"}


def test_a_change_is_planned_approved_merged_applied_and_its_drift_reported(gitea_world: GiteaWorld) -> None:
    number = gitea_world.open({"partners/nordlys.yaml": NORDLYS}, by="ana")
    head = gitea_world.head(number)

    assert gitea_world.work(head).jobs == PLANNED
    assert gitea_world.statuses(number) == [WAITS]
    comment, text = gitea_world.comment(number)
    assert "| `partnerships` | `partner/nordlys` | `pat` |  | ⏳ **missing** |" in text

    gitea_world.approve(number, by="pat")

    assert gitea_world.work(head).jobs == PLANNED
    assert gitea_world.statuses(number) == [WAITS, ("success", "Approved: partnerships (pat)")]
    assert gitea_world.place.live("nordlys") == []

    assert gitea_world.work(gitea_world.merge(number)).jobs == {"Apply": "success"}
    assert {row["api"] for row in gitea_world.place.live("nordlys")} == {"tracking-v2", "tracking-events-v1"}
    assert gitea_world.comment(number)[0] == comment
    assert "- `partnerships`: approved by [`pat`](" in gitea_world.comment(number)[1]
    assert gitea_world.dispatch("daily.yml").jobs == {"End what has ended": "success"}
    assert gitea_world.issues() == []

    renamed = NORDLYS.replace("Nordlys AS", "Nordlys ASA")
    (gitea_world.place.portal / "partners" / "nordlys.yaml").write_text(renamed)
    gitea_world.place.reconcile("apply", "--auto-approve")

    assert gitea_world.dispatch("daily.yml").jobs == {"End what has ended": "failure"}
    assert gitea_world.issues() == [("open", DRIFT)]

    assert gitea_world.dispatch("apply.yml").jobs == {"Apply": "success"}
    assert gitea_world.dispatch("daily.yml").jobs == {"End what has ended": "success"}
    assert gitea_world.issues() == [("closed", DRIFT)]


def test_a_review_of_an_older_commit_leaves_the_plan_of_the_newest_in_the_comment(
    gitea_world: GiteaWorld,
) -> None:
    number = gitea_world.open({"partners/nordlys.yaml": NORDLYS}, by="ana")
    first = gitea_world.head(number)
    gitea_world.work(first)
    harmless = gitea_world.comment(number)[1]
    branch = gitea_world.pull(number)["head"]["ref"]
    more = {"partners/nordlys.yaml": NORDLYS.replace("access: [tracking]", "access: [tracking, shipping]")}
    gitea_world.repository.commit(more, branch, by=gitea_world.people["ana"])
    gitea_world.work(gitea_world.head(number))
    late = {"event": "APPROVED", "commit_id": first}
    gitea_world.repository.ask("POST", f"/pulls/{number}/reviews", late, by=gitea_world.people["mallory"])
    ran = gitea_world.work(first)

    assert ran.jobs == PLANNED
    assert ("shipping" in harmless, "`shipping`" in gitea_world.comment(number)[1]) == (False, True)


def test_a_branch_that_sets_the_check_itself_is_merged_and_not_applied(gitea_world: GiteaWorld) -> None:
    number = gitea_world.open({PILOT: BUNDLE, ".gitea/workflows/forge.yml": FORGED}, by="mallory")
    planned = gitea_world.work(gitea_world.head(number))
    gitea_world.approve(number, by="tom")
    gitea_world.work(gitea_world.head(number))

    assert planned.jobs == {**PLANNED, "Forge": "success"}
    assert ("success", "Approved") in gitea_world.statuses(number)

    merged = gitea_world.work(gitea_world.merge(number))

    assert merged.jobs == {"Apply": "failure"}
    assert "finance has not approved" in merged.log
    reached = json.loads(gitea_world.place.reconcile("access", "--live", "--format=json"))["rows"]
    assert [row for row in reached if row["person"] == "eve@stranger.example"] == []
    text = gitea_world.comment(number)[1]
    assert "### 🔴 Merged but not applied to `staging`" in text
    assert "| `finance` | `adds their API to access-group/events-pilot` | `fin` |  | ⏳ **missing** |" in text
