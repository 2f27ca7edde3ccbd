"""Who gains and who loses access, for partner managers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.counting import counted
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.render.grouping import What, Who, group_access, names_on_path, sort_key
from reconciler.render.new_objects import NewObjects
from reconciler.render.ranking import Ranking
from reconciler.render.text.style import Style, columns, listed

# Limits for the teams of new partners; all others are always shown.
_MOST_PEOPLE: Final = 6
_MOST_TEAMS: Final = 40


def impact(plan: Plan, style: Style) -> list[str]:
    """Return who gains and who loses access, the highest risk first."""
    created, ranking = NewObjects(plan), Ranking(plan)
    gained, lost = (ranking.group(rows) for rows in (plan.access.gained, plan.access.lost))
    new = [who for who in gained if created.is_new_team(who[0])]
    return [
        style.paint("Who gains access", "bold"),
        *_lines(gained, style, "+", dict.fromkeys(new[:_MOST_TEAMS], _MOST_PEOPLE), set(new[_MOST_TEAMS:])),
        style.paint("Who loses access", "bold"),
        *_lines(lost, style, "-", {}, set()),
    ]


def gained_and_lost(effect: Impact, style: Style) -> list[str]:
    """Return who gained and who lost access."""
    lines: list[str] = []
    for title, rows, sign in (
        ("Who gained access", effect.gained, "+"),
        ("Who lost access", effect.lost, "-"),
    ):
        grouped = group_access(rows)
        lines.append(style.paint(title, "bold"))
        lines += _lines({who: grouped[who] for who in sorted(grouped, key=sort_key)}, style, sign, {}, set())
    return lines


def _lines(
    grouped: Mapping[Who, Mapping[What, list[str]]],
    style: Style,
    sign: str,
    most: Mapping[Who, int],
    cut: Collection[Who],
) -> list[str]:
    """Return the lines of everyone who is not in `cut`; `most` limits the number of names."""
    lines: list[str] = []
    for who, found in grouped.items():
        if who not in cut:
            painted = style.paint(sign, "green" if sign == "+" else "red")
            lines.append(f"  {painted} {_name(who, most.get(who))}")
            lines += columns(_cells(apis, what, sign) for what, apis in found.items())
    more = [f"  {sign} and {len(cut):,} more"] if cut else []
    return [*lines, *more] or ["  nobody"]


def _name(who: Who, most: int | None) -> str:
    team, people = who
    if team is None:
        return listed(people, most)
    if not people:
        return f"{printable(team)}, no members yet"
    return f"{printable(team)}, {counted(len(people), 'person', 'people')}: {listed(people, most)}"


def _cells(apis: Sequence[str], what: What, sign: str) -> tuple[str, str, str]:
    groups = ", ".join(names_on_path(what.via))
    until = "was until" if sign == "-" else "until"
    end = f", {until} {what.until}" if what.until else ""
    return (
        f"      {listed(apis)}",
        f"{what.before} → {what.remaining}",
        f"{f'via {groups}' if groups else 'directly'}{end}",
    )
