import pytest

from reconciler.policy.suggestions import Suggestions
from tests.growth import steps


def test_the_nearest_name_is_suggested() -> None:
    assert (
        Suggestions().find("gold-reader", {"gold-readers", "silver-readers"})
        == 'did you mean "gold-readers"?'
    )


def test_nothing_is_suggested_where_no_name_is_near() -> None:
    assert Suggestions().find("gold-reader", {"tracking"}) == ""


def test_suggestions_end_before_they_take_long() -> None:
    suggestions, names = Suggestions(), {f"{number:0255}" for number in range(1_000)}
    suggestions.find("x" * 255, names)

    assert suggestions.find("name", {"names"}) == ""


@pytest.mark.no_cover  # it runs the same lines again and again
def test_what_names_that_lead_nowhere_cost_has_a_bound() -> None:
    def misses(number: int, length: int) -> int:
        names = {"a" * (length - 5) + f"{each:05}" for each in range(number)}
        suggestions = Suggestions()
        return steps(lambda: [suggestions.find(f"{each[:-6]}b{each[-5:]}", names) for each in names])

    assert misses(200, 200) < 2 * misses(100, 200)
