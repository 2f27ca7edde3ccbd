"""Decide which accounts count: by their ids, by `where`, and by what was merged."""

from collections.abc import Sequence

import msgspec

from reconciler.edit import problem
from reconciler.model.accounts import Account, Accounts
from reconciler.model.printable import printable
from reconciler.model.sync_report import NotMapped
from reconciler.workflow.sync.mapping import AccountMapper

_MOST_PLACES = 3


class CountedAccounts(msgspec.Struct, frozen=True):
    """One account for each id that counts, and what became of the others.

    `refused` are ids that count but cannot be used. `filtered` are ids none of whose rows fit `where`, with a
    place. `merged` maps ids to the id of the account that is left, whether or not that exists. `left_out`
    counts the rows that were merged or filtered.
    """

    accounts: dict[str, Account]
    refused: dict[str, NotMapped]
    filtered: dict[str, str]
    merged: dict[str, str]
    problems: tuple[NotMapped, ...]
    left_out: int

    @property
    def known(self) -> frozenset[str]:
        """All ids in the source."""
        return frozenset((*self.accounts, *self.refused, *self.filtered, *self.merged))


def counted_accounts(found: Accounts, mapper: AccountMapper) -> CountedAccounts:
    """Return the accounts that count. Rows with one id are one account if they are equal."""
    fitting: dict[str, list[Account]] = {}
    filtered: dict[str, str] = {}
    targets: dict[str, str] = {}
    problems: list[NotMapped] = []
    left_out = 0
    for account in found.accounts:
        key = mapper.id_of(account)
        if target := mapper.merged_into(account):
            targets[key] = target
            left_out += 1
        elif not mapper.counts(account):
            filtered[key] = account.place
            left_out += 1
        elif (wrong := _wrong_id(key, account)) is not None:
            problems.append(wrong)
        else:
            fitting.setdefault(key, []).append(account)
    refused = {
        key: wrong for key, rows in fitting.items() if (wrong := _differing(key, rows, mapper)) is not None
    }
    return CountedAccounts(
        {key: rows[0] for key, rows in fitting.items() if key not in refused},
        refused,
        {key: place for key, place in filtered.items() if key not in fitting},
        {key: left for key, left in _left(targets).items() if key not in fitting},
        (*problems, *refused.values()),
        left_out,
    )


def _wrong_id(key: str, account: Account) -> NotMapped | None:
    if not key:
        message, hint = "the account has no id", "fill in the column of id"
    elif (wrong := problem("displayName", key)) is not None:
        message, hint = f"the id {wrong.message}", wrong.hint
    else:
        return None
    return NotMapped(reason="invalid", place=account.place, message=message, hint=hint)


def _differing(key: str, rows: Sequence[Account], mapper: AccountMapper) -> NotMapped | None:
    """Return the problem of rows with one id that differ."""
    first = rows[0]
    columns = dict.fromkeys(column for other in rows[1:] for column in mapper.differing(first, other))
    if not columns:
        return None
    others = [each.place for each in rows[1:]]
    more = f" and {len(others) - _MOST_PLACES:,} more" if len(others) > _MOST_PLACES else ""
    message = (
        f"{', '.join(others[:_MOST_PLACES])}{more} also has the id {printable(key)}, and differs in"
        f" {printable(', '.join(columns))}"
    )
    hint = "export one row for each account, or choose one by where"
    return NotMapped(reason="same-id", place=first.place, account=key, message=message, hint=hint)


def _left(targets: dict[str, str]) -> dict[str, str]:
    """Return the id of the account that is left after several merges, for each that was merged."""
    found: dict[str, str] = {}
    for key in targets:
        steps: dict[str, None] = {}
        last = key
        while last in targets and last not in found and last not in steps:
            steps[last] = None
            last = targets[last]
        found |= dict.fromkeys(steps, found.get(last, last))
    return found
