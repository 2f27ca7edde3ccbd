from reconciler.policy.suggestions import Suggestions


def test_the_nearest_name_is_suggested() -> None:
    assert (
        Suggestions().find("gold-reader", {"gold-readers", "silver-readers"})
        == 'did you mean "gold-readers"?'
    )


def test_nothing_is_suggested_where_no_name_is_near() -> None:
    assert Suggestions().find("gold-reader", {"tracking"}) == ""


def test_suggestions_end_before_they_take_long() -> None:
    suggestions, names = Suggestions(), {f"name-{number}" for number in range(60_000)}
    suggestions.find("x", names)

    assert suggestions.find("name", {"names"} | names) == ""
