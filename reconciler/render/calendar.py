"""A calendar (iCalendar, RFC 5545) of the days on which people lose access."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from reconciler.model.forecast import Forecast
from reconciler.model.printable import printable
from reconciler.model.timestamps import days_after
from reconciler.render.forecast_groups import Loss, losses
from reconciler.render.text.style import counted

# Octets of a line, its break not counted.
_WIDTH: Final = 75
_COMMAND: Final = re.compile(r"\s*::")
_BEFORE_COMMAND: Final = re.compile(r"[^:\s][:\s]*\Z")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def forecast(made: Forecast) -> str:
    """Return an event, which takes the whole day, for each day and team or single person."""
    together: dict[tuple[str, str], list[Loss]] = {}
    for loss in losses(made.rows):
        who = loss.row.team or loss.row.people[0]
        together.setdefault((loss.row.day, who), []).append(loss)
    stamp = f"{made.from_.replace('-', '')}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reconciler//forecast//EN",
        "X-WR-CALNAME:Access that ends",
        *(line for (day, who), lost in together.items() for line in _event(day, who, lost, stamp)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(day: str, who: str, lost: list[Loss], stamp: str) -> Iterator[str]:
    apis = {api for loss in lost for api in loss.apis}
    people = {person for loss in lost for person in loss.row.people}
    known = f" ({counted(len(people), 'person', 'people')})" if lost[0].row.team and people else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(f'{day} {who}'.encode()).hexdigest()[:32]}@reconciler"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day.replace('-', '')}"
    yield f"DTEND;VALUE=DATE:{days_after(day, 1).replace('-', '')}"
    summary = f"{who}{known} loses access to {counted(len(apis), 'API')}"
    yield f"SUMMARY:{_text(summary)}"
    yield f"DESCRIPTION:{_text(*map(_line, lost))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _line(loss: Loss) -> str:
    row = loss.row
    place = f", {row.place}" if row.place else ""
    return f"{', '.join(loss.apis)}: {row.from_} → {row.to}, {loss.reason}{place}"


def _text(*lines: str) -> str:
    """Return lines as the value of a property."""
    return "\n".join(map(printable, lines)).translate(_ESCAPES)


def _folded(line: str) -> str:
    """Return a line in pieces that are no longer than they may be, and break no character.

    No piece begins with what a runner obeys where a calendar is printed in its log.
    """
    pieces, here, width = list[str](), "", 0
    for place, character in enumerate(line):
        size = len(character.encode())
        if width + size > _WIDTH:
            kept = _BEFORE_COMMAND.search(here) if _COMMAND.match(line, place) else None
            at = kept.start() if kept else len(here)
            pieces.append(here[:at])
            here = f" {here[at:]}"
            width = len(here.encode())
        here, width = here + character, width + size
    return "\r\n".join([*pieces, here])
