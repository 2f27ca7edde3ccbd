"""The plans of several portals in Markdown: a table, then a section for each."""

from typing import Final

from reconciler.model.plan_status import status
from reconciler.model.portal_results import PlanOrFailure, Plans, PortalFailure
from reconciler.render.markdown.comment_frame import SIGNS
from reconciler.render.markdown.escaping import code, fenced, sentence, table
from reconciler.render.markdown.plan import plan
from reconciler.render.overview import summary

_FAILED: Final = "⛔"


def plans(found: Plans, *, link: str = "", names: bool = False) -> str:
    """Return the plans; `link` is the address of the files, `names` as for one plan."""
    rows = [
        [code(name), _sign(each), sentence(summary(each))]
        for name, each in zip(found.portals, found.sections(), strict=True)
    ]
    overview = "\n".join(table(["portal", "", "plan"], rows))
    return "\n\n".join([overview, *(_section(each, link, names=names) for each in found.sections())]) + "\n"


def _sign(section: PlanOrFailure) -> str:
    return _FAILED if isinstance(section, PortalFailure) else SIGNS[status(section)]


def _section(section: PlanOrFailure, link: str, *, names: bool) -> str:
    if isinstance(section, PortalFailure):
        problem = [*section.message.split("\n"), *filter(None, [section.hint])]
        return "\n".join([f"### {_FAILED} Not planned: {code(section.portal)}", "", *fenced(problem, "")])
    return plan(section, link=link, names=names).rstrip("\n")
