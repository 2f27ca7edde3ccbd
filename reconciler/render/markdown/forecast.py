"""Markdown: who loses access on which day, as a table."""

from reconciler.model.forecast import Forecast, ForecastRow
from reconciler.render.forecast_groups import Loss, losses
from reconciler.render.markdown.escaping import code, codes, table
from reconciler.render.text.forecast import sentence


def forecast(forecast: Forecast, *, names: bool) -> str:
    """Return one row per day and team or individual person; `names` includes the names of team members."""
    body = [_cells(loss, names=names) for loss in losses(forecast.rows)]
    lines = [*table(["Day", "Who", "APIs", "Access", "Reason"], body), ""] if body else []
    if forecast.delegated:
        lines += [
            f"Not shown: members managed in the portal ({codes(forecast.delegated)}). `--live` shows them.",
            "",
        ]
    return "\n".join([*lines, sentence(forecast)]) + "\n"


def _cells(loss: Loss, *, names: bool) -> list[str]:
    row = loss.row
    access = f"{row.from_} → {row.to}"
    return [row.day, _who(row, names=names), codes(loss.apis), access, code(loss.reason)]


def _who(row: ForecastRow, *, names: bool) -> str:
    if row.team is None:
        return codes(row.people)
    if not row.people:
        return code(row.team)
    people = codes(row.people) if names else f"{len(row.people):,}"
    return f"{code(row.team)}: {people}"
