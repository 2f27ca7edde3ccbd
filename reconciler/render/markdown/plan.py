"""A plan as a comment on a pull request: summary and risks first, then details."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from reconciler.model.approval import OwnerApproval
from reconciler.model.counting import counted
from reconciler.model.finding import Severity, by_cause
from reconciler.model.plan import Plan
from reconciler.render.approvals import approvals_title, reasons, who_approves
from reconciler.render.locations import by_severity
from reconciler.render.markdown.approvals import approvals as approvals_table
from reconciler.render.markdown.changes import changes, drift
from reconciler.render.markdown.comment_frame import counts, foot, heading, joined, marker, notices
from reconciler.render.markdown.condensed import Elsewhere, brief
from reconciler.render.markdown.escaping import MAX_LENGTH, code, codes, folded
from reconciler.render.markdown.file_changes import file_changes
from reconciler.render.markdown.findings import listed
from reconciler.render.markdown.people import People, ends, mails, partners
from reconciler.render.markdown.risks import risks

_REASONS: Final = 6


class _Limits(NamedTuple):
    """Limits: rows of gained access, names per row, changes of new objects, other findings, owners."""

    gains: int | None = None
    names: int | None = None
    creations: int | None = None
    others: int | None = None
    owners: int | None = None


_LADDER: Final = (
    _Limits(),
    _Limits(200, 20, 200, 100, 100),
    _Limits(40, 6, 40, 20, 40),
    _Limits(10, 3, 0, 5, 20),
    _Limits(0, 0, 0, 0, 20),
)


class Comment(NamedTuple):
    """A plan in Markdown, and whether it contains everything that a reviewer must check."""

    text: str
    whole: bool


def comment(
    plan: Plan,
    *,
    link: str = "",
    largest: int = MAX_LENGTH,
    names: bool = False,
    elsewhere: Elsewhere | None = None,
    approvals: Sequence[OwnerApproval] | None = None,
) -> Comment:
    """Return a plan in at most `largest` characters; `link` is the address of the files of its commit.

    If it is too long, details are cut step by step, but only details of new partners, groups and products,
    and findings that do not block. If the rest does not fit, the comment has counts, the first rows, and
    the links in `elsewhere`. People who are not defined in files (in delegated teams) are counted, unless
    `names` is set. `approvals` are the owners and who approved, if that was read from a forge.
    """
    plan = msgspec.structs.replace(plan, findings=tuple(by_cause(plan.findings)))
    for limits in _LADDER:
        text = _Comment(plan, link, limits, approvals, names=names).text()
        if len(text) <= largest:
            return Comment(text, whole=True)
    people = People(plan, names=names)
    text = brief(plan, people, link, largest, elsewhere or Elsewhere(), approvals or ())
    return Comment(text, whole=False)


def plan(plan: Plan, *, link: str = "", largest: int = MAX_LENGTH, names: bool = False) -> str:
    """Return the text of `comment`."""
    return comment(plan, link=link, largest=largest, names=names).text


class _Comment:
    """A plan with given limits."""

    def __init__(
        self,
        plan: Plan,
        link: str,
        limits: _Limits,
        approvals: Sequence[OwnerApproval] | None,
        *,
        names: bool,
    ) -> None:
        self._made = plan
        self._link = link
        self._limits = limits
        self._approvals_read = approvals
        self._people = People(plan, names=names)

    def text(self) -> str:
        """Return the comment."""
        plan, limits = self._made, self._limits
        return joined(
            [
                [marker(plan.portal)],
                [heading(plan)],
                self._summary(),
                counts(plan),
                *notices(plan),
                risks(plan),
                self._people.gaining("Who gains access", limits.gains, limits.names),
                self._people.losing("Who loses access"),
                self._approvals(),
                self._findings(),
                file_changes(plan),
                changes(plan, limits.creations),
                drift(plan, limits.creations),
                [foot(plan)],
            ]
        )

    def _summary(self) -> list[str]:
        """Return a summary: who gains and loses access, end dates, and invitations."""
        plan = self._made
        if not plan.changes:
            return ["No changes in the portal." if plan.complete else "The changes are unknown."]
        sentences = [
            *self._people.sentences(plan.access.gained, "gains"),
            *self._people.sentences(plan.access.lost, "loses"),
        ]
        return [
            "\\\n".join(
                [
                    *partners(plan.changes),
                    *(sentences or ["Nobody gains or loses access."]),
                    *ends(plan.changes),
                    *mails(plan.changes),
                ]
            )
        ]

    def _approvals(self) -> list[str]:
        if self._approvals_read is not None:
            lines = approvals_table(self._approvals_read, self._limits.owners)
            return ["**Approvals**", "", *lines] if lines else []
        required = reasons(self._made)
        lines = [
            f"- {code(owner)}: "
            + "; ".join(filter(None, (codes(why, _REASONS), who_approves(self._made, owner, codes))))
            for owner, why in required.items()
        ]
        return [f"**{approvals_title(self._made)}**", "", *lines] if lines else []

    def _findings(self) -> list[str]:
        findings = by_severity(self._made.findings)
        denied = [each for each in findings if each.severity is Severity.ERROR]
        others = [each for each in findings if each.severity is not Severity.ERROR]
        most = None if self._limits.others is None else len(denied) + self._limits.others
        body = listed(findings, self._link, most)
        if denied:
            return [f"**Denied by {counted(len(denied), 'error')}**", "", *body]
        return folded(f"{counted(len(others), 'finding')}, none blocking", body) if body else []
