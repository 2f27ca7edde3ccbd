"""The workflows, run as they stand: a pull request, its merge, each morning, and what must not happen."""

from typing import Any

import pytest

from tests.workflows.acting import ROOT
from tests.workflows.partners import FJORDHANDEL, LEAVER, NORDLYS
from tests.workflows.place import Place
from tests.workflows.world import FORK, World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

SUNDBY = NORDLYS.replace("nordlys", "sundby")
ENDED = NORDLYS.replace("spec:\n", "spec:\n  status: ended\n")
# The day before pipelines run here.
LAST_DAY = "2026-11-23"
# Whoever reads the last receipt of the folder would take this one.
FORGED = {".reconciler/receipts/9.json": '{"format": "reconciler-receipt/1.0", "plan": "made up"}'}


def check(world: World) -> dict[str, Any]:
    """Return the only check run that a plan has."""
    found, approvals = world.github.state.check_runs
    assert approvals["name"] == "reconciler/approvals"
    return found


def comments(world: World) -> list[str]:
    """Return the comments that there are."""
    return [each["body"] for each in world.github.state.comments]


def reached(world: World) -> set[str]:
    """Return which APIs the new partner's people reach."""
    return {row["api"] for row in world.place.live("nordlys")}


def test_a_partner_that_a_pull_request_adds_is_planned_approved_and_applied_once_merged(world: World) -> None:
    number, planned = world.propose({"partners/nordlys.yaml": NORDLYS, **FORGED})

    assert planned.jobs == {"validate": "success", "plan": "success", "report": "success"}
    assert (check(world)["name"], check(world)["conclusion"]) == ("reconciler plan (staging)", "success")
    plan = world.place.artifact("plan/plans/staging.json")
    assert (plan["digest"], plan["summary"]["peopleGaining"]) == (check(world)["external_id"], 1)
    assert "nordlys/shop" in comments(world)[0]
    assert world.place.kept("plan") == ["plans", "staging", "staging.html"]
    assert world.place.kept("plan/staging") == ["plan-1.md"]
    assert reached(world) == set()

    world.place.line.add("GET /.*", status=401)
    refused = world.merge(number)

    assert refused.jobs == {"apply": "failure", "report": "success"}
    assert "exit status 5" in refused.log
    assert ["Merged but not applied to `staging`" in each for each in comments(world)] == [True]

    merged = world.second_attempt().merged(number)

    assert merged.jobs == {"apply": "success", "report": "success"}
    assert reached(world) == {"tracking-v2", "tracking-events-v1"}
    receipt = world.place.receipts("applied-2")["staging"]
    assert (receipt["plan"], receipt["outcome"]) == (plan["digest"], "complete")
    (live,) = comments(world)
    assert "Applied to `staging`" in live

    again = world.second_attempt().merged(number)

    assert again.jobs == {"apply": "success", "report": "success"}
    assert comments(world) == [live]

    world.place.repository.push({"partners/nordlys.yaml": ENDED})
    (world.place.portal / "partners" / "nordlys.yaml").write_text(ENDED)
    world.place.reconcile("apply", "--auto-approve")
    late = world.second_attempt().merged(number)

    assert late.jobs == {"apply": "failure"}
    assert "main has newer commits than" in late.log
    assert reached(world) == set()
    assert comments(world) == [live]


def test_of_an_apply_that_waited_and_fails_half_way_the_receipt_is_kept_and_told(world: World) -> None:
    number, _ = world.propose({"partners/nordlys.yaml": NORDLYS})
    world.place.line.add("POST /grants", status=422)

    merged = world.merge(number, meanwhile={"partners/sundby.yaml": SUNDBY})

    assert merged.jobs == {"apply": "failure", "report": "success"}
    assert "exit status 6" in merged.log
    receipt = world.place.receipts("applied-1")["staging"]
    assert (receipt["outcome"], receipt["summary"]["failed"]) == ("incomplete", 1)
    assert world.place.live("sundby") == []
    assert "### 🔴 Not fully applied to `staging`" in comments(world)[0]


def test_what_nobody_approved_is_not_applied(world: World) -> None:
    number = world.open({"partners/nordlys.yaml": NORDLYS})

    merged = world.merge(number)
    pushed = world.push({"partners/sundby.yaml": SUNDBY})
    harmless = world.push({"README.md": "Our partners."})

    assert (merged.jobs, pushed.jobs) == ({"apply": "failure", "report": "success"},) * 2
    assert 'has no check "reconciler plan (staging)" of ours' in merged.log
    assert "no pull request was merged as this commit" in pushed.log
    assert harmless.jobs == {"apply": "success", "report": "success"}
    assert ["Merged but not applied" in each for each in comments(world)] == [True]
    assert world.place.live("nordlys") + world.place.live("sundby") == []


