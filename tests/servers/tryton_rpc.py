"""A double of Tryton's JSON-RPC, in this process: sessions, and searches of what is in `records`."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from operator import contains, eq, gt, ne
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

USER: Final = "reconciler"
PASSWORD: Final = "password-of-the-double"
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "!=": ne,
    ">": gt,
    "in": lambda value, values: contains(values, value),
}
_COLLECTIONS: Final = ("categories", "identifiers")
_Record = dict[str, Any]


class TrytonDouble:
    """The parties and subscriptions of a database; `errors` are what the next calls answer instead."""

    def __init__(self) -> None:
        self.records: dict[str, list[_Record]] = {"party.party": [], "sale.subscription": []}
        self.sessions: set[str] = set()
        self.logins: list[str] = []
        self.calls: list[str] = []
        self.errors: list[Any] = []
        # Is called before each call, such as to change the records.
        self.before: Callable[[int], None] = lambda _: None
        # Is given each result as it would be sent, and may answer itself.
        self.alter: Callable[[Any], Any] = lambda result: result
        self._keys = count(1)
        self.application = Starlette(routes=[Route("/crm/rpc/", self._rpc, methods=["POST"])])

    def party(self, name: str, **values: Any) -> int:
        """Create a party; return its id."""
        fields = dict.fromkeys(("code", "email", "website", "replaced_by", "lang", "tax_identifier"))
        empty: _Record = {**fields, "active": True, "categories": [], "identifiers": []}
        return self._create("party.party", {**empty, "name": name, **values})

    def subscription(self, party: int, state: str, end: str | None = None, **values: Any) -> int:
        """Create a subscription that began in 2026; return its id."""
        fields: _Record = dict.fromkeys(("number", "reference", "description"))
        days = {"start_date": _day("2026-01-01"), "end_date": end and _day(end)}
        values = {**fields, **days, "party": party, "state": state, **values}
        return self._create("sale.subscription", values)

    def change(self, model: str, found: int, **values: Any) -> None:
        """Change a record, as a person does."""
        [record] = [each for each in self.records[model] if each["id"] == found]
        record.update(values, write_date=next(self._keys))

    def _create(self, model: str, values: _Record) -> int:
        found = len(self.records[model]) + 1
        self.records[model].append({"id": found, "write_date": None, **values})
        return found

    async def _rpc(self, request: Request) -> Response:
        body = await request.json()
        assert set(body) == {"id", "method", "params"}
        method, parameters = body["method"], body["params"]
        if method == "common.db.login":
            return self._login(*parameters)
        session = request.headers.get("Authorization", "")
        if session not in self.sessions:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="Tryton"'})
        if method == "common.db.logout":
            self.sessions.discard(session)
            return JSONResponse({"id": body["id"], "result": None})
        self.calls.append(method)
        self.before(len(self.calls))
        if self.errors:
            return JSONResponse({"id": body["id"], "error": self.errors.pop(0)})
        result = self.alter(self._search(method, *parameters))
        return result if isinstance(result, Response) else JSONResponse({"id": body["id"], "result": result})

    def _login(self, user: str, parameters: Mapping[str, str], _: str) -> Response:
        self.logins.append(user)
        if (user, parameters) != (USER, {"password": PASSWORD}):
            return HTMLResponse("<!doctype html><title>401 Unauthorized</title>", 401)
        key = f"key-{next(self._keys)}"
        self.sessions.add(_header(user, key))
        return JSONResponse({"id": 0, "result": [7, key, None]})

    def _search(self, method: str, domain: Sequence[Any], *parameters: Any) -> Any:
        model, _, function = method.removeprefix("model.").rpartition(".")
        assert parameters[-1] == {}, "the last parameter is the context"
        assert model != "party.party" or any(each[0] == "active" for each in domain)
        found = [each for each in self.records[model] if all(self._fits(each, part) for part in domain)]
        if function == "search_count":
            return len(found)
        assert function == "search_read"
        offset, limit, [[field, direction]], fields, _ = parameters
        found.sort(key=lambda each: each[field], reverse=direction == "DESC")
        return [_shown(each, fields) for each in found[offset : offset + limit]]

    def _fits(self, record: _Record, condition: Sequence[Any]) -> bool:
        path, operator, value = condition
        return any(_OPERATORS[operator](found, value) for found in self._values(record, path.split(".")))

    def _values(self, value: Any, path: Sequence[str]) -> Iterator[Any]:
        if not path:
            yield value
            return
        name, *rest = path
        found = value[name]
        if rest and name == "party":
            found = self.records["party.party"][found - 1]
        for each in found if name in _COLLECTIONS else [found]:
            yield from self._values(each, rest)


def _shown(record: _Record, fields: Sequence[str]) -> _Record:
    """Return the fields of a record; those of related records are in an object, or a list of objects."""
    plain = {each: record[each] for each in fields if "." not in each}
    related = {f"{each.partition('.')[0]}." for each in fields if "." in each}
    return {"id": record["id"], **plain, **{each: record[each.removesuffix(".")] for each in related}}


def _day(text: str) -> _Record:
    year, month, day = map(int, text.split("-"))
    return {"__class__": "date", "year": year, "month": month, "day": day}


def _header(user: str, key: str) -> str:
    return "Session " + b64encode(f"{user}:7:{key}".encode()).decode()
