"""Markdown: who loses access on which day, as a table."""

from reconciler.model.forecast import Forecast, ForecastRow
from reconciler.render.forecast_groups import Loss, losses
from reconciler.render.markdown.escaping import code, codes, table
from reconciler.render.text.forecast import sentence


def forecast(made: Forecast, *, names: bool) -> str:
    """Return a row for each day and team or single person; `names` names the people of teams."""
    body = [_cells(loss, names=names) for loss in losses(made.rows)]
    lines = [*table(["Day", "Who", "APIs", "Access", "Why"], body), ""] if body else []
    if made.delegated:
        lines += [
            f"Not shown: members managed in the portal ({codes(made.delegated)}). `--live` shows them.",
            "",
        ]
    return "\n".join([*lines, sentence(made)]) + "\n"


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
