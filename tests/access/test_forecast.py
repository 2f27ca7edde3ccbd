"""Who loses access on which day."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.access import AccessState, forecast
from reconciler.model.access import AccessFilter
from reconciler.model.document import Origin
from reconciler.model.forecast import Forecast, ForecastRow, ForecastSummary
from reconciler.model.resource import Resource
from reconciler.model.timestamps import days_after
from tests.access.strategies import states
from tests.access.worlds import (
    TODAY,
    YESTERDAY,
    State,
    granted,
    highest,
    holds,
    member,
    paths,
    product,
    state,
)
from tests.builders import document

ANA, BO, SAM = "ana@acme.example", "bo@acme.example", "sam@indie.example"
GROUP = ("access-group/tracking",)
END, AFTER = "2026-12-31", "2027-01-01"
NEXT = "2027-11-24"


def seen(*resources: Resource, until: str = NEXT, since: str = TODAY, **others: Any) -> Forecast:
    found = state(*resources)
    keep = AccessFilter(**others.pop("keep", {}))
    known = AccessState(source="portal", resources=found, wanted={}, partners={}, **others)
    return forecast(known, since, until, keep)


def row(day: str, *people: str, **others: Any) -> ForecastRow:
    defaults = {
        "partner": "acme",
        "team": "acme/web",
        "api": "track",
        "from_": "consume",
        "to": "none",
        "via": GROUP,
        "until": days_after(day, -1),
        "ending": "grant",
        "reason": None,
        "place": None,
    }
    return ForecastRow(day=day, people=people, **{**defaults, **others})


TEAM = (member("acme/web", ANA), member("acme/web", BO), *holds("tracking", "track"))


def test_what_ends_on_its_last_day_is_lost_on_the_day_after() -> None:
    made = seen(*TEAM, granted("tracking", "acme/web", until=END, reason="pilot"))

    assert made == Forecast(
        source="portal",
        from_=TODAY,
        until=NEXT,
        summary=ForecastSummary(people=2, apis=1, days=1),
        rows=(row(AFTER, ANA, BO, reason="pilot"),),
        delegated=(),
    )


def test_only_what_is_lost_between_the_two_days_counts() -> None:
    found = (*TEAM, granted("tracking", "acme/web", until=END))

    assert [
        len(seen(*found, since=since, until=until).rows)
        for since, until in ((TODAY, END), (TODAY, AFTER), (END, AFTER), (AFTER, NEXT))
    ] == [0, 1, 1, 0]


def test_a_membership_that_ends_takes_away_what_only_it_gave() -> None:
    made = seen(
        *(member("acme/web", ANA, until=END), member("acme/web", BO), member("acme/mobile", ANA)),
        *(granted("tracking", "acme/web"), granted("rates", "acme/mobile", level="view")),
        *(*holds("tracking", "track", "rates"), *holds("rates", "rates")),
    )

    assert made.rows == (
        row(AFTER, ANA, api="rates", to="view", ending="membership"),
        row(AFTER, ANA, ending="membership"),
    )


def test_another_path_keeps_access_until_it_ends_as_well() -> None:
    made = seen(
        *TEAM,
        granted("tracking", "acme/web", until="2026-11-30"),
        granted("other", "acme/web", until=END),
        *holds("other", "product/suite"),
        *product("suite", "track"),
    )

    assert made.rows == (row(AFTER, ANA, BO, via=("access-group/other", "api-product/suite")),)


def test_single_people_have_a_row_each_with_their_own_reason() -> None:
    made = seen(
        *holds("tracking", "track"),
        granted("tracking", SAM, until=END, reason="sample"),
        granted("tracking", BO, until=END),
    )

    assert made.rows == (
        row(AFTER, BO, partner=None, team=None),
        row(AFTER, SAM, partner=None, team=None, reason="sample"),
    )


def test_of_a_suspended_partner_nobody_loses_anything() -> None:
    partner = Resource("partner/acme", {"status": "suspended"})

    assert seen(*TEAM, partner, granted("tracking", "acme/web", until=END)).rows == ()


def test_a_delegated_team_of_which_nobody_is_known_has_a_row_without_people() -> None:
    grant = granted("tracking", "acme/web", until=END)
    made = seen(*holds("tracking", "track"), grant, delegated={"team/acme/web"})
    listed = seen(*holds("tracking", "track"), grant)

    assert (made.rows, made.delegated, listed.rows) == ((row(AFTER),), ("acme/web",), ())


def test_filters_keep_what_is_asked_for() -> None:
    resources = (
        *TEAM,
        *(member("bolt/web", SAM), *holds("rates", "rates")),
        *(granted("tracking", "acme/web", until=END), granted("rates", "bolt/web", until=END)),
    )
    both = [("acme/web", (ANA, BO)), ("bolt/web", (SAM,))]

    def kept(**keep: str) -> list[tuple[str | None, tuple[str, ...]]]:
        return sorted((each.team, each.people) for each in seen(*resources, keep=keep).rows)

    assert kept() == both
    assert [kept(partner="acme"), kept(team="acme/web"), kept(api="track"), kept(group="tracking")] == [
        both[:1]
    ] * 4
    assert (kept(person=BO), kept(person=SAM, partner="acme")) == ([("acme/web", (BO,))], [])


FILE = """\
    metadata: {name: acme}
    spec:
      until: 2026-12-31
      teams:
        - members: [{email: ana@acme.example, until: 2026-11-30}]
          access: [{group: tracking, until: 2027-03-31}]
    """


def test_rows_have_what_expires_and_its_location() -> None:
    acme = document(FILE, "partners/acme.yaml")
    at = ("spec", "teams", 0)
    wanted = state(
        Resource(granted("tracking", "acme/web").id, {}, origin=Origin(acme, (*at, "access", 0))),
        Resource(member("acme/web", ANA).id, {}, origin=Origin(acme, (*at, "members", 0))),
    )

    def endings(grant: str, partner: str, **fields: str) -> list[tuple[str, str]]:
        resources = state(
            member("acme/web", ANA, **fields),
            granted("tracking", "acme/web", until=grant),
            *holds("tracking", "track"),
        )
        partners = {"acme": (partner, acme.where("spec", "until"))}
        known = AccessState(source="portal", resources=resources, wanted=wanted, partners=partners)
        return [(each.ending, str(each.place)) for each in forecast(known, TODAY, NEXT).rows]

    assert endings("2026-12-31", "2026-12-31") == [("partner", "partners/acme.yaml:3:10")]
    assert endings("2027-03-31", "2027-12-31") == [("grant", "partners/acme.yaml:6:41")]
    assert endings("2027-03-31", "2027-12-31", until="2026-11-30") == [
        ("membership", "partners/acme.yaml:5:50")
    ]


@given(found=states(), later=st.booleans())
def test_the_days_together_are_what_lies_between_the_first_and_the_last(*, found: State, later: bool) -> None:
    since = TODAY if later else YESTERDAY
    known = AccessState(source="portal", resources=found, wanted={}, partners={})
    made = forecast(known, since, AFTER)

    days = [days_after(since, number) for number in range(1, 60) if days_after(since, number) <= AFTER]
    assert levels(made) == {day: fallen for day in days if (fallen := falls(found, day))}


def levels(made: Forecast) -> dict[str, set[tuple[str, str, str, str]]]:
    """Return who falls for which API, from which level to which, by day."""
    found: dict[str, set[tuple[str, str, str, str]]] = {}
    for each in made.rows:
        found.setdefault(each.day, set()).update(
            (person, each.api, each.from_, each.to) for person in each.people
        )
    return found


def falls(found: Mapping[str, Resource], day: str) -> set[tuple[str, str, str, str]]:
    """Return the same of one day, the long way round."""
    names = ("none", "view", "consume")
    before, after = (highest(paths(found, each)) for each in (days_after(day, -1), day))
    return {
        (person, api, names[level], names[after.get((person, api), 0)])
        for (person, api), level in before.items()
        if level > after.get((person, api), 0)
    }
