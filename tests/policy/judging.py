"""How tests of rules ask for a judgement: documents in, what a person reads out."""

from typing import Any

from reconciler.model.document import Document, KindName
from reconciler.model.finding import Source
from reconciler.policy import RuleContext, judge
from tests.builders import repository

TODAY = "2026-11-24"
YESTERDAY = "2026-11-23"


def judged(
    rule: str,
    *documents: Document,
    configured: Document | None = None,
    unreadable: frozenset[KindName] = frozenset(),
    **inputs: Any,
) -> list[tuple[str, str, str]]:
    """Return what one rule finds: `file:line:column`, message and hint."""
    world = RuleContext(repository(*documents, configured=configured, unreadable=unreadable), TODAY, **inputs)
    return [
        (str(Source(found.file or "", found.line, found.column)), found.message, found.hint)
        for found in judge(world)
        if found.rule == rule
    ]
