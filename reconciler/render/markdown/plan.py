"""A plan as the comment under a pull request: what it does to whom, in the order in which people read."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from reconciler.errors import InputError
from reconciler.model.access import AccessChange
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Plan
from reconciler.model.visible import visible
from reconciler.render.markdown.escaping import code, fenced, table
from reconciler.render.markdown.risks import risks
from reconciler.render.text import changes as lines
from reconciler.render.text.style import counted
from reconciler.render.together import What, Who, alike, place

LARGEST: Final = 60_000
_SENTENCES: Final = 3
_APIS: Final = 4
_REASONS: Final = 6
_OPEN_LINES: Final = 40
_SIGNS: Final = {"create": "+", "update": "!", "delete": "-", "adopt": "!"}
_SEVERITIES: Final = {Severity.ERROR: "⛔", Severity.WARNING: "⚠️", Severity.INFO: "(i)"}
# How many rows of gains, lines of creations, and findings that deny nothing, step by step; None is all.
_LADDER: Final = ((None, None, None), (200, 200, 100), (40, 40, 20), (10, 0, 5), (0, 0, 0))


def plan(made: Plan, *, link: str = "", largest: int = LARGEST) -> str:
    """Return a plan in at most `largest` characters; `link` leads to the files of its commit.

    What makes it longer is folded step by step, but never what is removed or lost, raised or denied: if these
    do not fit, InputError says that it is too large to review.
    """
    for gains, creations, others in _LADDER:
        comment = _Comment(made, link, gains, creations, others).text()
        if len(comment) <= largest:
            return comment
    message = (
        f"the plan is too large to review: more than {largest:,} characters are removed, raised or denied"
    )
    raise InputError(message, "split the change into several, or read the plan as text")


class _Comment:
    """One rung of the ladder: how much of what may be folded is shown."""

    def __init__(
        self, made: Plan, link: str, gains: int | None, creations: int | None, others: int | None
    ) -> None:
        self._made = made
        self._link = link
        self._gains = gains
        self._creations = creations
        self._others = others

    def text(self) -> str:
        """Return the whole comment."""
        made = self._made
        parts = [
            [f"<!-- reconciler plan {quote(made.portal, safe='')} -->"],
            [f"### {_verdict(made)} Access on {code(made.portal)}"],
            self._summary(),
            [f"{_counts(made)}"] if made.changes else [],
            [*_incomplete(made)],
            risks(made),
            self._access("Who loses access", made.access.lost, None),
            self._access("Who gains access", made.access.gained, self._gains),
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
            return ["Nothing changes." if made.complete else "Nothing is decided."]
        said = [*_told(made.access.lost, "loses"), *_told(made.access.gained, "gets")]
        if not said:
            said = ["Nobody gains or loses access."]
        invited = sum(change.kind == "membership" and change.action == "create" for change in made.changes)
        if invited:
            who = "1 person is" if invited == 1 else f"{invited:,} people are"
            said.append(f"{who} added; whoever has no account yet gets one invitation by mail.")
        return [" ".join(said)]

    def _access(self, title: str, rows: Sequence[AccessChange], most: int | None) -> list[str]:
        together = alike(rows)
        cells = [
            [
                _who(who),
                ", ".join(map(code, apis)),
                f"{before} → **{after}**",
                _through(via),
                until or "no end",
            ]
            for who in sorted(together, key=place)
            for (before, after, via, until), apis in together[who].items()
        ]
        if not cells:
            return []
        shown = cells if most is None else cells[:most]
        more = [f"\n… and {len(cells) - len(shown):,} more rows"] if len(shown) < len(cells) else []
        head = ["Who", "APIs", "Access", "Through", "Until"]
        return [f"**{title}**", "", *(table(head, shown) if shown else []), *more]

    def _approvals(self) -> list[str]:
        reasons: dict[str, list[str]] = {}
        for each in self._made.approvals:
            reasons.setdefault(each.owner, []).append(each.reason)
        if not reasons:
            return []
        listed = [f"- {code(owner)}: {_few(said, _REASONS)}" for owner, said in reasons.items()]
        return ["**Whose approval it needs**", "", *listed]

    def _findings(self) -> list[str]:
        findings = self._made.findings
        denied = [each for each in findings if each.severity is Severity.ERROR]
        others = [each for each in findings if each.severity is not Severity.ERROR]
        shown = others if self._others is None else others[: self._others]
        rows = [self._finding(each) for each in [*denied, *shown]]
        more = [f"\n… and {len(others) - len(shown):,} more"] if len(shown) < len(others) else []
        body = [*(table(["", "Where", "What", "Rule"], rows) if rows else []), *more]
        if not body:
            return []
        if denied:
            return [f"**Denied by {counted(len(denied), 'error')}**", "", *body]
        return _folded(f"{counted(len(others), 'finding')}, none of which denies it", body)

    def _finding(self, finding: Finding) -> list[str]:
        hint = f" {code(finding.hint)}" if finding.hint else ""
        what = f"{code(finding.message)}{hint}"
        return [_SEVERITIES[finding.severity], self._place(finding), what, code(finding.rule)]

    def _place(self, finding: Finding) -> str:
        if finding.file is None:
            return ""
        shown = code(f"{finding.file}:{finding.line}" if finding.line else finding.file)
        if not self._link:
            return shown
        anchor = f"#L{finding.line}" if finding.line else ""
        return f"[{shown}]({self._link}/{quote(finding.file)}{anchor})"

    def _changes(self) -> list[str]:
        shown: list[str] = []
        left = 0
        for change in self._made.changes:
            if change.action == "create" and self._creations is not None and len(shown) >= self._creations:
                left += 1
            else:
                detail = lines.detail(change)
                shown.append(f"{_SIGNS[change.action]} {change.id}{f'  {detail}' if detail else ''}")
        if not shown and not left:
            return []
        more = [f"+ … and {left:,} more to create"] if left else []
        body = fenced([visible(line) for line in [*shown, *more]], "diff")
        title = counted(len(self._made.changes), "change")
        return ["**Changes**", "", *body] if len(body) <= _OPEN_LINES else _folded(title, body)

    def _drift(self) -> list[str]:
        drift = self._made.drift
        if not drift.changes:
            return []
        shown = drift.changes if self._creations is None else drift.changes[: self._creations]
        left = len(drift.changes) - len(shown)
        listed = [visible(f"{_SIGNS[change.action]} {change.id}") for change in shown]
        more = [f"  … and {left:,} more"] if left else []
        title = f"Drift: {counted(len(drift.changes), 'difference')} that this change leaves alone"
        return _folded(title, fenced([*listed, *more], "diff"))


def _verdict(made: Plan) -> str:
    if not made.complete:
        return "⚪ Not decided."
    if any(finding.severity is Severity.ERROR for finding in made.findings):
        return "🔴 Denied."
    if made.access.lost or any(change.action == "delete" for change in made.changes):
        return "🟡 Takes access away."
    return "🟢" if made.changes else "⚪ No changes."


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


def _told(rows: Sequence[AccessChange], verb: str) -> list[str]:
    """Return a sentence a team or person, for the first few of them."""
    together = alike(rows)
    who = sorted(together, key=place)
    said = [f"{_who(each)} {verb} {_what(together[each], verb)}." for each in who[:_SENTENCES]]
    left = len(who) - _SENTENCES
    return [*said, f"So {'does' if left == 1 else 'do'} {left:,} more."] if left > 0 else said


def _what(found: dict[What, list[str]], verb: str) -> str:
    apis = list(dict.fromkeys(api for each in found.values() for api in each))
    ends = {until for _, _, _, until in found}
    (until,) = ends if len(ends) == 1 else (None,)
    end = f" until {until}" if until and verb == "gets" else ""
    return f"{_few(apis, _APIS)}{end}"


def _few(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(map(code, names[:most]))}{more}"


def _who(who: Who) -> str:
    team, people = who
    if team is None:
        return ", ".join(map(code, people))
    return f"{code(team)} ({counted(len(people), 'person', 'people') if people else 'nobody yet'})"


def _through(via: tuple[str, ...]) -> str:
    return " → ".join(code(each.partition("/")[2]) for each in via)


def _folded(title: str, body: list[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *body, "", "</details>"]
