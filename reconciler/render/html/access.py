"""Who gains and who loses access: two lists for everybody, and the empty matrix that the script fills."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.plan import Plan
from reconciler.render.grouping import What, Who
from reconciler.render.html.markup import Markup, folded, heads, joined, long, sign, tag, void
from reconciler.render.ranking import Ranking

_HEAD: Final = ("Who", "APIs", "Access", "Through", "Until")
_SIGNS: Final = {"lost": ("−", "loses"), "gained": ("+", "gains")}  # noqa: RUF001  a minus


def access(made: Plan) -> Markup:
    """Return the matrix, which only a script shows, and the lists, which it folds."""
    rows = len(made.access.gained) + len(made.access.lost)
    return tag(
        "section",
        tag("h2", "Who gains and who loses access", id="access"),
        _matrix(),
        folded(
            "As a list", tag("div", lists(made.access, Ranking(made)), class_=long(rows)), id="list", open=""
        ),
    )


def lists(effect: Impact, ranking: Ranking) -> Markup:
    """Return a table of those who gain access, the highest risk first, and one of those who lose it."""
    gained = _list("Who gains access", ranking.together(effect.gained), "gained")
    return joined([gained, _list("Who loses access", ranking.together(effect.lost), "lost")])


def filters() -> Markup:
    """Return the inputs that narrow what the page shows; only a script shows them."""
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
    hint = tag("p", "Pick a cell or a row: its paths are drawn below.", id="hint", aria_live="polite")
    table = tag(
        "table", tag("thead"), role="grid", aria_labelledby="access", aria_describedby="hint", id="grid"
    )
    picked = tag("section", aria_label="Paths of what is picked", id="picked", tabindex="0", hidden="")
    return tag("div", hint, tag("div", table, class_="scroll"), picked, id="matrix", hidden="")


def _list(title: str, together: Mapping[Who, Mapping[What, list[str]]], sort: str) -> Markup:
    body = [_row(who, what, apis, sort) for who, found in together.items() for what, apis in found.items()]
    heading = tag("h3", title)
    if not body:
        return joined([heading, tag("p", "Nobody.")])
    return joined([heading, tag("table", heads(*_HEAD), tag("tbody", *body), class_="listed access")])


def _row(who: Who, what: What, apis: Sequence[str], sort: str) -> Markup:
    before, after, via, until = what
    return tag(
        "tr",
        _who(who),
        tag("td", ", ".join(apis), class_="apis"),
        tag("td", sign(*_SIGNS[sort]), f"{before} → {after}", class_=f"level {sort}"),
        tag("td", " → ".join(each.partition("/")[2] for each in via)),
        tag("td", until or "no end", class_=None if until else "still"),
    )


def _who(who: Who) -> Markup:
    team, people = who
    listed = ", ".join(people) or "nobody yet"
    name = tag("span", team, class_="team") if team is not None else Markup()
    return tag("th", name, " " if name else "", tag("span", listed, class_="people"), scope="row")
