"""Access reports as a table, or with each access path explained edge by edge."""

from collections.abc import Mapping

from reconciler.model.access import AccessReport, AccessRow, EdgeFacts
from reconciler.model.counting import counted
from reconciler.model.printable import printable
from reconciler.model.resource import ResourceId
from reconciler.render.grouping import names_on_path
from reconciler.render.text.style import Style, columns, listed

_HEAD = ("PERSON", "TEAM", "API", "LEVEL", "VIA", "UNTIL")


def access(report: AccessReport, *, color: bool) -> str:
    """Return one row per person, API and path, and notes about access that the rows do not include."""
    style = Style(color=color)
    table = columns([_HEAD, *map(_cells, report.rows)]) if report.rows else []
    head = [style.paint(table[0], "bold")] if table else []
    return "\n".join([*head, *table[1:], *_notes(report)]) + "\n"


def explanation(report: AccessReport, facts: Mapping[ResourceId, EdgeFacts], *, color: bool) -> str:
    """Explain each path edge by edge, with the location in the files and the commit that added it."""
    style = Style(color=color)
    paths = [_path(row, facts, style) for row in report.rows]
    return "\n".join([*paths, *_notes(report)]) + "\n"


def _path(row: AccessRow, facts: Mapping[ResourceId, EdgeFacts], style: Style) -> str:
    end = f" until {row.until}" if row.until else ""
    head = printable(f"{row.person} may {row.level} {row.api}{end}")
    facts_of_path = [facts.get(each, EdgeFacts()) for each in row.edges]
    edges = columns(
        (f"    {words}{_limits(fact)}", fact.place or "only in the portal", fact.brought)
        for words, fact in zip(_words(row), facts_of_path, strict=True)
    )
    return "\n".join([style.paint(head, "bold"), *edges])


def _words(row: AccessRow) -> list[str]:
    """Return a phrase for each edge of a path, in order."""
    groups = names_on_path(row.via)
    role = "an admin" if row.role == "admin" else "a member"
    pending = f" ({row.state})" if row.state and row.state != "active" else ""
    joined = [f"is {role} of team {row.team}{pending}"] if row.team else []
    has = "which has" if row.team else "has"
    if not groups:
        return [*joined, f"{has} API {row.api}"]
    group, *product = groups
    items = [f"API product {product[0]}"] if product else []
    contained = [f"which contains {each}" for each in (*items, f"API {row.api}")]
    return [*joined, f"{has} access group {group}", *contained]


def _limits(fact: EdgeFacts) -> str:
    end = f" until {fact.until}" if fact.until else ""
    return f'{end} ("{fact.reason}")' if fact.reason else end


def _cells(row: AccessRow) -> tuple[str, ...]:
    pending = f" ({row.state})" if row.state and row.state != "active" else ""
    role = f" ({row.role})" if row.role == "admin" else ""
    through = " → ".join(names_on_path(row.via)) or "directly"
    return (
        f"{row.person}{pending}",
        f"{row.team or '-'}{role}",
        row.api,
        row.level,
        through,
        row.until or "-",
    )


def _notes(report: AccessReport) -> list[str]:
    people = len({row.person for row in report.rows})
    apis = len({row.api for row in report.rows})
    have = "has" if people == 1 else "have"
    notes = [f"{counted(people, 'person', 'people')} {have} access to {counted(apis, 'API')}."]
    if report.open and not report.rows:
        notes = ["Nobody has access through a team or a grant."]
    if report.delegated:
        notes.append(f"Not shown: members managed in the portal ({listed(report.delegated)}). Use --live.")
    if report.open:
        notes.append(f"Open to everybody: {listed(report.open)}.")
    return notes
