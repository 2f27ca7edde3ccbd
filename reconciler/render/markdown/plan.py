"""A plan as the comment under a pull request: what it does to whom, in the order in which people read."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from reconciler.errors import InputError
from reconciler.model.finding import Severity
from reconciler.model.plan import FILES, Change, Plan
from reconciler.model.visible import visible
from reconciler.render.approvals import reasons
from reconciler.render.markdown.escaping import LARGEST, code, codes, fenced, folded
from reconciler.render.markdown.findings import listed
from reconciler.render.markdown.people import People, ends, mails, partners
from reconciler.render.markdown.risks import risks
from reconciler.render.placed import worst_first
from reconciler.render.standing import FROM_FILES, Standing, standing
from reconciler.render.text import changes as lines
from reconciler.render.text.style import counted

_REASONS: Final = 6
_OPEN_LINES: Final = 40
_VERDICTS: Final[dict[Standing, str]] = {
    "undecided": "⚪ Not decided.",
    "denied": "🔴 Denied.",
    "taking": "🟡 Takes access away.",
    "changing": "🟢",
    "empty": "⚪ No changes.",
}
_SIGNS: Final = {"create": "+", "update": "!", "delete": "-", "adopt": "!"}


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


def marker(portal: str) -> str:
    """Return the first line of what is said about a portal: so its comment is found again, and no other."""
    return f"<!-- reconciler plan {quote(portal, safe='')} -->"


def plan(made: Plan, *, link: str = "", largest: int = LARGEST, names: bool = False) -> str:
    """Return a plan in at most `largest` characters; `link` leads to the files of its commit.

    What makes it longer is folded step by step, but never what is removed or lost, raised or denied: if these
    do not fit, InputError says that it is too large to review. People of delegated teams who stand in no file
    are counted, unless `names` are wanted.
    """
    for rung in _LADDER:
        comment = _Comment(made, link, rung, names=names).text()
        if len(comment) <= largest:
            return comment
    message = (
        f"the plan is too large to review: more than {largest:,} characters are removed, raised or denied"
    )
    raise InputError(message, "split the change into several, or read the plan as text")


class _Comment:
    """A plan on one rung of the ladder."""

    def __init__(self, made: Plan, link: str, rung: _Rung, *, names: bool) -> None:
        self._made = made
        self._link = link
        self._rung = rung
        self._people = People(made, names=names)

    def text(self) -> str:
        """Return the whole comment."""
        made = self._made
        gained = self._people.listed(
            "Who gains access", made.access.gained, self._rung.gains, self._rung.names
        )
        parts = [
            [marker(made.portal)],
            [f"### {verdict(made)} Access on {code(made.portal)}"],
            self._summary(),
            [_counts(made)] if made.changes else [],
            [FROM_FILES] if made.portal_id == FILES else [],
            [*_incomplete(made)],
            risks(made),
            self._people.listed("Who loses access", made.access.lost),
            gained,
            self._approvals(),
            self._findings(),
            self._changes(),
            self._drift(),
            [f"<sub>Plan {code(made.digest)}, made {made.created} for {made.today}</sub>"],
        ]
        return "\n\n".join("\n".join(part) for part in parts if part) + "\n"

    def _summary(self) -> list[str]:
        """Return a few plain sentences: who gets what until when, who loses it, and which mails go out."""
        made = self._made
        if not made.changes:
            return ["Nothing changes in the portal." if made.complete else "Nothing is decided."]
        said = [
            *self._people.sentences(made.access.lost, "loses"),
            *self._people.sentences(made.access.gained, "gets"),
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
        return folded(f"{counted(len(others), 'finding')}, none of which denies it", body) if body else []

    def _changes(self) -> list[str]:
        most = self._rung.creations
        where = _places(self._made.changes)
        shown: dict[str, list[str]] = {}
        left = number = 0
        for change in sorted(self._made.changes, key=lines.order):
            if change.action == "create" and most is not None and number >= most:
                left += 1
            else:
                number += 1
                shown.setdefault(where(change), []).append(_line(change))
        if not number and not left:
            return []
        listed = [line for title, those in shown.items() for line in (f"@@ {title} @@", *those)]
        more = [f"+ … and {left:,} more to create"] if left else []
        body = fenced([*listed, *more], "diff")
        title = counted(len(self._made.changes), "change")
        return ["**Changes**", "", *body] if len(body) <= _OPEN_LINES else folded(title, body)

    def _drift(self) -> list[str]:
        drift = self._made.drift
        if not drift.changes:
            return []
        shown = drift.changes[: self._rung.creations]
        left = len(drift.changes) - len(shown)
        more = [f"  … and {left:,} more"] if left else []
        title = f"Drift: {counted(len(drift.changes), 'difference')} that this change leaves alone"
        return folded(title, fenced([*map(_line, shown), *more], "diff"))


def verdict(made: Plan) -> str:
    """Return what a plan comes to, in a sign and a few words."""
    found = standing(made)
    if found == "empty" and made.file_changes:
        return "🟡 Changes what later plans may do."
    return _VERDICTS[found]


def _places(changes: Sequence[Change]) -> Callable[[Change], str]:
    """Return what tells a change's file; of what no file holds any more its partner's or group's."""
    files = lines.files(changes)

    def place(change: Change) -> str:
        title = lines.section(change)
        return visible(change.source.file if change.source else files.get(title, " ".join(title)))

    return place


def _line(change: Change) -> str:
    detail = lines.detail(change)
    return visible(f"{_SIGNS[change.action]} {lines.whole(change)}{f'  {detail}' if detail else ''}")


def _counts(made: Plan) -> str:
    summary = made.summary
    adopted = f" · {summary.adopt:,} to adopt" if summary.adopt else ""
    return (
        f"**{summary.create:,} to create · {summary.update:,} to change · {summary.delete:,} to delete**"
        f"{adopted}"
        f" · {counted(summary.people_gaining, 'person gains', 'people gain')} access"
        f" · {counted(summary.people_losing, 'person loses', 'people lose')} access"
    )


def _incomplete(made: Plan) -> list[str]:
    if made.complete:
        return []
    return ["⛔ The portal was not read to its end: nothing is decided, and apply refuses this plan."]
