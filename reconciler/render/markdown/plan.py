"""A plan as the comment under a pull request: what it does to whom, in the order in which people read."""

from typing import Final, NamedTuple

from reconciler.model.finding import Severity
from reconciler.model.plan import Plan
from reconciler.render.approvals import reasons
from reconciler.render.locations import worst_first
from reconciler.render.markdown.changes import changes, drift
from reconciler.render.markdown.comment_frame import counts, foot, heading, joined, marker, notices
from reconciler.render.markdown.condensed import Elsewhere, brief
from reconciler.render.markdown.escaping import LARGEST, code, codes, folded
from reconciler.render.markdown.file_changes import file_changes
from reconciler.render.markdown.findings import listed
from reconciler.render.markdown.people import People, ends, mails, partners
from reconciler.render.markdown.risks import risks
from reconciler.render.text.style import counted

_REASONS: Final = 6


class _Rung(NamedTuple):
    """How much is shown: rows of gains, names in each, lines of creations, findings that deny nothing."""

    gains: int | None = None
    names: int | None = None
    creations: int | None = None
    others: int | None = None


_LADDER: Final = (
    _Rung(),
    _Rung(200, 20, 200, 100),
    _Rung(40, 6, 40, 20),
    _Rung(10, 3, 0, 5),
    _Rung(0, 0, 0, 0),
)


class Comment(NamedTuple):
    """A plan in Markdown, and whether all is in it that a reviewer has to look at."""

    text: str
    whole: bool


def comment(
    made: Plan,
    *,
    link: str = "",
    largest: int = LARGEST,
    names: bool = False,
    elsewhere: Elsewhere | None = None,
) -> Comment:
    """Return a plan in at most `largest` characters; `link` leads to the files of its commit.

    What makes it longer is folded step by step, but only what comes with newly created partners, groups and
    products, and findings that deny nothing. Where the rest does not fit, the comment has counts, the worst
    rows, and links to what is `elsewhere`. People of delegated teams who stand in no file are counted, unless
    `names` are wanted.
    """
    for rung in _LADDER:
        text = _Comment(made, link, rung, names=names).text()
        if len(text) <= largest:
            return Comment(text, whole=True)
    people = People(made, names=names)
    return Comment(brief(made, people, link, largest, elsewhere or Elsewhere()), whole=False)


def plan(made: Plan, *, link: str = "", largest: int = LARGEST, names: bool = False) -> str:
    """Return a plan as `comment` does, whether all fits or not."""
    return comment(made, link=link, largest=largest, names=names).text


class _Comment:
    """A plan on one rung of the ladder."""

    def __init__(self, made: Plan, link: str, rung: _Rung, *, names: bool) -> None:
        self._made = made
        self._link = link
        self._rung = rung
        self._people = People(made, names=names)

    def text(self) -> str:
        """Return the whole comment."""
        made, rung = self._made, self._rung
        return joined(
            [
                [marker(made.portal)],
                [heading(made)],
                self._summary(),
                counts(made),
                *notices(made),
                risks(made),
                self._people.gaining("Who gains access", rung.gains, rung.names),
                self._people.losing("Who loses access"),
                self._approvals(),
                self._findings(),
                file_changes(made),
                changes(made, rung.creations),
                drift(made, rung.creations),
                [foot(made)],
            ]
        )

    def _summary(self) -> list[str]:
        """Return a few plain sentences: who gets what until when, who loses it, and which mails go out."""
        made = self._made
        if not made.changes:
            return ["Nothing changes in the portal." if made.complete else "Nothing is decided."]
        said = [
            *self._people.sentences(made.access.gained, "gets"),
            *self._people.sentences(made.access.lost, "loses"),
        ]
        return [
            "\\\n".join(
                [
                    *partners(made.changes),
                    *(said or ["Nobody gains or loses access."]),
                    *ends(made.changes),
                    *mails(made.changes),
                ]
            )
        ]

    def _approvals(self) -> list[str]:
        told = reasons(self._made.approvals)
        asked = [f"- {code(owner)}: {codes(said, _REASONS)}" for owner, said in told.items()]
        return ["**Whose approval it needs**", "", *asked] if asked else []

    def _findings(self) -> list[str]:
        findings = worst_first(self._made.findings)
        denied = [each for each in findings if each.severity is Severity.ERROR]
        others = [each for each in findings if each.severity is not Severity.ERROR]
        most = None if self._rung.others is None else len(denied) + self._rung.others
        body = listed(findings, self._link, most)
        if denied:
            return [f"**Denied by {counted(len(denied), 'error')}**", "", *body]
        return folded(f"{counted(len(others), 'finding')}, none blocking", body) if body else []
