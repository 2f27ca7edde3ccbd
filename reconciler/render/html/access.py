"""Access changes: two lists that need no script, and an empty matrix that the script fills."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.plan import Plan
from reconciler.render.grouping import What, Who, names_on_path
from reconciler.render.html.markup import Markup, folded, heads, joined, long, sign, tag, void
from reconciler.render.ranking import Ranking

_HEAD: Final = ("Who", "APIs", "Access", "Via")
_END: Final = {"lost": "Was until", "gained": "Until"}
_SIGNS: Final = {"lost": ("−", "loses"), "gained": ("+", "gains")}  # noqa: RUF001  a minus


def access(plan: Plan) -> Markup:
    """Return the matrix, which the script shows, and the lists, which it collapses."""
    rows = len(plan.access.gained) + len(plan.access.lost)
    return tag(
        "section",
        tag("h2", "Access changes", id="access"),
        _matrix(),
        folded(
            "As a list", tag("div", lists(plan.access, Ranking(plan)), class_=long(rows)), id="list", open=""
        ),
    )


def lists(effect: Impact, ranking: Ranking) -> Markup:
    """Return tables of the people who gain and who lose access, the highest risk first."""
    gained = _list("Who gains access", ranking.group(effect.gained), "gained")
    return joined([gained, _list("Who loses access", ranking.group(effect.lost), "lost")])


def filters() -> Markup:
    """Return the filter form, which the script shows."""
    fields = [
        tag("label", title, void("input", type="search", name=name, autocomplete="off", spellcheck="false"))
        for name, title in (("person", "Person"), ("partner", "Partner or team"), ("api", "API"))
    ]
    shown = _choice("sign", "Show", {"": "gains and losses", "lost": "losses", "gained": "gains"})
    rows = _choice("rows", "Rows", {"": "teams", "partner": "partners"})
    count = tag("output", aria_live="polite", id="count")
    return tag(
        "form", *fields, shown, rows, count, id="filter", role="search", aria_label="Filter", hidden=""
    )


def _choice(name: str, title: str, options: dict[str, str]) -> Markup:
    listed = [tag("option", words, value=value) for value, words in options.items()]
    return tag("label", title, tag("select", *listed, name=name))


def _matrix() -> Markup:
    hint = tag("p", "Select a cell or a row to see its access paths.", id="hint", aria_live="polite")
    table = tag(
        "table", tag("thead"), role="grid", aria_labelledby="access", aria_describedby="hint", id="grid"
    )
    selection = tag(
        "section", aria_label="Access paths of the selection", id="picked", tabindex="0", hidden=""
    )
    return tag("div", hint, tag("div", table, class_="scroll"), selection, id="matrix", hidden="")


def _list(title: str, grouped: Mapping[Who, Mapping[What, list[str]]], direction: str) -> Markup:
    body = [
        _row(who, what, apis, direction) for who, found in grouped.items() for what, apis in found.items()
    ]
    heading = tag("h3", title)
    if not body:
        return joined([heading, tag("p", "Nobody.")])
    return joined(
        [heading, tag("table", heads(*_HEAD, _END[direction]), tag("tbody", *body), class_="listed access")]
    )


def _row(who: Who, what: What, apis: Sequence[str], direction: str) -> Markup:
    return tag(
        "tr",
        _who(who),
        tag("td", ", ".join(apis), class_="apis"),
        tag("td", sign(*_SIGNS[direction]), f"{what.before} → {what.remaining}", class_=f"level {direction}"),
        tag("td", " → ".join(names_on_path(what.via)) or "directly"),
        tag("td", what.until or "no end date", class_=None if what.until else "muted"),
    )


def _who(who: Who) -> Markup:
    team, people = who
    listed = ", ".join(people) or "no members yet"
    name = tag("span", team, class_="team") if team is not None else Markup()
    return tag("th", name, " " if name else "", tag("span", listed, class_="people"), scope="row")
