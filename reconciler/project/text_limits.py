"""Find texts and names that a portal does not accept."""

import re
from collections.abc import Iterator

from reconciler.model.ids import decoded, last_name
from reconciler.model.portal import Capabilities, TextLimit
from reconciler.model.resource import Resource
from reconciler.project.limits import with_article


def unaccepted_texts(resource: Resource, can: Capabilities, name: str | None) -> Iterator[tuple[str, str]]:
    """Yield each field with a text that the portal does not accept, and why.

    `name` is the name of the resource in the portal, if it differs from that in the files.
    """
    if not can.limits:
        return
    texts = {**resource.fields, "name": name or decoded(last_name(resource.id))}
    for field, value in texts.items():
        limit = can.limits.get(f"{resource.kind}.{field}")
        for text in (value if isinstance(value, list) else [value]) if limit else ():
            if limit is not None and isinstance(text, str):
                what = _exceeds(text, limit, f"{field} of {with_article(resource.kind)}")
                if what:
                    yield field, what


def _exceeds(text: str, limit: TextLimit, field: str) -> str:
    if len(text) > limit.longest:
        return f"accepts at most {limit.longest:,} characters as {field}, not {len(text):,}"
    if limit.alphabet and not re.fullmatch(f"{limit.alphabet}*", text):
        return f"accepts only {limit.says} as {field}"
    return ""
