"""A real Tryton server, which `.ci/tryton` prepares, with the same new content for each test."""

import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.servers.process import CACHE, free_port, running

_HOME: Final = CACHE / "tryton-8.2.1"
_ADMIN: Final = "made-for-tests"
DATABASE: Final = "crm"
USER: Final = "reconciler"
PASSWORD: Final = "user-made-for-tests-8"
_CONFIGURATION: Final = """
[database]
uri = sqlite://
path = {folder}
[web]
listen = 127.0.0.1:{port}
root = {folder}/web
"""


class TrytonServer:
    """A running server with one company, and its administrator. `user` may read parties and subscriptions."""

    def __init__(self, url: str, database: Path) -> None:
        self.url = url
        self._database = database
        self._client = httpx2.Client(base_url=url, trust_env=False, timeout=60)
        self._client.headers["Authorization"] = self._session("admin", _ADMIN)
        self._prepare()
        self._new = database.with_suffix(".new")
        _copy(database, self._new)

    def _prepare(self) -> None:
        """Create what a subscription needs, and the user of the reconciler."""
        digits = {"rounding": {"__class__": "Decimal", "decimal": "0.01"}, "digits": 2}
        self.currency = self.create("currency.currency", name="Euro", code="EUR", symbol="€", **digits)
        owner = self.create("party.party", name="Halden Freight")
        self.company = self.create("company.company", party=owner, currency=self.currency)
        sales = self.ask("model.res.group.search", [["name", "=", "Sales"]], 0, None, None, {})
        companies = {"companies": [["add", [self.company]]], "company": self.company}
        self.write("res.user", 1, groups=[["add", sales]], **companies)
        self._group = self.create("res.group", name="Reconciler")
        rights = {f"perm_{each}": each == "read" for each in ("read", "write", "create", "delete")}
        self.create("ir.model.access", model="sale.subscription", group=self._group, **rights)
        access = {"password": PASSWORD, "groups": [["add", [self._group]]], **companies}
        self.user = self.create("res.user", name="Reconciler", login=USER, **access)
        self._recurrence = self.create(
            "sale.subscription.recurrence.rule.set",
            name="Yearly",
            rules=[["create", [{"freq": "yearly", "interval": 1}]]],
        )
        [self._unit] = self.ask("model.product.uom.search", [["name", "=", "Unit"]], 0, None, None, {})
        template = self.create("product.template", name="API access", type="service", default_uom=self._unit)
        product = self.create("product.product", template=template)
        self._service = self.create("sale.subscription.service", product=product)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def reset(self) -> None:
        """Return to the content of a new server: its own company is the only party."""
        _copy(self._new, self._database)
        # Changes empty the caches of the groups and companies of users.
        self.write("res.group", self._group, name="Reconciler")
        self.write("res.user", self.user, company=self.company)

    def ask(self, method: str, *parameters: Any) -> Any:
        """Call a method as the administrator; raise an exception for an error."""
        response = self._call(method, *parameters).raise_for_status().json()
        if "error" in response:
            raise ValueError(response["error"])
        return response["result"]

    def create(self, model: str, /, **values: Any) -> int:
        """Create an object, and return its id."""
        [found] = self.ask(f"model.{model}.create", [values], {})
        return int(found)

    def write(self, model: str, found: int, /, **values: Any) -> None:
        """Change an object."""
        self.ask(f"model.{model}.write", [found], values, {})

    def party(self, name: str, vat: str = "", **mechanisms: str) -> int:
        """Create a party with an address and contact mechanisms, such as an email; return its id."""
        contacts = [{"type": kind, "value": value} for kind, value in mechanisms.items()]
        return self.create(
            "party.party",
            name=name,
            addresses=[["create", [{"city": "Kiel"}]]],
            identifiers=[["create", [{"type": "eu_vat", "code": vat}] if vat else []]],
            contact_mechanisms=[["create", contacts]],
        )

    def subscribe(
        self,
        party: int,
        reference: str,
        start: date,
        end: date | None,
        steps: Sequence[str] = ("quote", "run"),
    ) -> int:
        """Create a subscription of a party, take these steps with it, and return its id."""
        [address] = self.ask("model.party.address.search", [["party", "=", party]], 0, 1, None, {})
        line = {"service": self._service, "quantity": 1, "unit": self._unit, "start_date": as_json(start)}
        found = self.create(
            "sale.subscription",
            company=self.company,
            party=party,
            currency=self.currency,
            reference=reference,
            start_date=as_json(start),
            end_date=as_json(end),
            invoice_recurrence=self._recurrence,
            invoice_address=address,
            lines=[["create", [line]]],
        )
        for step in steps:
            self.step(found, step)
        return found

    def step(self, subscription: int, name: str) -> None:
        """Take a step with a subscription: quote, run, draft or cancel."""
        self.ask(f"model.sale.subscription.{name}", [subscription], {"company": self.company})

    def merge(self, party: int, into: int) -> None:
        """Replace a party by another one of the same name."""
        wizard, _, _ = self.ask("wizard.party.replace.create", {})
        answers = {"ask": {"source": party, "destination": into}}
        self.ask("wizard.party.replace.execute", wizard, answers, "replace", {})

    def end_sessions(self) -> None:
        """End all sessions of the user of the reconciler, as their age does."""
        with closing(sqlite3.connect(self._database)) as database, database:
            database.execute("DELETE FROM ir_session WHERE create_uid = ?", (self.user,))

    def _session(self, user: str, password: str) -> str:
        answer = self._call("common.db.login", user, {"password": password}, "en").raise_for_status().json()
        found, key, _ = answer["result"]
        return "Session " + b64encode(f"{user}:{found}:{key}".encode()).decode()

    def _call(self, method: str, *parameters: Any) -> httpx2.Response:
        body = {"id": 0, "method": method, "params": parameters}
        return self._client.post(f"/{DATABASE}/rpc/", json=body)


def _copy(source: Path, target: Path) -> None:
    """Copy a database that is in use."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def as_json(day: date | None) -> dict[str, Any] | None:
    """Return a day as Tryton's JSON has it."""
    if day is None:
        return None
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


@pytest.fixture(scope="session")
def tryton_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """A server for all tests of a worker. Mark them with `xdist_group("tryton")`."""
    if not (_HOME / "prepared").exists():
        pytest.skip("no Tryton server is prepared; .ci/tryton does that")
    folder = tmp_path_factory.mktemp("tryton")
    shutil.copy(_HOME / "crm.sqlite", folder)
    port = free_port()
    (folder / "web").mkdir()
    (folder / "web/index.html").write_text("started")
    (folder / "trytond.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
    program = str(_HOME / "environment/bin/trytond")
    command = [program, "-c", str(folder / "trytond.conf"), "-d", DATABASE]
    url = f"http://127.0.0.1:{port}"
    with (
        running(command, {}, folder / "log", f"{url}/index.html"),
        closing(TrytonServer(url, folder / f"{DATABASE}.sqlite")) as server,
    ):
        yield server


@pytest.fixture
def tryton(tryton_server: TrytonServer) -> TrytonServer:
    """A server with the content of a new one."""
    tryton_server.reset()
    return tryton_server