def test_who_leaves_is_out_although_the_rest_of_the_merge_was_not_approved(world: World) -> None:
    number = world.open({"partners/nordlys.yaml": NORDLYS, "partners/fjordhandel.yaml": FJORDHANDEL})

    merged = world.merge(number)

    assert merged.jobs == {"apply": "failure", "report": "success"}
    left = {row["person"] for row in world.place.live("fjordhandel")}
    assert (LEAVER in left, len(left) > 0, reached(world)) == (False, True, set())
    receipt = world.place.receipts("applied-1")["staging"]
    assert (receipt["selection"], receipt["summary"]["applied"]) == ("removals", 1)
    assert [
        ("Only removals applied to `staging`" in each, "nothing else of it" in each)
        for each in comments(world)
    ] == [(True, True)]


def test_a_fork_gets_its_files_checked_and_compared_without_a_secret_or_an_approval(world: World) -> None:
    wrong = NORDLYS.replace("owner: partnerships", "owner: nobody")
    number, refused = world.propose({"partners/nordlys.yaml": wrong}, repository=FORK)

    assert refused.jobs == {"validate": "failure", "fork": "failure"}
    assert "::error file=partners/nordlys.yaml,line=7" in refused.log
    assert world.answer_fork(number).jobs == {"comment": "success"}

    number, planned = world.propose({"partners/nordlys.yaml": NORDLYS}, repository=FORK)

    assert planned.jobs == {"validate": "success", "fork": "success"}
    assert (comments(world), world.github.requests) == ([], [])

    answered = world.answer_fork(number)

    assert answered.jobs == {"comment": "success"}
    assert "made by the fork's own run and has not been verified" in comments(world)[0]
    assert "nordlys/shop" in comments(world)[0]
    assert world.github.state.check_runs == []


def test_a_fork_that_names_another_pull_request_is_not_heard_there(world: World) -> None:
    others = world.open({"partners/sundby.yaml": SUNDBY})
    number, _ = world.propose({"partners/nordlys.yaml": NORDLYS}, repository=FORK)
    (world.place.artifacts / "fork" / "number").write_text(f"{others}\n")

    answered = world.answer_fork(number)
    (world.place.artifacts / "fork" / "number").write_text("1; touch made-by-fork\n")
    hostile = world.answer_fork(number)

    assert (answered.jobs, hostile.jobs) == ({"comment": "success"}, {"comment": "failure"})
    assert f"is not the head of #{others}" in answered.log
    assert comments(world) == []


def test_a_denied_plan_is_shown_and_goes_through_only_by_its_digest_and_base(world: World) -> None:
    cargolane = world.place.portal / "partners" / "cargolane.yaml"
    cargolane.write_text(cargolane.read_text().replace("Cargolane Sp. z o.o.", "Somebody else"))
    world.place.reconcile("apply", "--auto-approve")
    number, planned = world.propose({"partners/quaysoft.yaml": None})

    assert planned.jobs == {"validate": "success", "plan": "failure", "report": "success"}
    assert check(world)["conclusion"] == "failure"
    assert "guard-partner-removed" in comments(world)[0]
    digest = world.place.artifact("plan/plans/staging.json")["digest"]

    merged = world.merge(number)

    assert merged.jobs == {"apply": "failure", "report": "success"}
    assert "Merged but not applied" in comments(world)[0]
    assert world.place.live("quaysoft") != []

    other = world.dispatch("apply.yml", digest=digest)
    base = world.place.repository.git("rev-parse", "main^1")
    through = world.dispatch("apply.yml", digest=digest, base=base)

    assert (other.jobs, through.jobs) == ({"apply": "failure"}, {"apply": "success"})
    assert world.place.receipts("applied-1")["staging"]["plan"] == digest
    assert world.place.live("quaysoft") == []


def test_where_nothing_governs_a_push_it_ends_well_and_asks_for_an_apply_by_hand(world: World) -> None:
    valid = (world.place.repository.folder / "reconciler.yaml").read_text()

    broken = world.push({"reconciler.yaml": "kind: Nothing\n"})
    repaired = world.push({"reconciler.yaml": valid, "partners/nordlys.yaml": NORDLYS})
    first = world.push({"README.md": "Our partners."}, first=True)

    assert (broken.jobs, repaired.jobs, first.jobs) == (
        {"apply": "failure"},
        {"apply": "success"},
        {"apply": "success"},
    )
    for ran in (repaired, first):
        assert "has no valid configuration: run apply by hand." in ran.log
    assert reached(world) == set()

    assert world.dispatch("apply.yml").jobs == {"apply": "success"}
    assert reached(world) == {"tracking-v2", "tracking-events-v1"}


