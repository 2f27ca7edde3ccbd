"""Who brought a line, and when: git's blame, where there is git."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from reconciler.model.finding import Source

_UNCOMMITTED: Final = "0" * 40
# A command line has an end.
_LINES_AT_ONCE: Final = 500


class Brought(msgspec.Struct, frozen=True):
    """A commit, its author, and its day in UTC; without a commit, the line is not committed yet."""

    commit: str | None
    author: str
    day: str

    def __str__(self) -> str:
        if self.commit is None:
            return "not committed yet"
        return f"{self.commit[:8]} {self.author}, {self.day}"


def history(folder: Path, places: Iterable[Source]) -> dict[Source, Brought]:
    """Return who brought the lines at these places; where git does not tell, nobody."""
    by_file: defaultdict[str, set[Source]] = defaultdict(set)
    for place in places:
        if place.line is not None:
            by_file[place.file].add(place)
    found: dict[Source, Brought] = {}
    for file, sources in sorted(by_file.items()):
        lines = sorted({source.line for source in sources if source.line is not None})
        brought: dict[int, Brought] = {}
        for start in range(0, len(lines), _LINES_AT_ONCE):
            brought |= dict(_parsed(_blame(folder, file, lines[start : start + _LINES_AT_ONCE])))
        found |= {source: brought[source.line] for source in sources if source.line in brought}
    return found


def _blame(folder: Path, file: str, lines: list[int]) -> str:
    """Return git's porcelain blame of lines of a file, or nothing."""
    import subprocess  # noqa: PLC0415  start-up counts

    ranges = [f"-L{line},{line}" for line in lines]
    try:
        ran = subprocess.run(  # noqa: S603  no shell, and the file's name stands behind --
            ["git", "-C", str(folder), "blame", "--porcelain", *ranges, "--", file],  # noqa: S607  the user's git
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout if ran.returncode == 0 else ""


def _parsed(porcelain: str) -> Iterator[tuple[int, Brought]]:
    """Yield line and what brought it. A commit's author is told only where it comes first."""
    authors: dict[str, str] = {}
    days: dict[str, str] = {}
    commit, line = "", 0
    for row in porcelain.splitlines():
        if row.startswith("\t"):
            known = None if commit == _UNCOMMITTED else commit
            yield line, Brought(known, authors.get(commit, ""), days.get(commit, ""))
            continue
        key, _, rest = row.partition(" ")
        if key == "author":
            authors[commit] = rest
        elif key == "author-time":
            days[commit] = datetime.fromtimestamp(int(rest), UTC).date().isoformat()
        elif len(key) == len(_UNCOMMITTED):
            commit, line = key, int(rest.split(" ")[1])
