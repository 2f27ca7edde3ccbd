"""The commit that last changed a line, with author and day, from git blame."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

import msgspec

from reconciler.cli.git.repository import Repository, opened
from reconciler.cli.git.reviews import Review, reviews
from reconciler.errors import InputError
from reconciler.model.finding import Source

_HEADER: Final = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)")
# A command line has a limited length.
_LINES_AT_ONCE: Final = 500


class Brought(msgspec.Struct, frozen=True):
    """A commit, its author, its day in UTC, and its review; without a commit, it is not committed yet."""

    commit: str | None
    author: str
    day: str
    review: Review = Review()

    def __str__(self) -> str:
        if self.commit is None:
            return "not committed yet"
        return ", ".join(filter(None, (f"{self.commit[:8]} {self.author}", self.day, str(self.review))))


_UNCOMMITTED: Final = Brought(None, "", "")


def history(folder: Path, places: Collection[Source]) -> dict[Source, Brought]:
    """Return the commits that last changed the lines at these places; nothing where git does not know."""
    lines: defaultdict[str, set[int]] = defaultdict(set)
    for place in places:
        if place.line is not None:
            lines[place.file].add(place.line)
    try:
        repository = opened(folder)
        head = repository.head()
        found = dict(_found(folder, repository, head, lines))
        reviewed = reviews(repository, head, {each.commit for each in found.values() if each.commit})
    except (InputError, OSError):
        return {}
    return {
        place: msgspec.structs.replace(brought, review=reviewed.get(brought.commit or "", Review()))
        for place in places
        if (brought := found.get((place.file, place.line)))
    }


def _found(
    folder: Path, repository: Repository, head: str, lines: Mapping[str, set[int]]
) -> Iterator[tuple[tuple[str, int | None], Brought]]:
    """Yield file and line, with the origin of the line.

    The commit is used, not the working tree, where git would run the filters that attributes name.
    """
    entries = repository.files(head, lines)
    committed = {
        entry.path: content
        for entry, content in zip(entries, repository.contents(head, entries), strict=True)
    }
    for file, wanted in sorted(lines.items()):
        before = _before(committed.get(file, b""), (folder / file).read_bytes())
        blamed = _blame(repository, head, file, [before[line] for line in sorted(wanted) if line in before])
        for line in wanted:
            brought = blamed.get(before[line]) if line in before else _UNCOMMITTED
            if brought is not None:
                yield (file, line), brought


def _before(committed: bytes, content: bytes) -> dict[int, int]:
    """Map each line of a file to its line in the commit; lines that are not committed are left out."""
    matcher = SequenceMatcher(None, _lines(committed), _lines(content))
    return {
        block.b + number: block.a + number
        for block in matcher.get_matching_blocks()
        for number in range(1, block.size + 1)
    }


def _lines(content: bytes) -> list[bytes]:
    """Return the lines as git counts them; a checkout can have other line endings than the commit."""
    return [line.removesuffix(b"\r") for line in content.removesuffix(b"\n").split(b"\n")]


def _blame(repository: Repository, commit: str, file: str, lines: list[int]) -> dict[int, Brought]:
    """Return the origin of lines of a file; nothing where git does not know, as in a partial clone."""
    found: dict[int, Brought] = {}
    for start in range(0, len(lines), _LINES_AT_ONCE):
        try:
            blamed = repository.blame(commit, file, lines[start : start + _LINES_AT_ONCE])
        except InputError:
            return {}
        found |= dict(_parsed(blamed))
    return found


def _parsed(porcelain: str) -> Iterator[tuple[int, Brought]]:
    """Yield line and origin. git prints the author of a commit only at its first line."""
    authors: dict[str, str] = {}
    days: dict[str, str] = {}
    commit, line = "", 0
    for row in porcelain.split("\n"):
        key, _, rest = row.partition(" ")
        if row.startswith("\t"):
            yield line, Brought(commit, authors.get(commit, ""), days.get(commit, ""))
        elif key == "author":
            authors[commit] = rest
        elif key == "author-time":
            days[commit] = datetime.fromtimestamp(int(rest), UTC).date().isoformat()
        elif header := _HEADER.match(row):
            commit, line = header[1], int(header[2])
