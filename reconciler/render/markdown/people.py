"""Who gains and who loses access, in Markdown: in sentences and in a table."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.ids import person_of
from reconciler.model.plan import Change, Plan
from reconciler.render.grouping import What, Who
from reconciler.render.markdown.escaping import code, codes, row, table
from reconciler.render.new_objects import Created
from reconciler.render.ranking import Ranking
from reconciler.render.text.style import counted

_SENTENCES: Final = 3
_APIS: Final = 4
_NAMES: Final = 3
_NAMES_A_LINE: Final = 200
TABLE: Final = ["Who", "APIs", "Access", "Through", "Until"]


class _Row(NamedTuple):
    """A row of a table: who, how the access changes, and of which APIs."""

    who: Who
    what: What
    apis: list[str]


class People:
    """How people are shown: by address, or as a number who stand in no file, unless names are wanted."""

    def __init__(self, made: Plan, *, names: bool) -> None:
        self._made = made
        self._created = Created(made)
        self._ranking = Ranking(made)
        self._unnamed = frozenset() if names else frozenset(made.unlisted)

    def sentences(self, rows: Sequence[AccessChange], verb: str) -> list[str]:
        """Return a sentence a team or person, for the first few of them, whose risk is highest."""
        together = self._ranking.together(rows)
        said = [
            f"{_briefly(each, self._unnamed)} {verb} {_what(what, verb)}."
            for each, what in list(together.items())[:_SENTENCES]
        ]
        left = len(together) - _SENTENCES
        return [*said, f"And {left:,} more."] if left > 0 else said

    def gaining(
        self, title: str, most: int | None = None, names: int | None = None, *, of_all: bool = False
    ) -> list[str]:
        """Return a table of who gains access.

        Of the teams of newly created partners there are `most` rows, each with `names` names; of the others
        all, unless the limits are those `of_all`.
        """
        rows = self._rows(self._made.access.gained)
        folded = [each for each in rows if of_all or self._created.brings_team(each.who[0])]
        kept = {id(each) for each in folded[:most]}
        cut = {id(each) for each in folded} - kept
        shown = [each for each in rows if id(each) not in cut]
        return self._table(title, shown, len(cut), lambda each: names if id(each) in kept else None)

    def losing(self, title: str, most: int | None = None, names: int | None = None) -> list[str]:
        """Return a table of who loses access: `most` rows, each with `names` names, or all."""
        rows = self._rows(self._made.access.lost)
        shown = rows[:most]
        return self._table(title, shown, len(rows) - len(shown), lambda _: names)

    def every_row(self, changes: Sequence[AccessChange]) -> Iterator[str]:
        """Yield a line of a table for each row, and several for one with many names."""
        for line in self._rows(changes):
            team, people = line.who
            for first in range(0, max(len(people), 1), _NAMES_A_LINE):
                who = team, people[first : first + _NAMES_A_LINE]
                yield row([self._who(who, None), codes(line.apis), *_how(line.what)])

    def _rows(self, changes: Sequence[AccessChange]) -> list[_Row]:
        together = self._ranking.together(changes)
        return [_Row(who, what, apis) for who in together for what, apis in together[who].items()]

    def _table(
        self, title: str, rows: Sequence[_Row], left: int, names: Callable[[_Row], int | None]
    ) -> list[str]:
        if not rows and not left:
            return []
        body = [[self._who(each.who, names(each)), codes(each.apis), *_how(each.what)] for each in rows]
        more = [f"\n… and {left:,} more rows"] if left else []
        return [f"**{title}**", "", *(table(TABLE, _once(body)) if rows else []), *more]

    def _who(self, who: Who, most: int | None) -> str:
        team, people = who
        named = [person for person in people if person not in self._unnamed]
        unnamed = len(people) - len(named)
        if team is None:
            return codes(people, most)
        if not people:
            return f"{code(team)}, which has nobody yet"
        if not named:
            return f"{code(team)}, {counted(unnamed, 'person', 'people')}"
        others = f" and {counted(unnamed, 'person', 'people')} whom its admins look after" if unnamed else ""
        return f"{code(team)}<br>{codes(named, most)}{others}"


def partners(changes: Sequence[Change]) -> list[str]:
    """Return a sentence about the partners that come, that go, and that bear another name, as their teams."""
    come = [change for change in changes if (change.kind, change.action) == ("partner", "create")]
    go = [change for change in changes if (change.kind, change.action) == ("partner", "delete")]
    moved = [change for change in changes if change.kind in {"partner", "team"} and change.renamed_from]
    named = [
        ("New", [_introduced(change, change.after or {}) for change in come]),
        ("Gone", [_introduced(change, change.before or {}) for change in go]),
        ("Renamed", [_renamed(change) for change in moved]),
    ]
    return [f"{title}: {_few(those)}." for title, those in named if those]


def ends(changes: Sequence[Change]) -> list[str]:
    """Return a sentence about access that will end on another day than so far."""
    moved = sum(
        change.action == "update" and any(field.path == "until" for field in change.fields)
        for change in changes
    )
    return [f"{counted(moved, 'end moves', 'ends move')}."] if moved else []


def mails(changes: Sequence[Change]) -> list[str]:
    """Return a sentence about those who are added, and may get an invitation by mail."""
    added = [
        person_of(change.id)
        for change in changes
        if change.kind == "membership" and change.action == "create"
    ]
    added = list(dict.fromkeys(added))
    if not added:
        return []
    who = codes(added) if len(added) <= _NAMES else f"{len(added):,} people"
    are = "is" if len(added) == 1 else "are"
    return [f"{who} {are} added; people without an account get an e-mail invitation."]


def _what(found: dict[What, list[str]], verb: str) -> str:
    alike: dict[str, dict[str, None]] = {}
    for what, names in found.items():
        alike.setdefault(_partly(*what[:2]), {}).update(dict.fromkeys(names))
    apis = [f"{codes(list(names), _APIS)}{partly}" for partly, names in alike.items()]
    ends = {until for _, _, _, until in found}
    known = sorted(filter(None, ends))
    # Where one of them has no end, none is promised.
    until = "" if None in ends or not known else f" until {known[0]}{' or later' if known[1:] else ''}"
    end = until if verb in {"gets", "has"} else ""
    return f"{'; '.join(apis)}{end}"


def _partly(before: str, after: str) -> str:
    """Return the level, where it is not simply all or nothing."""
    if before == "none":
        return " (view only)" if after == "view" else ""
    if after == "none":
        return ""
    return f" ({after} instead of {before})"


def _introduced(change: Change, partner: dict[str, Any]) -> str:
    name = code(change.id.partition("/")[2])
    if "displayName" not in partner:
        return name
    return f"{code(str(partner['displayName']))} ({name}, {code(str(partner.get('type')))})"


def _renamed(change: Change) -> str:
    before, after = (each.partition("/")[2] for each in (change.renamed_from or "", change.id))
    return f"{code(before)} is {code(after)} now"


def _few(said: list[str]) -> str:
    more = f" and {len(said) - _NAMES:,} more" if len(said) > _NAMES else ""
    return f"{', '.join(said[:_NAMES])}{more}"


def _briefly(who: Who, unnamed: frozenset[str]) -> str:
    """Return who it is in a sentence: one person by name, several by their number."""
    team, people = who
    if team is None:
        return codes(people, _NAMES)
    if len(people) == 1 and people[0] not in unnamed:
        return f"{code(people[0])} in {code(team)}"
    return f"{code(team)} ({counted(len(people), 'person', 'people') if people else 'nobody yet'})"


def _once(body: list[list[str]]) -> list[list[str]]:
    """Return the rows, where whoever stands in the row above is not said again."""
    above = [None, *(cells[0] for cells in body)]
    return [
        ["", *cells[1:]] if cells[0] == before else cells for cells, before in zip(body, above, strict=False)
    ]


def _how(what: What) -> list[str]:
    before, after, via, until = what
    return [f"{before} → **{after}**", _through(via), until or "no end"]


def _through(via: tuple[str, ...]) -> str:
    return " → ".join(code(each.partition("/")[2]) for each in via)
