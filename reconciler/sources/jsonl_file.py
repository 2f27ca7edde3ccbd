"""Read the accounts in a file with a JSON object in each line."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reconciler.errors import InputError
from reconciler.model.accounts import Account, Accounts, UnreadAccount
from reconciler.model.crm_settings import JsonlSource
from reconciler.model.printable import printable
from reconciler.sources.json_columns import ABSENT, keys_of, missing_key, text, value_at

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MOST_KEYS: Final = 200


def read_jsonl(name: str, content: bytes, source: JsonlSource) -> Accounts:
    """Return the accounts in a file with a JSON object in each line, with the keys that the source uses.

    `name` is the name of the file in messages. Raises InputError if no object has one of the keys; lines that
    are not objects are returned as unread.
    """
    columns = source.columns
    accounts: list[Account] = []
    unread: list[UnreadAccount] = []
    missing = dict.fromkeys(columns)
    keys: dict[str, None] = {}
    for number, line in enumerate(content.removeprefix(_BYTE_ORDER_MARK).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found = _object(line)
        except ValueError as error:
            unread.append(UnreadAccount(f"{name}:{number}", f"it is not a JSON object: {error}", _hint(line)))
            continue
        values = {column: value_at(found, column) for column in columns}
        for column in [each for each in missing if values[each] is not ABSENT]:
            del missing[column]
        if len(keys) < _MOST_KEYS:
            keys.update(dict.fromkeys(keys_of(found)))
        accounts.append(Account(f"{name}:{number}", {key: text(value) for key, value in values.items()}))
    if accounts and missing:
        raise InputError("\n".join(missing_key(name, each, tuple(keys)) for each in missing))
    return Accounts(tuple(accounts), unread=tuple(unread))


def _object(line: bytes) -> Mapping[str, Any]:
    """Return the object in a line, with numbers as they are written. Raises ValueError."""
    try:
        found = json.loads(
            line.decode(),
            object_pairs_hook=_unique,
            parse_int=str,
            parse_float=str,
            parse_constant=_refused,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("the text is not UTF-8") from error
    if not isinstance(found, dict):
        raise ValueError("it is another value")  # noqa: TRY004  a value of the file, not of the program
    return found


def _unique(pairs: Iterable[tuple[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'it has the key "{printable(key)}" twice')
        found[key] = value
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _hint(line: bytes) -> str:
    return "write each object on one line: `jq -c '.[]'`" if line.lstrip()[:1] == b"[" else ""
