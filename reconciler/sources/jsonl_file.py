"""Read the accounts in a file with a JSON object in each line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from reconciler.errors import InputError
from reconciler.model.accounts import Account, Accounts, UnreadAccount
from reconciler.model.printable import printable
from reconciler.model.source_settings import JsonlSource

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MOST_KEYS: Final = 200
_ABSENT: Final = object()


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
        values = {column: _at(found, column) for column in columns}
        for column in [each for each in missing if values[each] is not _ABSENT]:
            del missing[column]
        if len(keys) < _MOST_KEYS:
            keys.update(dict.fromkeys(_keys(found)))
        accounts.append(Account(f"{name}:{number}", {key: text(value) for key, value in values.items()}))
    if accounts and missing:
        raise InputError("\n".join(_missing(name, each, tuple(keys)) for each in missing))
    return Accounts(tuple(accounts), unread=tuple(unread))


def text(value: Any) -> str:
    """Return a JSON value as text: nothing for null, and the items of a list separated by commas."""
    if value is None or value is _ABSENT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value).strip()


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


def _at(found: Any, column: str) -> Any:
    """Return the value of a key, or of keys that are separated by dots."""
    if column in found:
        return found[column]
    for key in column.split("."):
        if not isinstance(found, dict):
            return _ABSENT
        found = found.get(key, _ABSENT)
    return found


def _keys(found: Mapping[str, Any], above: str = "") -> Iterable[str]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def _missing(name: str, column: str, keys: Sequence[str]) -> str:
    near = get_close_matches(column, keys, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(keys)}"
    return printable(f'{name}: no object has the key "{column}"; {hint}')


def _hint(line: bytes) -> str:
    return "write each object on one line: `jq -c '.[]'`" if line.lstrip()[:1] == b"[" else ""
