"""Operations that change separate values are made together, and others one after another."""

from reconciler.edit import Operation, independent_runs
from reconciler.edit.operations import Append, Drop, Put, RemoveEach, Replace

FIRST, SECOND = ("members", 0), ("members", 1)


def test_changes_of_separate_values_are_one_run() -> None:
    operations: list[Operation] = [Replace(FIRST, "x"), Put(SECOND, "until", "y"), Drop(("team",), "z")]

    assert list(independent_runs(operations)) == [operations]


def test_changes_of_one_value_and_of_what_is_in_it_are_separate_runs() -> None:
    inside, again, around = Put(FIRST, "until", "y"), Drop(FIRST, "until"), Replace(("members",), [])

    assert list(independent_runs([inside, again, around])) == [[inside], [again], [around]]
    assert list(independent_runs([around, inside])) == [[around], [inside]]


def test_entries_are_added_and_removed_in_runs_of_their_own() -> None:
    change, added, gone = (
        Replace(FIRST, "x"),
        Append(("members",), "y"),
        RemoveEach(("admins",), frozenset({0})),
    )

    assert list(independent_runs([change, added, gone, change])) == [[change], [added], [gone], [change]]
    assert list(independent_runs([])) == []
