"""An iCalendar file (RFC 5545) with the days on which people lose access."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.forecast import Forecast
from reconciler.model.printable import printable
from reconciler.model.timestamps import days_after
from reconciler.render.forecast_groups import Loss, losses

# The maximum length of a line in octets, without its line break.
_WIDTH: Final = 75
_COMMAND: Final = re.compile(r"\s*::")
_BEFORE_COMMAND: Final = re.compile(r"[^:\s][:\s]*\Z")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def forecast(forecast: Forecast) -> str:
    """Return an all-day event for each day and team or individual person."""
    events: dict[tuple[str, str], list[Loss]] = {}
    for loss in losses(forecast.rows):
        who = loss.row.team or loss.row.people[0]
        events.setdefault((loss.row.day, who), []).append(loss)
    stamp = f"{forecast.from_.replace('-', '')}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reconciler//forecast//EN",
        "X-WR-CALNAME:Expiring access",
        *(line for (day, who), lost in events.items() for line in _event(day, who, lost, stamp)),
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
    """Return lines as the escaped value of a property."""
    return "\n".join(map(printable, lines)).translate(_ESCAPES)


def _folded(line: str) -> str:
    """Fold a line at the maximum length, without splitting a character.

    No folded line begins with a workflow command, because the calendar may be printed to a CI log.
    """
    folded, current, width = list[str](), "", 0
    for position, character in enumerate(line):
        size = len(character.encode())
        if width + size > _WIDTH:
            command = _BEFORE_COMMAND.search(current) if _COMMAND.match(line, position) else None
            end = command.start() if command else len(current)
            folded.append(current[:end])
            current = f" {current[end:]}"
            width = len(current.encode())
        current, width = current + character, width + size
    return "\r\n".join([*folded, current])
