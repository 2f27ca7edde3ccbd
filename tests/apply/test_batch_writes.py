"""What travels together, and what becomes of each change."""

from collections.abc import Sequence

import pytest

from reconciler.model.cancellation import Stop
from reconciler.model.plan import Change
from reconciler.model.write_result import Resolution, WriteResult
from tests.apply.whole_objects import WholeTeams, applied, change, member, outcomes

A, B, C = member("a"), member("b"), member("c")
OTHER = member("x", "acme/ops")
LOST = WriteResult("unknown", "the response was lost", 2)
DONE = ("applied", "", 1)


@pytest.mark.parametrize("alone", [change("partner/acme"), A])
def test_a_write_is_in_the_journal_before_it_is_sent(alone: Change) -> None:
    portal = WholeTeams()

    applied(portal, alone)

    assert portal.events == [("begin", alone.id), ("write", alone.id), ("end", alone.id)]


def test_every_change_of_a_batch_is_in_the_journal_before_the_batch_is_sent() -> None:
    portal = WholeTeams()

    applied(portal, A, B, C)

    assert {what for what, *_ in portal.events[:3]} == {"begin"}
    assert portal.events[3:] == [("write", A.id, B.id, C.id), ("end", A.id), ("end", B.id), ("end", C.id)]


def test_changes_of_one_object_are_written_together_and_others_beside_them() -> None:
    portal = WholeTeams()

    receipt = applied(portal, A, OTHER, B, change("partner/bolt"))

    assert sorted(portal.batches) == [[OTHER.id], [A.id, B.id], ["partner/bolt"]]
    assert outcomes(receipt) == [DONE] * 4


def test_a_batch_is_no_larger_than_the_portal_allows_and_the_next_one_waits() -> None:
    portal = WholeTeams(size=2)

    applied(portal, A, B, C)

    assert (portal.batches, portal.overlaps) == ([[A.id, B.id], [C.id]], 0)


def test_a_portal_that_merges_nothing_gets_the_changes_of_an_object_one_after_another() -> None:
    portal = WholeTeams(size=1)

    applied(portal, A, B, C, OTHER)

    assert [batch for batch in portal.batches if batch != [OTHER.id]] == [[A.id], [B.id], [C.id]]
    assert portal.overlaps == 0


def test_a_change_that_needs_one_of_its_object_is_written_after_it() -> None:
    portal = WholeTeams()
    later = member("d", "acme/web", A.id)

    applied(portal, A, later, B)

    assert portal.batches == [[A.id, B.id], [later.id]]


def test_one_invalid_change_does_not_stop_those_that_were_sent_with_it() -> None:
    def refuse(batch: Sequence[Change]) -> list[WriteResult]:
        invalid = B in batch
        return [WriteResult("failed", "422 invalid address") if invalid else WriteResult("applied")] * len(
            batch
        )

    portal = WholeTeams(answers=refuse)

    receipt = applied(portal, A, B, C)

    assert portal.batches == [[A.id, B.id, C.id], [A.id], [B.id], [C.id]]
    assert outcomes(receipt) == [("applied", "", 2), ("failed", "422 invalid address", 2), ("applied", "", 2)]


def test_a_batch_of_which_only_some_failed_is_not_sent_again() -> None:
    def refuse(batch: Sequence[Change]) -> list[WriteResult]:
        return [WriteResult("failed", "no") if each == B else WriteResult("applied") for each in batch]

    portal = WholeTeams(answers=refuse)

    assert outcomes(applied(portal, A, B)) == [DONE, ("failed", "no", 1)]
    assert portal.batches == [[A.id, B.id]]


def test_after_a_lost_response_each_change_of_the_batch_is_looked_up() -> None:
    portal = WholeTeams(
        answers=lambda batch: [LOST] * len(batch),
        resolutions={
            A.id: [Resolution("applied")],
            B.id: [Resolution("not applied", "another user was first")],
            C.id: [Resolution("unknown")],
        },
    )

    receipt = applied(portal, A, B, C)

    assert outcomes(receipt) == [
        ("applied", "", 2),
        ("failed", "another user was first", 2),
        ("unknown", "the response was lost", 2),
    ]
    assert portal.batches == [[A.id, B.id, C.id]]


def test_a_change_that_was_surely_not_applied_is_written_again_alone() -> None:
    results = iter([[LOST, LOST], [WriteResult("applied")]])
    portal = WholeTeams(
        answers=lambda _: next(results),
        resolutions={A.id: [Resolution("applied")], B.id: [Resolution("not applied", retry=True)]},
    )

    assert outcomes(applied(portal, A, B)) == [("applied", "", 2), ("applied", "", 3)]
    assert portal.batches == [[A.id, B.id], [B.id]]


def test_a_change_is_not_written_again_without_end() -> None:
    portal = WholeTeams(
        answers=lambda _: [LOST],
        resolutions={A.id: [Resolution("not applied", "it changes all the time", retry=True)] * 9},
    )

    assert outcomes(applied(portal, A)) == [("failed", "it changes all the time", 8)]
    assert portal.batches == [[A.id]] * 4


def test_what_needs_an_unknown_change_is_skipped() -> None:
    portal = WholeTeams(answers=lambda _: [LOST], resolutions={A.id: [Resolution("unknown")]})
    later = member("d", "acme/web", A.id)

    assert outcomes(applied(portal, A, later))[1] == ("skipped", f"needs {A.id}", 0)


@pytest.mark.parametrize(
    ("results", "message"),
    [([WriteResult("applied")], "the adapter reported 1 result, not 2"), (None, "KeyError: 'id'")],
)
def test_a_mistake_of_an_adapter_makes_the_outcome_unknown(
    results: list[WriteResult] | None, message: str
) -> None:
    def wrong(_: Sequence[Change]) -> list[WriteResult]:
        if results is None:
            raise KeyError("id")
        return results

    portal = WholeTeams(
        answers=wrong, resolutions={A.id: [Resolution("applied")], B.id: [Resolution("unknown")]}
    )
    first, second = outcomes(applied(portal, A, B))

    assert first[0] == "applied"
    assert (second[0], second[1].removeprefix("unexpected error: ")) == ("unknown", message)


def test_an_adapter_that_fails_to_look_up_a_change_leaves_it_unknown() -> None:
    portal = WholeTeams(answers=lambda _: [LOST])

    [(outcome, message, _)] = outcomes(applied(portal, A))

    assert (outcome, message) == ("unknown", f"unexpected error: KeyError: '{A.id}'")


def test_after_a_stop_the_next_batch_is_not_written() -> None:
    stop = Stop()

    def interrupt(batch: Sequence[Change]) -> list[WriteResult]:
        stop.ask("interrupted")
        return [WriteResult("applied") for _ in batch]

    portal = WholeTeams(size=2, answers=interrupt)

    assert outcomes(applied(portal, A, B, C, stop=stop)) == [DONE, DONE, ("skipped", "interrupted", 0)]


def test_changes_that_need_each_other_are_skipped_once_each() -> None:
    a, b = change("partner/a", "partner/b"), change("partner/b", "partner/a")

    assert outcomes(applied(WholeTeams(), a, b)) == [
        ("skipped", "needs partner/b", 0),
        ("skipped", "needs partner/a", 0),
    ]
