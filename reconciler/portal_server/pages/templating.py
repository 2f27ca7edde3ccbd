"""The templates of the pages: everything is escaped, and a missing variable is an error."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reconciler.portal_server.values.sentences import full_stop

# Characters that change what a reader sees around them: controls, and those that reverse or hide text.
_DECEPTIVE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=31)
_SOON: Final = 30
_NEAR: Final = {-1: "ended yesterday", 0: "today", 1: "tomorrow"}


@cache
def environment() -> Environment:
    """Return the environment of all templates.

    Text is shown with invisible characters as escape sequences; the value of a field must be `value|e`,
    so that saving a form does not change it.
    """
    made = Environment(
        loader=PackageLoader("reconciler.portal_server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.filters |= {"moment": moment, "day": day, "number": number, "counted": counted}
    made.globals["full_stop"] = full_stop
    return made


def render(name: str, **context: Any) -> bytes:
    """Return a page as UTF-8."""
    return environment().get_template(name).render(**context).encode()


def moment(
    value: str | datetime | None, now: datetime, *, none: str = "never", exact: bool = False
) -> Markup:
    """Return an RFC 3339 time relative to now, with the exact one as its title.

    `exact` shows both, as in a log; `none` is the text without a time.
    """
    if value is None:
        return _muted(none)
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)
    shown, relative = at.strftime("%Y-%m-%d %H:%M UTC"), _relative(at, now)
    machine = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if exact:
        return Markup('<time datetime="{}">{}</time> <small>{}</small>').format(machine, shown, relative)
    return Markup('<time class="moment" datetime="{}" title="{}">{}</time>').format(machine, shown, relative)


def day(value: str | date | None, now: datetime, *, none: str = "no end") -> Markup:
    """Return the last day of something, with how far away it is; `none` is the text without a day."""
    if value is None:
        return _muted(none)
    last = date.fromisoformat(value) if isinstance(value, str) else value
    left = (last - now.astimezone(UTC).date()).days
    template = Markup('<span class="day {}"><time datetime="{}">{}</time> <small>{}</small></span>')
    tone = "over" if left < 0 else "soon" if left <= _SOON else "later"
    return template.format(tone, last.isoformat(), last.isoformat(), _until(left))


def number(value: int) -> str:
    """Return a number with separators, such as 1,234."""
    return f"{value:,}"


def counted(value: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, such as `1 member` or `1,234 members`."""
    return f"{value:,} {singular if value == 1 else plural or f'{singular}s'}"


def _relative(at: datetime, now: datetime) -> str:
    """Return the distance in words; portal.js keeps it right with the same ones."""
    distance = abs(now - at)
    if distance < _MINUTE:
        return "just now" if at <= now else "in less than a minute"
    if distance < _HOUR:
        words = counted(distance // _MINUTE, "minute")
    elif distance < _DAY:
        words = counted(distance // _HOUR, "hour")
    elif distance < _MONTH:
        words = counted(distance // _DAY, "day")
    else:
        return at.date().isoformat()
    return f"{words} ago" if at <= now else f"in {words}"


def _until(left: int) -> str:
    if left in _NEAR:
        return _NEAR[left]
    days = abs(left)
    if days <= 2 * _SOON:
        words = counted(days, "day")
    elif days < 2 * 365:
        words = counted(days * 12 // 365, "month")
    else:
        words = counted(days // 365, "year")
    return f"in {words}" if left > 0 else f"ended {words} ago"


def _muted(text: str) -> Markup:
    return Markup('<span class="muted">{}</span>').format(text)


def _visible(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Markup) or (value.isascii() and value.isprintable()):
        return value
    return _DECEPTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
