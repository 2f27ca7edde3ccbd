"""Who gains and who loses access, in lines that a partner manager can read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.render.grouping import What, Who, alike, place
from reconciler.render.new_objects import Created
from reconciler.render.ranking import Ranking
from reconciler.render.text.style import Style, columns, counted, listed

# People and teams who come with newly created partners; of all others nobody is cut.
_MOST_PEOPLE: Final = 6
_MOST_TEAMS: Final = 40


def impact(made: Plan, style: Style) -> list[str]:
    """Return who gains and who loses access, the highest risk first; a list without anybody says so."""
    created, ranking = Created(made), Ranking(made)
    gained, lost = (ranking.together(rows) for rows in (made.access.gained, made.access.lost))
    new = [who for who in gained if created.brings_team(who[0])]
    return [
        style.paint("Who gains access", "bold"),
        *_lines(gained, style, "+", dict.fromkeys(new[:_MOST_TEAMS], _MOST_PEOPLE), set(new[_MOST_TEAMS:])),
        style.paint("Who loses access", "bold"),
        *_lines(lost, style, "-", {}, set()),
    ]


def gained_and_lost(applied: Impact, style: Style) -> list[str]:
    """Return who gained and who lost access; a list without anybody says so."""
    lines: list[str] = []
    for title, rows, sign in (
        ("Who gained access", applied.gained, "+"),
        ("Who lost access", applied.lost, "-"),
    ):
        together = alike(rows)
        lines.append(style.paint(title, "bold"))
        lines += _lines({who: together[who] for who in sorted(together, key=place)}, style, sign, {}, set())
    return lines


def _lines(
    together: Mapping[Who, Mapping[What, list[str]]],
    style: Style,
    sign: str,
    most: Mapping[Who, int],
    cut: Collection[Who],
) -> list[str]:
    """Return the lines of all who are not cut, of some at most so many names."""
    lines: list[str] = []
    for who, found in together.items():
        if who not in cut:
            painted = style.paint(sign, "green" if sign == "+" else "red")
            lines.append(f"  {painted} {_name(who, most.get(who))}")
            lines += columns(_cells(apis, what) for what, apis in found.items())
    more = [f"  {sign} and {len(cut):,} more"] if cut else []
    return [*lines, *more] or ["  nobody"]


def _name(who: Who, most: int | None) -> str:
    team, people = who
    if team is None:
        return listed(people, most)
    if not people:
        return f"{printable(team)}, which has nobody yet"
    return f"{printable(team)}, {counted(len(people), 'person', 'people')}: {listed(people, most)}"


def _cells(apis: Sequence[str], what: What) -> tuple[str, str, str]:
    before, after, via, until = what
    through = ", ".join(each.partition("/")[2] for each in via)
    end = f", until {until}" if until else ""
    return f"      {listed(apis)}", f"{before} → {after}", f"through {through}{end}"
