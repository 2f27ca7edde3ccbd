"""The result of a sync as the text of a pull request; all values are untrusted and in code spans."""

from collections.abc import Iterator, Sequence

from reconciler.model.counting import counted
from reconciler.model.sync_report import NotMapped, SyncedPartner, SyncNotice, SyncReport
from reconciler.render.formatting import value
from reconciler.render.markdown.escaping import MAX_LENGTH, code, row, table
from reconciler.render.text.sync import left_out

_HEAD = ("Partner", "Account", "Field", "Before", "After")
# For what is below the sections, and the line about what is left out.
_RESERVED = 1_000


def sync(report: SyncReport, *, largest: int = MAX_LENGTH) -> str:
    """Return what is created and changed field by field, what was not mapped, and notices.

    Sections end with the number of those left out where the text would be longer than `largest`.
    """
    blocks = [_summary(report)]
    left = largest - _RESERVED - sum(map(len, blocks))
    for title, lines, head in _sections(report):
        if not lines:
            continue
        block = _within(f"**{title}**", lines, head, left)
        left -= len(block) + 2
        blocks.append(block)
    if report.filtered or report.inactive:
        blocks.append(f"Left out: {left_out(report)}.")
    return "\n\n".join(blocks) + "\n"


def _summary(report: SyncReport) -> str:
    if not (report.created or report.changed):
        return f"No changes from {code(report.source)}."
    numbers = f"{counted(len(report.created), 'new partner')}, {len(report.changed):,} changed"
    return f"{numbers}, from {counted(report.accounts, 'account')} of {code(report.source)}."


def _sections(report: SyncReport) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield title, lines, and the lines above them."""
    yield "Not mapped", [_item(each) for each in report.not_mapped], []
    head = table(list(_HEAD), [])
    yield "Changed", [line for each in report.changed for line in _rows(each)], head
    yield "New", [line for each in report.created for line in _rows(each)], head
    yield "Please check", [_item(each) for each in report.notices], []


def _rows(partner: SyncedPartner) -> Iterator[str]:
    """Yield a row for each field; only the first one names the partner."""
    first = [code(partner.partner), f"{code(partner.account)} at {code(partner.place)}"]
    for number, each in enumerate(partner.fields):
        before = "" if each.before is None else code(value(each.before, each.field))
        named = first if number == 0 else ["", ""]
        yield row([*named, code(each.field), before, code(value(each.after, each.field))])


def _item(each: NotMapped | SyncNotice) -> str:
    place = f"{code(each.place)}: " if each.place else ""
    account = f"account {code(each.account)}: " if each.account else ""
    hint = f"  \n  {code(each.hint)}" if each.hint else ""
    return f"- {place}{account}{code(each.message)}{hint}"


def _within(title: str, lines: Sequence[str], head: Sequence[str], left: int) -> str:
    """Return a section with as many lines as fit."""
    shown, length = 0, len(title) + sum(map(len, head))
    for line in lines:
        length += len(line) + 1
        if length > left:
            break
        shown += 1
    more = [] if shown == len(lines) else ["", f"Left out here: {counted(len(lines) - shown, 'line')}."]
    return "\n".join([title, "", *(head if shown else ()), *lines[:shown], *more])
