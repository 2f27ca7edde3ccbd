"""A receipt, as people read it and as scripts do."""

import msgspec

from reconciler.model.access import AccessChange, Impact
from reconciler.model.receipt import Entry, Receipt, read_receipt, summarize
from reconciler.render import json_format, markdown, text
from tests.render.plans import bare, lines

APPLIED = Entry("partner/acme", "create", "applied")
FAILED = Entry("team/acme/ops", "update", "failed", "409: the name is taken", 3)
SKIPPED = Entry("membership/acme/ops/ana@acme.example", "create", "skipped", "needs team/acme/ops", 0)
UNKNOWN = Entry("access-group/tracking", "delete", "unknown", "the answer was lost")


def receipt(*entries: Entry) -> Receipt:
    return Receipt(
        plan="sha256:00",
        portal="local",
        started="2026-11-24T12:00:00Z",
        finished="2026-11-24T12:00:01Z",
        outcome="complete" if {each.outcome for each in entries} <= {"applied"} else "incomplete",
        summary=summarize(entries),
        entries=entries,
    )


def test_a_complete_receipt_has_only_the_number_of_changes() -> None:
    assert text.receipt(receipt(APPLIED, APPLIED), color=False) == "Applied 2.\n"


def test_what_was_not_applied_is_named_with_its_reason() -> None:
    assert text.receipt(receipt(APPLIED, FAILED, SKIPPED, UNKNOWN), color=False) == lines(
        """
        failed   update  team/acme/ops                         409: the name is taken
        skipped  create  membership/acme/ops/ana@acme.example  needs team/acme/ops
        unknown  delete  access-group/tracking                 the answer was lost
        Applied 1, 1 failed, 1 skipped, 1 unknown.
        """
    )


GAINED = AccessChange("rates", "none", "view", "acme/ops", ("ana@acme.example",), ("access-group/a",), None)
LOST = AccessChange("labels", "view", "none", None, ("sam@indie.example",), ("access-group/b",), "2027-12-31")


def test_who_was_not_there_reads_who_applied_and_who_gained_and_lost_access() -> None:
    written = msgspec.structs.replace(
        receipt(APPLIED), applied_by="ana@laptop", access=Impact((GAINED,), (LOST,))
    )

    assert text.receipt(written, color=False, whole=True) == lines(
        """
        Receipt for local, 2026-11-24T12:00:00Z to 2026-11-24T12:00:01Z, plan sha256:00, applied by ana@laptop

        applied  create  partner/acme

        Who gained access
          + acme/ops, 1 person: ana@acme.example
              rates  none → view  via a
        Who lost access
          - sam@indie.example
              labels  view → none  via b, was until 2027-12-31

        Applied 1.
        """
    )


def test_unknown_facts_are_omitted() -> None:
    assert text.receipt(receipt(APPLIED), color=False, whole=True) == lines(
        """
        Receipt for local, 2026-11-24T12:00:00Z to 2026-11-24T12:00:01Z, plan sha256:00

        applied  create  partner/acme

        Applied 1.
        """
    )


def test_a_run_that_stopped_says_why() -> None:
    stopped = msgspec.structs.replace(receipt(), problem="the lease was lost")

    assert (
        "Stopped early: the lease was lost" in text.receipt(stopped, color=False),
        "Stopped early: `the lease was lost`" in markdown.receipt(stopped),
    ) == (True, True)


def test_what_was_not_applied_is_coloured() -> None:
    [line, _] = text.receipt(receipt(SKIPPED), color=True).splitlines()

    assert line == (
        "\x1b[33mskipped  create  membership/acme/ops/ana@acme.example  needs team/acme/ops\x1b[0m"
    )


def test_scripts_get_every_key() -> None:
    assert json_format.receipt(receipt(FAILED)) == lines(
        """
        {
          "format": "reconciler-receipt/1.6",
          "plan": "sha256:00",
          "portal": "local",
          "started": "2026-11-24T12:00:00Z",
          "finished": "2026-11-24T12:00:01Z",
          "outcome": "incomplete",
          "summary": {
            "applied": 0,
            "failed": 1,
            "skipped": 0,
            "unknown": 0
          },
          "entries": [
            {
              "id": "team/acme/ops",
              "action": "update",
              "outcome": "failed",
              "message": "409: the name is taken",
              "attempts": 3,
              "seconds": 0.0
            }
          ],
          "problem": "",
          "converged": null,
          "unsettled": [],
          "traffic": null,
          "appliedBy": "",
          "access": null,
          "selection": "all",
          "approvals": []
        }
        """
    )


def test_what_scripts_get_is_read_again_as_it_was() -> None:
    written = msgspec.structs.replace(
        receipt(APPLIED, FAILED, SKIPPED, UNKNOWN), applied_by="ana@laptop", access=Impact((GAINED,), (LOST,))
    )

    assert read_receipt(json_format.receipt(written).encode()) == written


def test_of_a_merge_of_which_only_removals_were_applied_the_comment_says_so() -> None:
    written = msgspec.structs.replace(receipt(APPLIED), selection="removals", access=Impact((), (LOST,)))
    whole = bare(digest="sha256:11", access=Impact((GAINED,), ()))
    comment = markdown.receipt(written, whole)

    assert "### 🟡 Only removals applied to `local` at 2026-11-24 12:00 UTC" in comment
    assert "Only the removals of the merge were applied, and nothing else of it." in comment
    assert ("1 person lost access." in comment, "gained" in comment) == (True, False)
    own = msgspec.structs.replace(whole, digest="sha256:00")
    assert "nothing else of it" not in markdown.receipt(written, own)
