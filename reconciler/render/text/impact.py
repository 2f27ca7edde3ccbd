"""Who gains and who loses access, in lines that a partner manager can read."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.access import AccessChange, Impact
from reconciler.model.visible import visible
from reconciler.render.text.style import Style, columns, counted, listed
from reconciler.render.together import What, Who, alike, place

# People and teams who gain; who loses is never cut.
_MOST_PEOPLE: Final = 6
_MOST_TEAMS: Final = 40


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
    together = alike(rows)
    lines: list[str] = []
    for who in sorted(together, key=place)[:most]:
        painted = style.paint(sign, "green" if sign == "+" else "red")
        lines.append(f"  {painted} {_name(who, _MOST_PEOPLE if most else None)}")
        lines += columns(_cells(apis, what) for what, apis in together[who].items())
    left = len(together) - len(together if most is None else list(together)[:most])
    return [*lines, f"  {sign} and {left:,} more"] if left else lines


def _name(who: Who, most: int | None) -> str:
    team, people = who
    if team is None:
        return listed(people, most)
    if not people:
        return f"{visible(team)}, which has nobody yet"
    return f"{visible(team)}, {counted(len(people), 'person', 'people')}: {listed(people, most)}"


def _cells(apis: Sequence[str], what: What) -> tuple[str, str, str]:
    before, after, via, until = what
    through = ", ".join(each.partition("/")[2] for each in via)
    end = f", until {until}" if until else ""
    return f"      {listed(apis)}", f"{before} → {after}", f"through {through}{end}"
