"""Laws of what is refused: over random files and states."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.kinds import parents
from reconciler.model.resource import Resource
from reconciler.policy import RuleContext
from tests.builders import group, partner, team
from tests.laws import examples
from tests.policy.judging import judged
from tests.policy.planning import found, world
from tests.states import TODAY, holding, live, made, member

NAMES = st.lists(st.sampled_from([f"n{number}" for number in range(9)]), unique=True, min_size=1)
LIMITS = st.integers(min_value=0, max_value=4)


@st.composite
def states(draw: st.DrawFn) -> list[Document]:
    """Draw partners with teams and people, some of them ended or suspended, and groups."""
    groups = draw(NAMES)
    return [
        *[
            partner(
                name,
                team(
                    members=draw(st.sampled_from(["delegated", [], ["bo@acme.example", "cy@acme.example"]])),
                    access=draw(st.lists(st.sampled_from(groups), unique=True)),
                ),
                status=draw(st.sampled_from(["active", "active", "suspended", "ended"])),
            )
            for name in draw(NAMES)
        ],
        *[group(name, apis=["a"]) for name in groups],
    ]


def meant(judged_world: RuleContext) -> Counter[str]:
    """Count by brute force the deletions that count against the limit, by kind."""
    deletions = [change for change in judged_world.changes or () if change.action == "delete"]
    gone = {change.id for change in deletions}
    return Counter(
        change.kind
        for change in deletions
        if change.because not in {"expired", "ended", "suspended"}
        and not any(parent in gone for parent in parents(change.id))
    )


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(before=states(), after=states(), count=LIMITS, percent=st.sampled_from([0, 10, 50, 100]))
def test_the_guard_lets_no_deletion_through_above_its_limit_unless_it_is_allowed(
    before: list[Document], after: list[Document], count: int, percent: int
) -> None:
    limit = {"count": count, "percent": percent}
    spec: dict[str, Any] = {"guard": {"deletions": limit}, "allowEmpty": True}
    held = holding(*before)
    ours = Counter(each.kind for each in held)
    refused = world(held, *after, spec=spec)
    over = {
        kind for kind, number in meant(refused).items() if number > max(count, ours[kind] * percent // 100)
    }

    allowed = world(held, *after, spec=spec, allowed=True)

    assert (
        len(found("guard-deletions", refused)),
        {severity for severity, _ in found("guard-deletions", allowed)} <= {"info"},
    ) == (len(over), True)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(
    people=st.lists(st.sampled_from([f"p{number}@acme.example" for number in range(6)]), unique=True),
    old=st.sampled_from(["acme", "bolt"]),
    team_too=st.booleans(),
)
def test_a_rename_never_loses_a_member(people: list[str], old: str, *, team_too: bool) -> None:
    delegated = [member(each, f"{old}/integration") for each in people]
    state = live([*holding(partner(old, team(displayName="Team"))), *delegated])
    renamed_team = team("crew", displayName="Team", previously="integration")
    renamed = partner(
        "new",
        renamed_team if team_too else team(displayName="Team"),
        displayName=old.title(),
        metadata={"previously": old},
    )

    judged_world = world(state, renamed)
    after = made(state, judged_world.changes or (), "our-company")
    members = sorted(each.split("/", 3)[3] for each in after.resources if each.startswith("membership/"))

    assert (members, judged_world.impact and judged_world.impact.lost) == (
        sorted([*people, "ana@acme.example"]),
        (),
    )


ENDS = st.none() | st.integers(min_value=0, max_value=60).map(
    lambda days: (date.fromisoformat(TODAY) + timedelta(days=days)).isoformat()
)
LEVELS = st.sampled_from(["view", "consume"])


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Any]:
    taker = draw(
        st.sampled_from(
            [{"type": "reseller"}, {"type": "external"}, {"partner": "acme"}, {"partner": "bolt"}]
        )
    )
    days = draw(st.none() | st.integers(min_value=1, max_value=60))
    return {**taker, "level": draw(LEVELS), **({"maxDays": days} if days else {})}


def fits(offer: dict[str, Any], grant: Resource) -> bool:
    """Whether one offer covers a grant to partner acme, a reseller, whole."""
    taker = offer.get("type") == "reseller" or offer.get("partner") == "acme"
    level = offer["level"] == "consume" or grant.fields["level"] == "view"
    until, days = grant.fields.get("until"), offer.get("maxDays")
    last = (date.fromisoformat(TODAY) + timedelta(days=days)).isoformat() if days else None
    return taker and level and (last is None or (until is not None and until <= last))


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(
    offered=st.lists(offers(), max_size=3),
    level=LEVELS,
    until=ENDS,
    cap=ENDS,
    whole=st.booleans(),
)
def test_a_partners_own_file_never_widens_access_beyond_what_the_group_offers(
    offered: list[dict[str, Any]], level: str, until: str | None, cap: str | None, *, whole: bool
) -> None:
    asked = {"group": "tracking", "level": level, **({"until": until} if until else {})}
    acme = partner("acme", team(access=[] if whole else [asked]), access=[asked] if whole else [], until=cap)
    files = (acme, group(offers=offered))
    grants = [each for each in holding(*files) if each.kind == "grant"]

    covered = all(any(fits(offer, grant) for offer in offered) for grant in grants)

    assert (judged("grant-not-offered", *files) == []) == covered
