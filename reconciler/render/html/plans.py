"""The plans of several portals on one page: a table, then a section for each."""

from reconciler.model.portal_results import PlanOrFailure, Plans, PortalFailure
from reconciler.render.html.markup import Markup, heads, sign, tag
from reconciler.render.html.plan import page, section
from reconciler.render.html.summary import verdict
from reconciler.render.overview import summary


def plans(found: Plans, *, link: str = "") -> str:
    """Return the page in ASCII; it has no script. `link` is the address of the files of the plans' commit."""
    title = f"Access on {', '.join(found.portals)}"
    rows = [_row(name, each) for name, each in zip(found.portals, found.sections(), strict=True)]
    table = tag("table", heads("Portal", "Plan"), tag("tbody", *rows), class_="listed")
    sections = [
        _section(name, each, link) for name, each in zip(found.portals, found.sections(), strict=True)
    ]
    return page(title, [tag("header", tag("h1", title), table), tag("main", *sections)])


def _row(name: str, found: PlanOrFailure) -> Markup:
    if isinstance(found, PortalFailure):
        mark, css_class = sign("?", "Not planned"), "lost"
    else:
        shown = verdict(found)
        mark, css_class = sign(shown.sign, shown.meaning), shown.css_class
    link = tag("a", name, href=f"#{_id(name)}")
    return tag("tr", tag("th", link, scope="row"), tag("td", mark, summary(found), class_=css_class))


def _section(name: str, found: PlanOrFailure, link: str) -> Markup:
    if isinstance(found, PortalFailure):
        where = tag("p", f"Access on {name}", class_="where")
        heading = tag("h1", sign("?", "Not planned"), "Not planned", class_="lost")
        problem = [tag("p", each) for each in (found.message, found.hint) if each]
        return tag("section", tag("header", where, heading, *problem), id=_id(name), class_="portal")
    return section(found, link, f"{_id(name)}-")


def _id(portal: str) -> str:
    return f"portal-{portal}"
