"""What is printed grows with what there is to print, whatever is very long or mostly empty in it."""

from reconciler.model.access import AccessChange, AccessReport, AccessRow
from reconciler.render import markdown
from reconciler.render.grouping import group_access
from reconciler.render.text.style import columns
from tests.growth import memory


class Counted(str):
    """A text that counts how often it was compared."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return str(self) == other

    __hash__ = str.__hash__


def test_rows_of_many_apis_are_put_together_without_comparing_each_with_each() -> None:
    rows = [
        AccessChange(Counted(f"a{each}"), "none", "view", "acme/web", (), ("access-group/g",), None)
        for each in range(1_000)
    ]
    Counted.comparisons = 0
    group_access(rows)

    assert Counted.comparisons < 1_000


def test_a_very_long_cell_does_not_widen_all_rows() -> None:
    def cost(number: int) -> int:
        rows = [("x" * 100 * number, "y"), *[("x", "y")] * number]
        return memory(lambda: columns(rows))

    assert cost(400) < 2.4 * cost(200)


def test_what_follows_a_very_long_cell_has_a_gap() -> None:
    assert columns([("x" * 200, "y"), ("z", "y")]) == [f"{'x' * 200}  y", f"z{' ' * 101}y"]


def sparse(number: int) -> AccessReport:
    """Return a report in which each team reaches one API that no other reaches."""
    via = ("access-group/g",)
    rows = [
        AccessRow("ana@acme.example", None, "member", f"acme/t{each}", f"a{each}", "view", via, None)
        for each in range(number)
    ]
    return AccessReport("files", tuple(rows), (), ())


def test_a_matrix_that_would_be_mostly_empty_is_a_list() -> None:
    short, long = markdown.access(sparse(150)), markdown.access(sparse(300))

    assert short.splitlines()[:3] == [
        "| Who | People | API | Access |",
        "| --- | --- | --- | --- |",
        "| `acme/t0` | 1 | `a0` | view |",
    ]
    assert len(long) < 2.4 * len(short)
