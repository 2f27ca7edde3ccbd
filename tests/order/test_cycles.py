"""Circles of needs: what is given up, and that no change is left that needs itself."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.plan import Change
from reconciler.order.cycles import break_cycles
from reconciler.order.dependency_graph import DependencyGraph, Strength
from tests.laws import examples

NAMES = "abcdef"


class Weave(NamedTuple):
    """What a web is woven of: changes with their parts, what is kept, what is shut out, and what is many."""

    planned: list[Change]
    kept: list[tuple[str, str]]
    shut_out: list[tuple[str, str]]
    many: int

    def web(self) -> DependencyGraph:
        web = DependencyGraph(self.planned, self.many)
        for lowerings, raises in self.kept:
            web.preserve(lowerings, raises)
        for change, need in self.shut_out:
            web.add(change, need, Strength.NO_EXCESS)
        return web


def planned(names: Iterable[str], parts: Iterable[tuple[str, str]] = ()) -> list[Change]:
    """Return changes that need nothing but parts, which are pairs of a change and its need."""
    needs = {name: tuple(need for change, need in parts if change == name) for name in names}
    return [Change(id=name, kind="grant", action="create", needs=needs[name]) for name in needs]


def ahead(web: DependencyGraph, change: str) -> set[str]:
    """Return all that a change comes after by its needs."""
    found: set[str] = set()
    waiting = [change]
    while waiting:
        new = set(web.of(waiting.pop())) - found
        found |= new
        waiting += new
    return found


def circular(web: DependencyGraph, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in ahead(web, name)]


def needs(web: DependencyGraph, names: Sequence[str]) -> dict[str, str]:
    return {name: "".join(sorted(web.of(name))) for name in names}


@st.composite
def weaves(draw: st.DrawFn) -> Weave:
    """Draw a web of six changes whose parts are in no circle."""
    pairs = st.permutations(NAMES).map(lambda names: (names[0], names[1]))
    bundles = st.tuples(st.permutations(NAMES), st.integers(1, 4), st.integers(1, 4)).map(
        lambda drawn: ("".join(drawn[0][: drawn[1]]), "".join(drawn[0][drawn[1] :][: drawn[2]]))
    )
    parts = {(max(pair), min(pair)) for pair in draw(st.lists(pairs, max_size=3))}
    return Weave(
        planned(draw(st.permutations(NAMES)), parts),
        draw(st.lists(bundles, max_size=5)),
        draw(st.lists(pairs, max_size=4)),
        draw(st.integers(1, 4)),
    )


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(300)
@given(weaves())
def test_no_change_depends_on_itself_and_every_removed_dependency_is_recorded(weave: Weave) -> None:
    web = weave.web()

    break_cycles(web, weave.planned)

    assert circular(web, NAMES) == []
    assert [each for each in weave.planned if not set(each.needs) <= web.of(each.id).keys()] == []
    lost = [
        (change, need)
        for lowerings, raises in weave.kept
        for change in lowerings
        for need in raises
        if need not in ahead(web, change) and not any((other, need) in web.given_up for other in lowerings)
    ]
    assert lost == []


@examples(200)
@given(weaves())
def test_what_has_no_circle_loses_nothing(weave: Weave) -> None:
    web, untouched = weave.web(), weave.web()
    break_cycles(web, weave.planned)

    assert (web.given_up == set() and needs(web, NAMES) == needs(untouched, NAMES)) or circular(
        untouched, NAMES
    )


def test_a_need_that_a_link_brings_back_is_met_once() -> None:
    """What waits for two changes must not be done because one of them is counted twice."""
    weave = Weave(planned("badc"), [("bc", "da"), ("a", "c")], [("c", "a"), ("d", "c")], many=2)
    web = weave.web()

    break_cycles(web, weave.planned)

    assert circular(web, "abcd") == []
    assert needs(web, "abcd") == {"a": "", "b": "ad", "c": "ad", "d": ""}
    assert web.given_up == {("a", "c")}


def test_the_weakest_need_of_a_circle_is_given_up_and_no_other() -> None:
    web = Weave(planned("abcd", [("a", "b")]), [("b", "c")], [("c", "d"), ("d", "a")], many=32).web()

    break_cycles(web, planned("abcd"))

    assert needs(web, "abcd") == {"a": "b", "b": "c", "c": "", "d": "a"}
    assert web.given_up == set()


def test_circles_that_share_their_weakest_need_lose_no_other() -> None:
    parts = [("b", "c"), ("b", "d"), ("c", "a"), ("d", "a")]
    web = Weave(planned("abcd", parts), [("a", "b")], [], many=32).web()

    break_cycles(web, planned("abcd"))

    assert needs(web, "abcd") == {"a": "", "b": "cd", "c": "a", "d": "a"}
    assert web.given_up == {("a", "b")}
