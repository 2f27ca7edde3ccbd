"""The result of a sync, in lines: files that change, accounts that were not mapped, and notices."""

from collections.abc import Iterator

from reconciler.model.counting import counted
from reconciler.model.printable import printable
from reconciler.model.sync_report import NotMapped, SyncedPartner, SyncNotice, SyncReport
from reconciler.render.formatting import difference


def sync(report: SyncReport) -> str:
    """Return a line for each partner that is created or changed, each account and notice, and the totals."""
    return "".join(f"{printable(line)}\n" for line in _lines(report))


def _lines(report: SyncReport) -> Iterator[str]:
    for each in report.created:
        yield f"new: {each.partner}, account {each.account} at {each.place}"
    for each in report.changed:
        yield f"changed: {each.partner}, account {each.account} at {each.place}: {_fields(each)}"
    for row in report.not_mapped:
        yield f"Not mapped: {_sentence(row)}"
    for notice in report.notices:
        yield f"Note: {_sentence(notice)}"
    if report.filtered or report.inactive:
        yield f"Left out: {left_out(report)}."
    yield _summary(report)


def left_out(report: SyncReport) -> str:
    """Return how many accounts change nothing because they do not count, or have no access."""
    filtered = f"{counted(report.filtered, 'row')} by where or after a merge"
    inactive = f"{counted(report.inactive, 'account')} without access and without a file"
    return ", ".join([*([filtered] if report.filtered else []), *([inactive] if report.inactive else [])])


def _fields(partner: SyncedPartner) -> str:
    return "; ".join(
        f"{each.field} {difference(each.before, each.after, each.field)}" for each in partner.fields
    )


def _sentence(row: NotMapped | SyncNotice) -> str:
    account = f"account {row.account}: " if isinstance(row, NotMapped) and row.account else ""
    place = f"{row.place}: " if row.place else ""
    return f"{place}{account}{row.message}{f'; {row.hint}' if row.hint else ''}"


def _summary(report: SyncReport) -> str:
    """Return the numbers, or that nothing changes."""
    rows = {each.place for each in report.not_mapped}
    refused = f"{counted(len(rows), 'row')} not mapped" if rows else ""
    if not (report.created or report.changed):
        return f"No changes.{f' {refused}.' if refused else ''}"
    numbers = [counted(len(report.created), "new partner"), f"{len(report.changed):,} changed"]
    return f"{', '.join([*numbers, *([refused] if refused else [])])}."
