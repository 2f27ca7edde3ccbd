"""Risks of new exposure: restricted APIs, APIs of other owners, higher levels, many people."""

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.access import AccessChange
from reconciler.model.counting import people
from reconciler.model.graph.edges import grant_id, grant_on_path
from reconciler.model.kinds import kind_row, name_in, parents
from reconciler.model.plan import Change
from reconciler.model.risk import Rank, Risk, quoted
from reconciler.policy.risks.facts import Facts, names, short

# More people than a reviewer checks one by one.
_MANY: Final = 10
_RANKS: Final[dict[str, Rank]] = {"restricted": "high", "organization": "medium"}
_WORDS: Final = {"restricted": "restricted", "organization": "organization-wide"}


def opened(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for each non-public API that people outside the company gain access to."""
    rows: dict[str, list[AccessChange]] = {}
    for row in facts.impact.gained:
        if row.from_ == "none" and facts.is_outside(row.team):
            rows.setdefault(row.api, []).append(row)
    for api, those in sorted(rows.items()):
        visibility = facts.visibility(api)
        if visibility in _RANKS:
            how = "can now be viewed by" if all(row.to == "view" for row in those) else "is now open to"
            message = f"{quoted(api)} ({_WORDS[visibility]}) {how} {_whom(those)}"
            yield _of_api("access-opened", _RANKS[visibility], api, those, message)


def raised(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for each API whose level rises from view to consume, unless a grant shows it already."""
    levels = {
        change.id
        for change in facts.changes
        if change.action == "update"
        and kind_row(change.kind).is_grant
        and any(field.path == "level" for field in change.fields)
    }
    rows: dict[str, list[AccessChange]] = {}
    for row in facts.impact.gained:
        if row.from_ == "view" and not _is_shown(row, levels):
            rows.setdefault(row.api, []).append(row)
    for api, those in sorted(rows.items()):
        message = f"{quoted(api)} can now be called by {_whom(those)}, who could only view it before"
        yield _of_api("level-raised", "medium", api, those, message)


def many(facts: Facts) -> Iterator[Risk]:
    """Yield a risk if many people gain access."""
    gaining = _people(facts.impact.gained)
    if len(gaining) > _MANY:
        message = f"{people(len(gaining))} gain access"
        yield Risk(rule="many-people", rank="medium", subject="access", people=gaining, message=message)


def foreign(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for each group or product that APIs of another owner are added to."""
    held: dict[tuple[str, str], set[str]] = {}
    for change in facts.changes:
        if change.action == "create" and change.kind in {"access-item", "product-item"}:
            holder, apis = _held(facts, change)
            for api in apis:
                owner = facts.owner_of_api(api)
                if owner is not None and owner != facts.field(holder, "owner"):
                    held.setdefault((holder, owner), set()).add(api)
    for (holder, owner), foreign_apis in sorted(held.items()):
        rows = [row for row in facts.impact.gained if row.api in foreign_apis and holder in row.via]
        listed = names(sorted(foreign_apis))
        message = f"{short(holder)} now contains {listed}, which {quoted(owner)} owns"
        yield Risk(rule="foreign-api", rank="high", subject=holder, people=_people(rows), message=message)


def _held(facts: Facts, change: Change) -> tuple[str, list[str]]:
    """Return the group or product that a change adds APIs to, and the APIs."""
    api = name_in(change.id, "api")
    apis = [api] if api else facts.apis_of_product(name_in(change.id, "product") or "")
    return parents(change.id)[0], apis


def _is_shown(row: AccessChange, changed: set[str]) -> bool:
    """Return whether changes of grants, of the group or of the API itself, show a row for all its people."""
    holders = [f"team/{row.team}"] if row.team else [f"developer/{person}" for person in row.people]
    return all(
        changed & {grant_on_path(row.via[0], holder), grant_id(f"api/{row.api}", holder)}
        for holder in holders
    )


def _of_api(rule: str, rank: Rank, api: str, rows: Iterable[AccessChange], message: str) -> Risk:
    return Risk(rule=rule, rank=rank, subject=f"api/{api}", people=_people(rows), message=message)


def _whom(rows: Iterable[AccessChange]) -> str:
    """Return the number of people with their teams, or with their addresses if they are in no team."""
    gaining = _people(rows)
    teams = sorted({row.team for row in rows if row.team})
    alone = sorted({person for row in rows if not row.team for person in row.people})
    who = people(len(gaining)) if gaining else "nobody yet"
    return f"{who} ({names([*teams, *alone])})"


def _people(rows: Iterable[AccessChange]) -> tuple[str, ...]:
    return tuple(sorted({person for row in rows for person in row.people}))
