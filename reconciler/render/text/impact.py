"""Who gains and who loses access, in lines that a partner manager can read."""

from collections.abc import Iterable
from typing import Final

from reconciler.model.access import AccessChange, Impact
from reconciler.render.text.style import Style, counted, listed

# Names of people who gain; who loses is never cut.
_GAINING: Final = 5

_Alike = tuple[str | None, tuple[str, ...], str, str, tuple[str, ...], str | None]


def impact(effect: Impact, style: Style) -> list[str]:
    """Return both lists; a list without anybody says so."""
    return [
        style.paint("Who gains access", "bold"),
        *(_lines(effect.gained, style, "+", "green", _GAINING) or ["  nobody"]),
        style.paint("Who loses access", "bold"),
        *(_lines(effect.lost, style, "-", "red", None) or ["  nobody"]),
    ]


def _lines(rows: Iterable[AccessChange], style: Style, sign: str, color: str, most: int | None) -> list[str]:
    return [
        f"  {style.paint(sign, color)} {_who(alike, most)}  "
        f"{style.paint(listed(apis), 'bold')}: {alike[2]} → {alike[3]}{_how(alike)}"
        for alike, apis in _together(rows).items()
    ]


def _together(rows: Iterable[AccessChange]) -> dict[_Alike, list[str]]:
    """Return the APIs of rows that differ in nothing else, and whose paths lead through one group."""
    found: dict[_Alike, list[str]] = {}
    for row in rows:
        alike = (row.team, row.people, row.from_, row.to, row.via[:1], row.until)
        found.setdefault(alike, [])
        if row.api not in found[alike]:
            found[alike].append(row.api)
    return found


def _who(alike: _Alike, most: int | None) -> str:
    team, people, *_ = alike
    if team is None:
        return listed(people, most)
    if not people:
        return f"{team} (nobody yet)"
    return f"{team} ({counted(len(people), 'person', 'people')}: {listed(people, most)})"


def _how(alike: _Alike) -> str:
    *_, via, until = alike
    end = f", until {until}" if until else ""
    return f"{end}, through {', '.join(each.partition('/')[2] for each in via)}"
