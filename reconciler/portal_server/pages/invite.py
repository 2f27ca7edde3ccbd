"""Invite people to a team: one, many, or those of a CSV file, with a preview before anything is sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from reconciler.portal_server.operations.member_preview import MAX_ADDRESSES, Preview
from reconciler.portal_server.operations.problems import ProblemError, invalid
from reconciler.portal_server.operations.responses import Member
from reconciler.portal_server.pages import address_list, layout, notices, team_rules
from reconciler.portal_server.pages.address_list import AddressListError, Entry
from reconciler.portal_server.pages.forms import PageError
from reconciler.portal_server.pages.members import members_path
from reconciler.portal_server.pages.templating import counted
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit

_INVALID: Final = "not an e-mail address"
_ROLES: Final = ("member", "admin")
# The errors that are repeated above the list of all of them.
_SHOWN_ERRORS: Final = 10
_OUTCOMES: Final = {
    "new": ("info", "Will be invited"),
    "later": ("warn", "Over the limit of this hour"),
    "invalid": ("bad", "Not an e-mail address"),
    "twice": ("quiet", "Already above in this list"),
    "blocked": ("bad", "Blocked by the partner"),
    "recent": ("warn", "Got an e-mail less than 24 hours ago; try again tomorrow"),
    "refused": ("warn", "Declined an invitation before; only your partner manager can invite them again"),
    "invited": ("quiet", "Invitation pending"),
    "active": ("quiet", "Already a member"),
    "expired": ("warn", "Invitation expired; send it again from the list of members"),
    "declined": ("warn", "Declined the invitation to this team"),
}
_SETTLED: Final = frozenset({"twice", "invited", "active"})


class Line(msgspec.Struct, frozen=True):
    """An address with what happens to it, and a tone for the text."""

    entry: Entry
    outcome: str
    tone: str
    text: str


class Chosen(msgspec.Struct, frozen=True):
    """What the people are invited as; only operators choose it."""

    role: str = "member"
    until: str | None = None


def show(visit: Visit) -> PageResponse:
    """Show the form for addresses."""
    problem = visit.problem
    return layout.page(
        visit,
        "invite.html",
        path=members_path(visit),
        team=team_rules.team_of(visit),
        rule=team_rules.rule(visit),
        viewing=visit.person.viewing_as is not None,
        addresses=visit.value("addresses") or (visit.value("emails") if problem else ""),
        chosen=Chosen(visit.value("role", "member"), visit.value("until") or None),
        is_operator=visit.person.is_operator,
    )


def submit(visit: Visit) -> PageResponse:
    """Show what would happen to each address, or send the invitations that were confirmed."""
    rule = team_rules.rule(visit)
    if rule is not None:
        raise ProblemError(403, f"{rule.title}. {rule.text}")
    chosen = _chosen(visit)
    if visit.form.text("step") == "send":
        return _send(visit, address_list.read_text(visit.form.text("emails")), chosen)
    return _preview(visit, _entries(visit), chosen)


def _chosen(visit: Visit) -> Chosen:
    if not visit.person.is_operator:
        return Chosen()
    until = visit.form.maybe("until")
    try:
        day = None if until is None else date.fromisoformat(until).isoformat()
    except ValueError as error:
        raise invalid("/until", "Enter the last day as YYYY-MM-DD.") from error
    role = visit.form.text("role", "member")
    if role not in _ROLES:
        raise invalid("/role", "Choose a role.")
    return Chosen(role, day)


def _entries(visit: Visit) -> list[Entry]:
    content = visit.form.file("file")
    pointer = "/addresses"
    try:
        found = address_list.read_text(visit.form.text("addresses"))
        if content is not None:
            pointer = "/file"
            found += address_list.read_file(content)
        address_list.require_few(len(found))
    except AddressListError as error:
        raise invalid(pointer, str(error)) from error
    if not found:
        raise invalid(
            pointer,
            "Enter an address, or choose a file." if content is None else "The file has no addresses.",
        )
    return found


def _preview(visit: Visit, entries: Sequence[Entry], chosen: Chosen) -> PageResponse:
    lines, preview = _judged(visit, entries)
    new = [line.entry.email for line in lines if line.outcome == "new"]
    wrong = [line for line in lines if line.outcome == "invalid"]
    return layout.page(
        visit,
        "invite_preview.html",
        status=200 if new else 422,
        path=members_path(visit),
        team=team_rules.team_of(visit),
        lines=lines,
        new=new,
        wrong=len(wrong),
        later=sum(line.outcome == "later" for line in lines),
        preview=preview,
        chosen=chosen,
        is_operator=visit.person.is_operator,
        text=_as_typed(visit, entries),
        errors=_errors(wrong),
    )


def _as_typed(visit: Visit, entries: Sequence[Entry]) -> str:
    """Return the list to change: what was typed, with the same lines, and below it the cells of the file."""
    cells = [_one_line(entry.text) for entry in entries if entry.in_file]
    return "\n".join([*filter(None, [visit.form.text("addresses")]), *cells])


def _judged(visit: Visit, entries: Sequence[Entry]) -> tuple[list[Line], Preview]:
    emails = list(dict.fromkeys(entry.email for entry in entries if entry.email is not None))
    preview: Preview = visit.perform(
        "preview-members", path={"id": visit.path["team"]}, body={"emails": emails}
    )
    outcomes: dict[str | None, str] = {None: "invalid"}
    left = len(emails) if preview.left is None else preview.left
    for email, known in zip(emails, preview.outcomes, strict=True):
        outcomes[email] = "later" if known == "new" and left <= 0 else known
        left -= known == "new"
    seen: set[str | None] = set()
    lines = []
    for entry in entries:
        outcome = outcomes[entry.email] if entry.email not in seen else "twice"
        seen |= {entry.email} - {None}
        lines.append(Line(entry, outcome, *_OUTCOMES[outcome]))
    return lines, preview


def _errors(wrong: Sequence[Line]) -> list[PageError]:
    errors = [
        PageError(
            "addresses",
            f"{'File, line' if line.entry.in_file else 'Line'} {line.entry.line}, "
            f"{'cell' if line.entry.in_file else 'column'} {line.entry.column}: "
            + (
                f"“{_short(line.entry.text)}” is {_INVALID}."
                if line.entry.text
                else "the address is missing."
            ),
        )
        for line in wrong[:_SHOWN_ERRORS]
    ]
    if len(wrong) > _SHOWN_ERRORS:
        errors.append(PageError("addresses", f"{len(wrong) - _SHOWN_ERRORS:,} more lines have an error."))
    return errors


def _send(visit: Visit, entries: Sequence[Entry], chosen: Chosen) -> PageResponse:
    """Invite each address that is still new, so that sending the form twice invites once."""
    if not entries:
        raise invalid("/addresses", "Enter an address, or choose a file.")
    lines, _ = _judged(visit, entries[:MAX_ADDRESSES])
    results = [_invited(visit, line, chosen) if line.outcome == "new" else line for line in lines]
    sent = [line for line in results if line.outcome in {"sent", "joined"}]
    if len(results) == len(sent) == 1:
        email, joined = sent[0].entry.email, sent[0].outcome == "joined"
        text = f"{email} joined the team." if joined else f"An invitation was sent to {email}."
        return notices.done(visit, members_path(visit), text)
    rest = [line for line in results if line.outcome not in {"sent", "joined"} | _SETTLED]
    return layout.page(
        visit,
        "invite_results.html",
        path=members_path(visit),
        team=team_rules.team_of(visit),
        lines=results,
        sent=counted(sum(line.outcome == "sent" for line in results), "invitation"),
        joined=sum(line.outcome == "joined" for line in results),
        rest=rest,
        chosen=chosen,
        is_operator=visit.person.is_operator,
        text="\n".join(_one_line(line.entry.text) for line in rest),
        errors=[],
    )


def _invited(visit: Visit, line: Line, chosen: Chosen) -> Line:
    body: dict[str, Any] = {
        "teamId": visit.path["team"],
        "email": line.entry.email,
        "role": chosen.role,
        "until": chosen.until,
    }
    try:
        with visit.connection.begin_nested():
            member: Member = visit.perform("create-member", body=body)
    except ProblemError as problem:
        return Line(
            line.entry, "failed", "bad", problem.errors[0].detail if problem.errors else problem.detail
        )
    if member.state == "active":
        return Line(line.entry, "joined", "good", "Joined at once: they have an account")
    return Line(line.entry, "sent", "good", "Invitation sent")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


PAGES: Final = (
    Page(path="/ui/teams/{team}/members/invite", audience="team-admin", show=show, submit=submit),
)
