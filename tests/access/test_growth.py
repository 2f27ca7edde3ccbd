"""People who share what they gain share its row: what an impact costs grows with people and with paths."""

from reconciler.access import impact, people_with_access
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Change
from tests.access.worlds import TODAY, State, edge, granted, member, state
from tests.growth import memory


def gains(people: int, apis: int) -> tuple[State, Change]:
    """Return a team of so many people, and the grant of a group with so many APIs."""
    team = [member("acme/web", f"n{each}@acme.example") for each in range(people)]
    items = [edge(f"access-item/tracking/api/a{each}") for each in range(apis)]
    return state(*team, *items), Change(
        id="grant/tracking/team/acme/web", kind="grant", action="create", after={"level": "consume"}
    )


def cost(people: int, apis: int) -> int:
    held, change = gains(people, apis)
    return memory(lambda: impact(Delta(held, [change]), TODAY))


def test_the_people_of_a_team_are_listed_once_for_all_that_they_gain() -> None:
    assert cost(400, 400) < 3 * cost(200, 200)


def test_rows_of_the_same_people_hold_the_same_list() -> None:
    held, change = gains(3, 3)
    gained = impact(Delta(held, [change]), TODAY).gained

    assert len({id(row.people) for row in gained}) == 1


def test_everybody_who_reaches_anything_is_counted() -> None:
    held = state(
        granted("tracking", "acme/web"),
        member("acme/web", "ana@acme.example"),
        member("acme/web", "old@acme.example", until="2026-11-23"),
        member("acme/ops", "bo@acme.example"),
        edge("access-item/tracking/api/track"),
        edge("grant/empty/developer/sam@indie.example"),
        edge("grant/tracking/developer/kim@indie.example"),
    )

    assert people_with_access(held, TODAY) == {"ana@acme.example", "kim@indie.example"}
