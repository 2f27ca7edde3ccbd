"""Who loses access on which day, in lines that a partner manager can read."""

from typing import Final

from reconciler.model.forecast import Forecast
from reconciler.model.printable import printable
from reconciler.render.forecast_groups import Loss, losses
from reconciler.render.text.style import Style, columns, counted, listed

_MOST_PEOPLE: Final = 6


def forecast(made: Forecast, *, color: bool) -> str:
    """Return each day with the people who lose access, what they lose and why, and how many there are."""
    style = Style(color=color)
    days: dict[str, dict[str, list[Loss]]] = {}
    for loss in losses(made.rows):
        days.setdefault(loss.row.day, {}).setdefault(_who(loss), []).append(loss)
    lines: list[str] = []
    for day, together in days.items():
        lines.append(style.paint(day, "bold"))
        for who, lost in together.items():
            lines += [f"  {who}", *columns(map(_cells, lost))]
    if made.delegated:
        teams = listed(made.delegated)
        lines.append(f"Not shown: members managed in the portal ({teams}). Use --live.")
    return "\n".join([*lines, sentence(made)]) + "\n"


def sentence(made: Forecast) -> str:
    """Return the forecast in a sentence."""
    counts = made.summary
    when = f"after {made.from_} and up to {made.until}"
    if not made.rows:
        return f"Nobody loses access {when}."
    lose = "loses" if counts.people == 1 else "lose"
    return (
        f"{counted(counts.people, 'person', 'people')} {lose} access to {counted(counts.apis, 'API')}"
        f" on {counted(counts.days, 'day')}, {when}."
    )


def _who(loss: Loss) -> str:
    team, people = loss.row.team, loss.row.people
    if team is None:
        return listed(people)
    known = f", {counted(len(people), 'person', 'people')}: {listed(people, _MOST_PEOPLE)}" if people else ""
    return f"{printable(team)}{known}"


def _cells(loss: Loss) -> tuple[str, ...]:
    row = loss.row
    place = str(row.place) if row.place else ""
    return f"      {listed(loss.apis)}", f"{row.from_} → {row.to}", loss.reason, place
