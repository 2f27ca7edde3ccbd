"""What we say about access, held against what the embedded portal itself answers for each person."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.access import impact, report
from reconciler.diff import diff
from reconciler.model.access import LEVELS
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import encoded
from reconciler.model.kinds import has_owner_label, parents, person_of, renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Live, Resource
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.access.strategies import APIS, RENAMES, states
from tests.access.strategies import PEOPLE as NAMED
from tests.access.worlds import TODAY, YESTERDAY, State
from tests.laws import examples
from tests.portals.embedded.running import NEEDED, Running, create, running, update

OWNER_LABEL = "our-company"
INVITATIONS_LAST = 7
DAYS = (YESTERDAY, TODAY, "2026-11-25", "2027-01-01")

Levels = dict[tuple[str, str], int]

# Of other portals an address may have a slash; this one takes only those that files can name.
PEOPLE = tuple(person.replace("/", ".") for person in NAMED)


def taken(state: State) -> State:
    """Return a state with the kinds of this portal, and people with addresses that it takes."""
    content = msgspec.json.encode(state).decode()
    for person, address in zip(NAMED, PEOPLE, strict=True):
        content = content.replace(encoded(person), address).replace(person, address)
    decoded = msgspec.json.decode(content, type=State)
    return {each: held for each, held in decoded.items() if held.kind in CAPABILITIES.kinds}


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(20, HealthCheck.too_slow)
@given(states().map(taken), states().map(taken), st.sampled_from(RENAMES))
def test_access_and_impact_are_what_the_portal_answers(
    before: State, target: State, names: Mapping[str, str]
) -> None:
    with TemporaryDirectory() as folder, running(Path(folder)) as here:
        fill(here, before)
        live = here.read()
        answers = {day: answered(here, day) for day in DAYS}

        assert {day: reported(live, day) for day in DAYS} == answers

        changes = diff(wanted(target, names), live).changes
        here.write(*changes, owner_label=OWNER_LABEL)

        assert moved(live, changes) == difference(answers[TODAY], answered(here, TODAY))


def fill(here: Running, state: State) -> None:
    """Make the portal hold a state: expired invitations first, what shuts people out last."""
    here.clock.pass_days(-INVITATIONS_LAST - 1)
    for api in APIS:
        here.ask("POST", "/apis", {"name": api, "displayName": api, "owner": "logistics"})
    members = [each for each in state.values() if each.kind == "membership"]
    others = sorted((each for each in state.values() if each not in members), key=_depth)
    partners = [each for each in others if each.kind == "partner"]
    expired = [each for each in members if each.state == "expired"]
    invited = [each for each in members if each.state != "expired"]
    open_to_all = [Resource(each.id, {}) if each in partners else each for each in others]
    here.write(*_creations(open_to_all), *_creations(expired), owner_label=OWNER_LABEL)
    here.clock.pass_days(INVITATIONS_LAST + 1)
    here.write(*_creations(invited))
    for person in PEOPLE:
        _reply(here, person, [each for each in (*expired, *invited) if person_of(each.id) == person])
    here.write(*(update(each.id, NEEDED["partner"], whole(each).fields) for each in partners))


def _depth(resource: Resource) -> int:
    above = parents(resource.id)
    return 1 + max(_depth(Resource(each, {})) for each in above) if above else 0


def _creations(resources: Iterable[Resource]) -> list[Change]:
    return [create(each.id, **each.fields) for each in resources]


def _reply(here: Running, person: str, memberships: list[Resource]) -> None:
    mails = here.ask("GET", f"/mailbox?to={quote(person)}")["items"]
    for mail, membership in zip(mails, memberships, strict=True):
        verb = {"active": "accept", "declined": "decline"}.get(str(membership.state))
        if verb:
            code = mail["text"].split("/invitations/")[1].split("/")[0]
            here.ask("POST", f"/invitations/{code}/{verb}")


def whole(resource: Resource) -> Resource:
    """Return a resource with what its kind has to have; an empty list is no value."""
    fields = {**NEEDED.get(resource.kind, {}), **resource.fields}
    kept = {key: value for key, value in fields.items() if value != []}
    return Resource(resource.id, kept, OWNER_LABEL if has_owner_label(resource.id) else None)


def wanted(target: State, names: Mapping[str, str]) -> Desired:
    """Return a desired state: nobody in it is blocked and named at once."""
    blocked = {
        f"membership/{each.id.partition('/')[2]}/": each.fields.get("blocked", ())
        for each in target.values()
        if each.kind == "partner"
    }
    barred = {
        id_
        for id_ in target
        for below, people in blocked.items()
        if id_.startswith(below) and id_.split("/", 3)[3] in people
    }
    asked = [whole(each) for id_, each in target.items() if id_ not in barred]
    moved = [Resource(renamed(each.id, names), each.fields, each.owner_label) for each in asked]
    return Desired(
        scope=OWNER_LABEL,
        today=TODAY,
        resources={each.id: each for each in moved},
        renames={new: ((old,),) for old, new in names.items()},
        because={},
        blocked={},
        delegated=frozenset(),
        ended=frozenset(),
        suspended=frozenset(),
    )


def answered(here: Running, day: str) -> Levels:
    """Return each person's level for each API, as the portal says."""
    return {
        (person, each["api"]): LEVELS[each["level"]]
        for person in PEOPLE
        for each in here.ask("GET", f"/people/{person}/access?on={day}")["access"]
    }


def reported(live: Live, day: str) -> Levels:
    """Return the same by our report."""
    levels: Levels = {}
    for row in report(Reach(gather(live.resources.values()), day), live.apis, source="portal").rows:
        key = (row.person, row.api)
        levels[key] = max(levels.get(key, 0), LEVELS[row.level])
    return levels


def moved(live: Live, changes: Iterable[Change]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return what the impact says: from which level to which."""
    found = impact(Delta(live.resources, tuple(changes)), TODAY)
    return {
        (person, row.api): (LEVELS[row.from_], LEVELS[row.to])
        for row in (*found.gained, *found.lost)
        for person in row.people
    }


def difference(before: Levels, after: Levels) -> dict[tuple[str, str], tuple[int, int]]:
    pairs = {key: (before.get(key, 0), after.get(key, 0)) for key in {**before, **after}}
    return {key: (low, high) for key, (low, high) in pairs.items() if low != high}
