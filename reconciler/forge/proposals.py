"""Keep one pull request of a branch up to date: its text between two marks, and its end."""

from typing import Final

from reconciler.forge.comment_text import same
from reconciler.forge.comments import UpsertResult, upsert_comment
from reconciler.model.forge import Forge, Proposal, ProposalDraft

_BEGIN: Final = "<!-- reconciler proposal -->"
_END: Final = "<!-- end of reconciler proposal -->"
_CLOSED: Final = "<!-- reconciler proposal closed -->"


async def upsert_proposal(
    forge: Forge, found: Proposal | None, draft: ProposalDraft
) -> tuple[UpsertResult, int]:
    """Open a pull request, or update our text in the open one; return its number. Raises PortalError.

    The title, and what people wrote outside of the marks, stay. Where they removed the marks, the whole text
    stays.
    """
    if found is None or found.state != "open":
        body = f"{_BEGIN}\n{draft.body.strip()}\n{_END}"
        opened = ProposalDraft(draft.branch, draft.base, draft.title, body)
        return UpsertResult.CREATED, await forge.open_proposal(opened)
    body = _with_text(found.body, draft.body)
    if same(body, found.body):
        return UpsertResult.UNCHANGED, found.number
    await forge.change_proposal(found.number, body)
    return UpsertResult.CHANGED, found.number


async def close_proposal(forge: Forge, found: Proposal, reason: str) -> None:
    """Comment on an open pull request, and close it. Raises PortalError."""
    await upsert_comment(forge, found.number, f"{_CLOSED}\n{reason}", _CLOSED)
    await forge.change_proposal(found.number, found.body, close=True)


def _with_text(body: str, text: str) -> str:
    begin, end = body.find(_BEGIN), body.rfind(_END)
    if begin < 0 or end < begin:
        return body
    return f"{body[:begin]}{_BEGIN}\n{text.strip()}\n{body[end:]}"
