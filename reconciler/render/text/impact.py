"""Who gains and who loses access, in lines that a partner manager can read."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from reconciler.model.access import AccessChange, Impact
from reconciler.model.visible import visible
from reconciler.render.text.style import Style, columns, counted, listed

# People and teams who gain; who loses is never cut.
_MOST_PEOPLE: Final = 6
_MOST_TEAMS: Final = 40

_Who: TypeAlias = tuple[str | None, tuple[str, ...]]
_What: TypeAlias = tuple[str, str, tuple[str, ...], str | None]


def impact(effect: Impact, style: Style) -> list[str]:
    """Return both lists; a list without anybody says so."""
    return [
        style.paint("Who gains access", "bold"),
        *_lines(effect.gained, style, "+", most=_MOST_TEAMS),
        style.paint("Who loses access", "bold"),
        *_lines(effect.lost, style, "-", most=None),
    ]


def _lines(rows: Sequence[AccessChange], style: Style, sign: str, *, most: int | None) -> list[str]:
    if not rows:
        return ["  nobody"]
    together = _together(rows)
    lines: list[str] = []
    for who in sorted(together, key=_place)[:most]:
        painted = style.paint(sign, "green" if sign == "+" else "red")
        lines.append(f"  {painted} {_name(who, _MOST_PEOPLE if most else None)}")
        lines += columns(_cells(apis, what) for what, apis in together[who].items())
    left = len(together) - len(together if most is None else list(together)[:most])
    return [*lines, f"  {sign} and {left:,} more"] if left else lines


def _together(rows: Sequence[AccessChange]) -> dict[_Who, dict[_What, list[str]]]:
    """Return, for each team and people, the APIs that they gain or lose alike, through one group."""
    found: dict[_Who, dict[_What, list[str]]] = {}
    for row in rows:
        alike = found.setdefault((row.team, row.people), {})
        apis = alike.setdefault((row.from_, row.to, row.via[:1], row.until), [])
        if row.api not in apis:
            apis.append(row.api)
    return found


def _place(who: _Who) -> tuple[bool, str, tuple[str, ...]]:
    """Return what sorts teams by name, and single people after them."""
    return who[0] is None, who[0] or "", who[1]


def _name(who: _Who, most: int | None) -> str:
    team, people = who
    if team is None:
        return listed(people, most)
    if not people:
        return f"{visible(team)}, which has nobody yet"
    return f"{visible(team)}, {counted(len(people), 'person', 'people')}: {listed(people, most)}"


def _cells(apis: Sequence[str], what: _What) -> tuple[str, str, str]:
    before, after, via, until = what
    through = ", ".join(each.partition("/")[2] for each in via)
    end = f", until {until}" if until else ""
    return f"      {listed(apis)}", f"{before} → {after}", f"through {through}{end}"