def test_where_no_portal_is_configured_files_are_checked_and_nothing_else_happens(world: World) -> None:
    unconfigured = world.without_portal()

    number, planned = unconfigured.propose({"partners/nordlys.yaml": NORDLYS})
    merged = unconfigured.merge(number)

    assert (planned.jobs, merged.jobs, unconfigured.morning().jobs) == ({"validate": "success"}, {}, {})
    assert world.github.requests == []


def test_each_morning_ends_what_has_ended_and_keeps_one_issue_about_the_rest(world: World) -> None:
    ended = (ROOT / "partners" / "kaufwerk.yaml").read_text().replace("2029-06-30", LAST_DAY)
    old, _ = world.place.repository.push({"partners/kaufwerk.yaml": ended, **FORGED})
    (world.place.portal / "partners" / "kaufwerk.yaml").write_text(ended)
    cargolane = world.place.portal / "partners" / "cargolane.yaml"
    cargolane.write_text(cargolane.read_text().replace("Cargolane Sp. z o.o.", "Somebody else"))
    world.place.reconcile("apply", "--auto-approve", f"--today={LAST_DAY}")

    world.place.repository.git("checkout", "--quiet", "--detach", old)  # where a run that waited began
    first = world.morning()
    world.place.repository.git("checkout", "--quiet", "main")
    (receipt,) = world.place.kept("expired")
    ends = [entry["id"] for entry in world.place.artifact(f"expired/{receipt}")["entries"]]

    assert first.jobs == {"expire": "success", "compare": "failure", "report": "success"}
    assert "exit status 2" in first.log
    assert ends == ["grant/shipping/team/kaufwerk/labs"]
    (issue,) = world.github.state.issues
    assert issue["state"] == "open"
    assert "Cargolane Sp. z o.o." in issue["body"]

    assert world.dispatch("apply.yml").jobs == {"apply": "success"}
    assert world.morning().jobs == {"expire": "success", "compare": "success", "report": "success"}
    assert [each["state"] for each in world.github.state.issues] == ["closed"]


def test_several_portals_have_a_comment_a_check_and_a_result_each(world: World) -> None:
    # The local portal is empty, so that it lacks the groups of the partner.
    several = world.at("staging, local")
    number, planned = several.propose({"partners/nordlys.yaml": NORDLYS})

    assert planned.jobs == {"validate": "success", "plan": "failure", "report": "success"}
    assert "exit status 4" in planned.log
    assert (check(world)["name"], check(world)["conclusion"]) == ("reconciler plan (staging)", "success")

    merged = several.merge(number)

    assert merged.jobs == {"apply": "failure", "report": "success"}
    assert "exit status 4" in merged.log
    assert list(world.place.receipts("applied-1")) == ["staging"]
    assert ["Applied to `staging`" in each for each in comments(world)] == [True]
    assert reached(world) == {"tracking-v2", "tracking-events-v1"}


def test_two_portals_are_planned_approved_and_applied_each_with_its_receipt(
    world: World, production: Place
) -> None:
    several = world.at("staging, production")
    number, planned = several.propose({"partners/nordlys.yaml": NORDLYS})

    assert planned.jobs == {"validate": "success", "plan": "success", "report": "success"}
    checks = {each["name"]: each for each in world.github.state.check_runs}
    names = ("staging", "production")
    digests = {name: checks.pop(f"reconciler plan ({name})")["external_id"] for name in names}
    assert (list(checks), len(set(digests.values())), len(comments(world))) == (
        ["reconciler/approvals"],
        2,
        2,
    )

    merged = several.merge(number)

    assert merged.jobs == {"apply": "success", "report": "success"}
    receipts = world.place.receipts("applied-1")
    assert {name: (each["plan"], each["outcome"]) for name, each in receipts.items()} == {
        name: (digest, "complete") for name, digest in digests.items()
    }
    assert [[f"Applied to `{name}`" in each for each in comments(world)].count(True) for name in names] == [
        1,
        1,
    ]
    assert len(comments(world)) == len(names)
    in_production = {row["api"] for row in production.live("nordlys")}
    assert in_production == reached(world) == {"tracking-v2", "tracking-events-v1"}


@pytest.mark.usefixtures("production")
def test_a_portal_that_cannot_be_planned_is_not_forgotten_where_the_others_have_nothing_to_apply(
    world: World,
) -> None:
    several = world.at("staging, production")
    number = several.open({"README.md": "Our partners.\n"})
    world.place.line.add("GET /.*", status=401)

    merged = several.merge(number)

    assert merged.jobs == {"apply": "failure", "report": "success"}
    assert "exit status 5" in merged.log
