"""The mails that a demo sends, on a page that everybody may see."""

import re
from typing import Final

import msgspec

from reconciler.portal_server.operations.context import Caller
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit

_EVERYBODY: Final = Caller(None, "demo", "admin")
_SHOWN: Final = 100
_READ: Final = 25
_LINK: Final = re.compile(r"/ui/(?:invitations|sign-in/link)/[\w-]+")


class SentMail(msgspec.Struct, frozen=True):
    """A mail, with the links in its text that lead to the pages, as paths."""

    to: str
    subject: str
    text: str
    sent_at: str
    links: tuple[str, ...]


def show(visit: Visit) -> PageResponse:
    """Show the last mails, newest first. Reject with 404 unless this is a demo."""
    if not visit.portal.site.demo:
        raise ProblemError(404, "This page does not exist.")
    visit.caller = _EVERYBODY
    mails = [_sent(mail) for mail in _newest(visit)]
    return layout.page(visit, "demo_mail.html", mails=mails)


def _newest(visit: Visit) -> list[dict[str, str]]:
    """Return the last mails, which the operation lists from the oldest on."""
    found: list[dict[str, str]] = []
    query = {"limit": str(_READ)}
    while True:
        reply = visit.perform("list-mailbox", query=query)
        found = [*found, *map(msgspec.structs.asdict, reply.items)][-_SHOWN:]
        if reply.next is None:
            return found[::-1]
        query["cursor"] = reply.next


def _sent(mail: dict[str, str]) -> SentMail:
    links = dict.fromkeys(_LINK.findall(mail["text"]))
    return SentMail(mail["to"], mail["subject"], mail["text"], mail["sent_at"], tuple(links))


PAGES: Final = (Page(path="/ui/demo/mail", audience="anyone", show=show),)
