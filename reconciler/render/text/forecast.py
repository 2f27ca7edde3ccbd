"""Who loses access on which day, for partner managers."""

from typing import Final

from reconciler.model.counting import counted
from reconciler.model.forecast import Forecast
from reconciler.model.printable import printable
from reconciler.render.forecast_groups import Loss, losses
from reconciler.render.text.style import Style, columns, listed

_MOST_PEOPLE: Final = 6


def forecast(forecast: Forecast, *, color: bool) -> str:
    """Return the people who lose access on each day, the APIs and reasons, and the totals."""
    style = Style(color=color)
    days: dict[str, dict[str, list[Loss]]] = {}
    for loss in losses(forecast.rows):
        days.setdefault(loss.row.day, {}).setdefault(_who(loss), []).append(loss)
    lines: list[str] = []
    for day, by_people in days.items():
        lines.append(style.paint(day, "bold"))
        for who, losses_of_people in by_people.items():
            lines += [f"  {who}", *columns(map(_cells, losses_of_people))]
    if forecast.delegated:
        teams = listed(forecast.delegated)
        lines.append(f"Not shown: members managed in the portal ({teams}). Use --live.")
    return "\n".join([*lines, sentence(forecast)]) + "\n"


def sentence(forecast: Forecast) -> str:
    """Return a one-sentence summary."""
    counts = forecast.summary
    when = f"after {forecast.from_} and up to {forecast.until}"
    if not forecast.rows:
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
