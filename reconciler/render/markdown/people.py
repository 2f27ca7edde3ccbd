"""Who gains and who loses access, in Markdown: as sentences and as tables."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.counting import counted
from reconciler.model.ids import name_of
from reconciler.model.kinds import person_of
from reconciler.model.plan import Change, Plan
from reconciler.model.resource import Fields
from reconciler.render.grouping import What, Who, names_on_path
from reconciler.render.markdown.escaping import code, codes, row, table
from reconciler.render.new_objects import NewObjects
from reconciler.render.ranking import Ranking

_SENTENCES: Final = 3
_APIS: Final = 4
_NAMES: Final = 3
_NAMES_A_LINE: Final = 200
GAINS: Final = ["Who", "APIs", "Access", "Via", "Until"]
LOSSES: Final = [*GAINS[:-1], "Was until"]


class _Row(NamedTuple):
    """A row of a table: who, the access change, and the APIs."""

    who: Who
    what: What
    apis: list[str]


class People:
    """Show people by address; people who are not defined in a file are counted, unless `names` is set."""

    def __init__(self, plan: Plan, *, names: bool) -> None:
        self._made = plan
        self._created = NewObjects(plan)
        self._ranking = Ranking(plan)
        self._unnamed = frozenset() if names else frozenset(plan.unlisted)

    def sentences(self, rows: Sequence[AccessChange], verb: str) -> list[str]:
        """Return one sentence for each of the first teams and people, the highest risk first."""
        together = self._ranking.group(rows)
        sentences = [
            f"{_subject(each, self._unnamed)} {verb} access to {_what(what, verb)}."
            for each, what in list(together.items())[:_SENTENCES]
        ]
        left = len(together) - _SENTENCES
        return [*sentences, f"And {left:,} more."] if left > 0 else sentences

    def gaining(
        self, title: str, most: int | None = None, names: int | None = None, *, of_all: bool = False
    ) -> list[str]:
        """Return a table of the people who gain access.

        Teams of new partners are limited to `most` rows with `names` names each; all others are complete,
        unless `of_all` applies the limits to them, too.
        """
        rows = self._rows(self._made.access.gained)
        limited = [each for each in rows if of_all or self._created.is_new_team(each.who[0])]
        kept = {id(each) for each in limited[:most]}
        cut = {id(each) for each in limited} - kept
        shown = [each for each in rows if id(each) not in cut]
        return self._table((title, GAINS), shown, len(cut), lambda each: names if id(each) in kept else None)

    def losing(self, title: str, most: int | None = None, names: int | None = None) -> list[str]:
        """Return a table of the people who lose access, limited to `most` rows with `names` names each."""
        rows = self._rows(self._made.access.lost)
        shown = rows[:most]
        return self._table((title, LOSSES), shown, len(rows) - len(shown), lambda _: names)

    def every_row(self, changes: Sequence[AccessChange]) -> Iterator[str]:
        """Yield one table line per row, or several lines for a row with many names."""
        for line in self._rows(changes):
            team, people = line.who
            for first in range(0, max(len(people), 1), _NAMES_A_LINE):
                who = team, people[first : first + _NAMES_A_LINE]
                yield row([self._who(who, None), codes(line.apis), *_details(line.what)])

    def _rows(self, changes: Sequence[AccessChange]) -> list[_Row]:
        together = self._ranking.group(changes)
        return [_Row(who, what, apis) for who in together for what, apis in together[who].items()]

    def _table(
        self,
        head: tuple[str, list[str]],
        rows: Sequence[_Row],
        left: int,
        names: Callable[[_Row], int | None],
    ) -> list[str]:
        if not rows and not left:
            return []
        body = [[self._who(each.who, names(each)), codes(each.apis), *_details(each.what)] for each in rows]
        more = [f"\n… and {counted(left, 'more row')}"] if left else []
        title, columns = head
        return [f"**{title}**", "", *(table(columns, _without_repeats(body)) if rows else []), *more]

    def _who(self, who: Who, most: int | None) -> str:
        team, people = who
        named = [person for person in people if person not in self._unnamed]
        unnamed = len(people) - len(named)
        if team is None:
            return codes(people, most)
        if not people:
            return f"{code(team)}, no members yet"
        if not named:
            return f"{code(team)}, {counted(unnamed, 'person', 'people')}"
        others = f" and {counted(unnamed, 'person', 'people')} managed in the portal" if unnamed else ""
        return f"{code(team)}<br>{codes(named, most)}{others}"


def partners(changes: Sequence[Change]) -> list[str]:
    """Return sentences about created, deleted and renamed partners, and renamed teams."""
    created = [change for change in changes if (change.kind, change.action) == ("partner", "create")]
    deleted = [change for change in changes if (change.kind, change.action) == ("partner", "delete")]
    renamed = [change for change in changes if change.kind in {"partner", "team"} and change.renamed_from]
    sections = [
        ("New", [_introduced(change, change.after or {}) for change in created]),
        ("Deleted", [_introduced(change, change.before or {}) for change in deleted]),
        ("Renamed", [_renamed(change) for change in renamed]),
    ]
    return [f"{title}: {_few(items)}." for title, items in sections if items]


def ends(changes: Sequence[Change]) -> list[str]:
    """Return a sentence about changed end dates."""
    changed = sum(
        change.action == "update" and any(field.path == "until" for field in change.fields)
        for change in changes
    )
    return [f"{counted(changed, 'end date changes', 'end dates change')}."] if changed else []


def mails(changes: Sequence[Change]) -> list[str]:
    """Return a sentence about people who are added and may get an e-mail invitation."""
    added = [
        person_of(change.id)
        for change in changes
        if change.kind == "membership" and change.action == "create"
    ]
    added = list(dict.fromkeys(added))
    if not added:
        return []
    who = codes(added) if len(added) <= _NAMES else counted(len(added), "person", "people")
    are = "is" if len(added) == 1 else "are"
    return [f"{who} {are} added; people without an account get an e-mail invitation."]


def _what(found: dict[What, list[str]], verb: str) -> str:
    by_note: dict[str, dict[str, None]] = {}
    for what, names in found.items():
        by_note.setdefault(_level_note(what), {}).update(dict.fromkeys(names))
    apis = [f"{codes(list(names), _APIS)}{note}" for note, names in by_note.items()]
    ends = {what.until for what in found}
    known = sorted(filter(None, ends))
    # Without an end date on every path, do not claim one.
    until = "" if None in ends or not known else f" until {known[0]}{' or later' if known[1:] else ''}"
    end = until if verb in {"gains", "gained"} else ""
    return f"{'; '.join(apis)}{end}"


def _level_note(what: What) -> str:
    """Return the level, unless access is simply gained or lost."""
    if what.before == "none":
        return " (view only)" if what.after == "view" else ""
    if what.after == "none":
        return ""
    return f" ({what.remaining}, was {what.before})"


def _introduced(change: Change, partner: Fields) -> str:
    name = code(name_of(change.id))
    if "displayName" not in partner:
        return name
    return f"{code(str(partner['displayName']))} ({name}, {code(str(partner.get('type')))})"


def _renamed(change: Change) -> str:
    before, after = (name_of(each) for each in (change.renamed_from or "", change.id))
    return f"{code(before)} to {code(after)}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
    return f"{', '.join(names[:_NAMES])}{more}"


def _subject(who: Who, unnamed: frozenset[str]) -> str:
    """Return the subject of a sentence: one person by name, several by number."""
    team, people = who
    if team is None:
        return codes(people, _NAMES)
    if len(people) == 1 and people[0] not in unnamed:
        return f"{code(people[0])} in {code(team)}"
    return f"{code(team)} ({counted(len(people), 'person', 'people') if people else 'no members yet'})"


def _without_repeats(body: list[list[str]]) -> list[list[str]]:
    """Leave the first cell empty if it repeats the cell above."""
    above = [None, *(cells[0] for cells in body)]
    return [
        ["", *cells[1:]] if cells[0] == before else cells for cells, before in zip(body, above, strict=False)
    ]


def _details(what: What) -> list[str]:
    end = what.remaining.removeprefix(what.after)
    return [f"{what.before} → **{what.after}**{end}", _through(what.via), what.until or "no end date"]


def _through(via: tuple[str, ...]) -> str:
    return " → ".join(map(code, names_on_path(via))) or "directly"
