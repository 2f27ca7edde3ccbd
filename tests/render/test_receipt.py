"""A receipt, as people read it and as scripts do."""

from reconciler.model.receipt import Entry, Receipt, read_receipt, summarise
from reconciler.render import machine, text
from tests.render.plans import lines

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
        summary=summarise(entries),
        entries=entries,
    )


def test_where_all_was_applied_only_the_number_is_said() -> None:
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


def test_what_was_not_applied_is_coloured() -> None:
    [line, _] = text.receipt(receipt(SKIPPED), color=True).splitlines()

    assert line == (
        "\x1b[33mskipped  create  membership/acme/ops/ana@acme.example  needs team/acme/ops\x1b[0m"
    )


def test_scripts_get_every_key() -> None:
    assert machine.receipt(receipt(FAILED)) == lines(
        """
        {
          "format": "reconciler-receipt/1.1",
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
          "traffic": null
        }
        """
    )


def test_what_scripts_get_is_read_again_as_it_was() -> None:
    written = receipt(APPLIED, FAILED, SKIPPED, UNKNOWN)

    assert read_receipt(machine.receipt(written).encode()) == written
