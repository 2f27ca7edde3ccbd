"""What a reviewer has to look at twice, as a list of a page."""

from itertools import groupby

from reconciler.model.plan import Plan
from reconciler.render.html.markup import Markup, joined, tag
from reconciler.render.risks import ADMIN, DOMAIN, NAMED, WHOLE, Risk
from reconciler.render.risks import risks as found


def risks(made: Plan) -> Markup:
    """Return a list of what is taken away, who gets more power, and what lets strangers in, or nothing."""
    listed = [_listed(sort, list(alike)) for sort, alike in groupby(found(made), key=lambda risk: risk.sort)]
    return tag("dl", *listed, class_="named") if listed else Markup()


def _listed(sort: str, alike: list[Risk]) -> Markup:
    most = len(alike) if sort in WHOLE else NAMED
    shown = [tag("li", Markup(_one(each).replace("/", "/<wbr>"))) for each in alike[:most]]
    more = [tag("li", f"and {len(alike) - most:,} more")] if len(alike) > most else []
    return joined([tag("dt", sort), tag("dd", tag("ul", *shown, *more))])


def _one(risk: Risk) -> Markup:
    what = ", ".join(risk.what)
    if risk.sort == ADMIN:
        return joined([what, " in ", risk.more])
    return joined([what, " of ", risk.more]) if risk.sort == DOMAIN else joined([" ".join(risk.what)])
