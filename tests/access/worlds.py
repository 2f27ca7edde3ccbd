"""Small states to compute access of, and a second computation that goes about it the long way round."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from reconciler.model.access import LEVELS, AccessChange, Impact, LevelOrNone
from reconciler.model.ids import encoded
from reconciler.model.kinds import renamed
from reconciler.model.plan import Action, Change
from reconciler.model.resource import Live, OfferedApi, Resource

TODAY = "2026-11-24"
YESTERDAY = "2026-11-23"

State = dict[str, Resource]


def live(*resources: Resource, apis: Iterable[OfferedApi] = ()) -> Live:
    """Return a portal that holds these."""
    return Live("portal", state(*resources), {api.name: api for api in apis})


def state(*resources: Resource) -> State:
    return {resource.id: resource for resource in resources}


def edge(resource_id: str, state: str | None = None, **fields: Any) -> Resource:
    """Return a resource; by default a membership has the role member, a grant the level consume."""
    consume = {"level": "consume"}
    defaults = {"membership": {"role": "member"}, "grant": consume, "api-grant": consume}
    return Resource(resource_id, {**defaults.get(resource_id.partition("/")[0], {}), **fields}, state=state)


def member(team: str, person: str, state: str | None = "active", **fields: Any) -> Resource:
    return edge(f"membership/{team}/{encoded(person)}", state, **fields)


def granted(group: str, holder: str, **fields: Any) -> Resource:
    """Return a grant of a group, or of `api/NAME`, to a team, or to a person, which has an @."""
    end = f"developer/{encoded(holder)}" if "@" in holder else f"team/{holder}"
    return edge(f"api-grant/{group[4:]}/{end}" if group[:4] == "api/" else f"grant/{group}/{end}", **fields)


def holds(group: str, *names: str) -> list[Resource]:
    """Return the items of a group: APIs, and products as `product/NAME`."""
    return [edge(f"access-item/{group}/{name if '/' in name else f'api/{name}'}") for name in names]


def product(name: str, *apis: str) -> list[Resource]:
    return [edge(f"product-item/{name}/{api}") for api in apis]


def create(resource: Resource) -> Change:
    return _change(resource, "create", after=resource.fields)


def delete(resource: Resource) -> Change:
    return _change(resource, "delete", before=resource.fields)


def update(resource: Resource, *, was: str | None = None, **after: Any) -> Change:
    """Return a change of fields, None taking one away; `was` is the former id of what is renamed."""
    fields = {key: value for key, value in {**resource.fields, **after}.items() if value is not None}
    return _change(resource, "update", before=resource.fields, after=fields, renamed_from=was)


def adopt(resource: Resource) -> Change:
    return _change(resource, "adopt", before=resource.fields, after=resource.fields)


def _change(resource: Resource, action: Action, **values: Any) -> Change:
    return Change(id=resource.id, kind=resource.kind, action=action, **values)


def made(before: Mapping[str, Resource], changes: Sequence[Change]) -> tuple[State, State]:
    """Return the state under its new names, and the state with the changes made."""
    names = {change.renamed_from: change.id for change in changes if change.renamed_from}
    then = {
        (new := renamed(old, names)): Resource(new, each.fields, state=each.state)
        for old, each in before.items()
    }
    after = dict(then)
    for change in changes:
        if change.action == "delete":
            del after[change.id]
        elif change.action == "create":
            after[change.id] = Resource(change.id, change.after or {})
        elif change.action == "update":
            after[change.id] = Resource(change.id, change.after or {}, state=then[change.id].state)
    return then, after


class Path(NamedTuple):
    """One way by which a person has a level for an API."""

    person: str
    api: str
    team: str | None
    via: tuple[str, ...]
    level: int
    until: str | None


def paths(resources: Mapping[str, Resource], today: str) -> list[Path]:
    """Return every path, by holding each edge against each other."""
    found = []
    for grant in (*_of_kind(resources, "grant", today), *_of_kind(resources, "api-grant", today)):
        kind, name, sort, holder = grant.id.split("/", 3)
        if kind == "grant":
            reached = [(api, (f"access-group/{name}", *via)) for api, via in _apis(resources, name)]
        else:
            reached = [(name, (f"api/{name}",))]
        for person, end in _people(resources, sort, holder, today):
            for api, via in reached:
                until = min([day for day in (end, grant.fields.get("until")) if day], default=None)
                team = holder if sort == "team" else None
                found.append(Path(person, api, team, via, LEVELS[grant.fields["level"]], until))
    return found


def teams_reach(resources: Mapping[str, Resource], today: str) -> list[Path]:
    """Return the paths as if each team had one member, who is in no other: whose address is its name."""
    grants = [each.id.split("/", 3) for each in resources.values() if each.kind in {"grant", "api-grant"}]
    teams = {holder for _, _, sort, holder in grants if sort == "team"}
    kept = {id_: each for id_, each in resources.items() if each.kind != "membership"}
    alone = state(*(member(team, f"{team}@") for team in teams))
    return [path for path in paths({**kept, **alone}, today) if path.team]


def _people(
    resources: Mapping[str, Resource], sort: str, holder: str, today: str
) -> list[tuple[str, str | None]]:
    if sort == "developer":
        return [(unquote(holder), None)]
    partner = resources.get(f"partner/{holder.partition('/')[0]}")
    facts = partner.fields if partner else {}
    prefix = f"membership/{holder}/"
    return [
        (person, each.fields.get("until"))
        for each in _of_kind(resources, "membership", today)
        if each.id.startswith(prefix) and each.state not in {"expired", "declined"}
        for person in [unquote(each.id.removeprefix(prefix))]
        if facts.get("status") != "suspended" and person not in facts.get("blocked", ())
    ]


def _apis(resources: Mapping[str, Resource], group: str) -> list[tuple[str, tuple[str, ...]]]:
    apis: list[tuple[str, tuple[str, ...]]] = []
    for item in resources:
        if item.startswith(f"access-item/{group}/api/"):
            apis.append((item.split("/")[3], ()))
        if item.startswith(f"access-item/{group}/product/"):
            name = item.split("/")[3]
            inside = [each.split("/")[2] for each in resources if each.startswith(f"product-item/{name}/")]
            apis.extend((api, (f"api-product/{name}",)) for api in inside)
    return apis


def _of_kind(resources: Mapping[str, Resource], kind: str, today: str) -> list[Resource]:
    return [
        each for each in resources.values() if each.kind == kind and each.fields.get("until", today) >= today
    ]


def highest(found: Iterable[Path]) -> dict[tuple[str, str], int]:
    """Return each person's highest level for each API."""
    levels: dict[tuple[str, str], int] = {}
    for path in found:
        key = (path.person, path.api)
        levels[key] = max(levels.get(key, 0), path.level)
    return levels


