"""What renames cost grows with their number, however they depend on one another."""

from collections.abc import Callable

import pytest

from reconciler.diff import diff
from reconciler.diff.renames import claimed_names, effective_renames
from reconciler.model.document import Document
from reconciler.model.resource import Resource
from tests.builders import partner, team
from tests.growth import steps
from tests.states import holding, live, member, wanted

Files = tuple[list[Document], list[Resource]]


def chain(number: int) -> Files:
    """Each partner takes the name of the next one, the last one a new name."""
    before = [partner(f"p{each}") for each in range(number)]
    after = [partner(f"p{each + 1}", metadata={"previously": f"p{each}"}) for each in reversed(range(number))]
    return after, holding(*before)


def chain_that_does_not_hold(number: int) -> Files:
    """The same, but the files still define the partner whose name the first link frees."""
    after, held = chain(number)
    return [*after, partner("p0")], held


def moves(number: int) -> Files:
    """Each team moves to the other partner, with the people in it."""
    teams = [team(f"t{each}") for each in range(number)]
    moved = [team(f"t{each}", previously=f"acme/t{each}") for each in range(number)]
    people = [member(f"n{each}@acme.example", f"acme/t{each}") for each in range(number)]
    return [partner("acme"), partner("bolt", *moved)], [
        *holding(partner("acme", *teams), partner("bolt")),
        *people,
    ]


@pytest.mark.parametrize("make", [chain, chain_that_does_not_hold, moves], ids=lambda make: make.__name__)
def test_the_work_of_renames_grows_with_their_number(make: Callable[[int], Files]) -> None:
    def cost(number: int) -> int:
        files, held = make(number)
        desired, state = wanted(*files), live(held)
        return steps(lambda: (effective_renames(desired, state), claimed_names(desired)))

    assert cost(200) < 2.4 * cost(100)


def test_a_long_chain_is_renamed_link_by_link() -> None:
    files, held = chain(20)

    renamed = {change.renamed_from: change.id for change in diff(wanted(*files), live(held)).changes}

    assert renamed == {f"partner/p{each}": f"partner/p{each + 1}" for each in range(20)}


def test_no_link_of_a_chain_is_renamed_whose_name_does_not_become_free() -> None:
    files, held = chain_that_does_not_hold(5)

    assert [change.id for change in diff(wanted(*files), live(held)).changes if change.renamed_from] == []