_NAMES: tuple[LevelOrNone, ...] = ("none", "view", "consume")


def expected_impact(resources: Mapping[str, Resource], changes: Sequence[Change], today: str) -> Impact:
    """Return the difference between everybody's paths before and after, the long way round."""
    before, after = (paths(each, today) for each in made(resources, changes))
    low, high = highest(before), highest(after)
    rows: dict[tuple[Any, ...], set[str]] = {}
    for sign, found in ((1, after), (-1, before)):
        for path in found:
            levels = low.get((path.person, path.api), 0), high.get((path.person, path.api), 0)
            if (levels[1] - levels[0]) * sign > 0 and path.level == max(levels):
                remaining = _remaining(path, levels[1], after) if sign < 0 else None
                key = (sign, path.api, *levels, path.team, path.via, path.until, remaining)
                rows.setdefault(key, set()).add(path.person)
    _add_teams_without_people(rows, resources, changes, today)
    changed = [
        (sign, AccessChange(api, _NAMES[low], _NAMES[high], team, tuple(sorted(people)), via, *ends))
        for (sign, api, low, high, team, via, *ends), people in rows.items()
    ]
    changed.sort(key=lambda each: _order(each[1]))
    return Impact(
        tuple(row for sign, row in changed if sign > 0), tuple(row for sign, row in changed if sign < 0)
    )


def _remaining(lost: Path, level: int, after: Iterable[Path]) -> str | None:
    """Return when the level ends that a person has after a loss; None where it is none, or without end."""
    ends = [
        path.until for path in after if (path.person, path.api, path.level) == (lost.person, lost.api, level)
    ]
    return max((end for end in ends if end), default=None) if None not in ends else None


def _add_teams_without_people(
    rows: dict[tuple[Any, ...], set[str]],
    resources: Mapping[str, Resource],
    changes: Sequence[Change],
    today: str,
) -> None:
    before, after = made(resources, changes)
    low, high = highest(teams_reach(before, today)), highest(teams_reach(after, today))
    for path in teams_reach(after, today):
        key = (path.person, path.api)
        gains = high[key] > low.get(key, 0) and path.level == high[key]
        if gains and not _people(after, "team", str(path.team), today):
            row = (1, path.api, low.get(key, 0), high[key], path.team, path.via, path.until, None)
            rows.setdefault(row, set())


def _order(row: AccessChange) -> tuple[Any, ...]:
    ends = row.until or "9999", row.remaining_until or "9999"
    return row.api, row.team or "", row.via, LEVELS[row.from_], LEVELS[row.to], *ends
