"""A repository and a served portal as processes, either of which can be killed at the k-th write."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import dedent
from time import monotonic, sleep

from reconciler.model.document import EmbeddedPortal
from reconciler.model.portal_settings import Secret
from reconciler.model.receipt import Receipt
from reconciler.model.resource import ResourceId
from reconciler.model.secret import SecretText
from reconciler.portal_server import issue_token
from reconciler.portals import Credential, Credentials, portal_type
from reconciler.testing.harness import ALL

_BOUND_SECONDS = 60
IMPATIENT = (str(Path(__file__).with_name("impatient.py")),)
_PARTNERS = 12
WRITES = 4 + _PARTNERS * 6

_CONFIGURATION = """\
    apiVersion: reconciler/v1
    kind: Configuration
    metadata: {{name: our-company}}
    spec:
      paths: {{partners: [Partner], access-groups: [AccessGroup], catalog.yaml: [Catalog]}}
      owners: {{partnerships: {{email: p@our-company.example}}, logistics: {{email: l@our-company.example}}}}
      defaultPortal: away
      portals:
        here: {{type: embedded, database: portal.db}}
        away: {{type: embedded, url: "{url}", token: {{env: PORTAL_TOKEN}}}}
    """
_CATALOG = """\
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {name: catalog}
    spec:
      apis:
        - {name: tracking, owner: logistics}
        - {name: rates, owner: logistics}
        - {name: labels, owner: logistics}
    """
_GROUP = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: shipping}
    spec:
      displayName: Shipping
      owner: logistics
      apis: [tracking, rates, labels]
      offers: [{type: reseller}]
    """
_PARTNER = """\
    apiVersion: reconciler/v1
    kind: Partner
    metadata: {{name: {name}}}
    spec:
      type: reseller
      displayName: {name}
      owner: partnerships
      agreement: MSA-1
      domains: [{name}.example]
      access: [shipping]
      teams:
        - {{name: ops, admins: [ana@{name}.example, bo@{name}.example], members: [cy@{name}.example]}}
    """


class Ground:
    """A folder with files that ask for a hundred changes, and the database of the portal beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "portal.db"
        self.url = "http://127.0.0.1:9"
        self.configure()
        self._write("catalog.yaml", _CATALOG)
        self._write("access-groups/shipping.yaml", _GROUP)
        for number in range(_PARTNERS):
            self._write(f"partners/p{number}.yaml", _PARTNER.format(name=f"p{number}"))
        self.token = issue_token(str(self.database), name="reconciler", scope="admin")

    def configure(self) -> None:
        """Write down where the portal is now."""
        self._write("reconciler.yaml", _CONFIGURATION.format(url=self.url))

    @contextmanager
    def program(
        self, *arguments: str, start: tuple[str, ...] = ("-m", "reconciler")
    ) -> Iterator[subprocess.Popen[str]]:
        """Run the program as a process, which does not outlive this."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], "PORTAL_TOKEN": self.token}
        with subprocess.Popen(
            [sys.executable, *start, *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def portal(self) -> Iterator[subprocess.Popen[str]]:
        """Serve the portal: on a free port first, on the same one when it is served again."""
        port = self.url.rpartition(":")[2] if self.url != "http://127.0.0.1:9" else "0"
        with self.program("portal", "serve", "--portal", "here", "--port", port) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Serving "), said
            self.url = said.split()[-1]
            self.configure()
            yield process

    def apply(self) -> tuple[int, str]:
        """Apply to the end; return the exit code, and all that was said."""
        with self.program("apply", "--auto-approve") as process:
            said, _ = process.communicate(timeout=_BOUND_SECONDS)
            return process.returncode, said

    def kill_at(self, write: int, victim: subprocess.Popen[str], worker: subprocess.Popen[str]) -> None:
        """Kill the victim once the audit log holds so many writes, or when the worker has ended before."""
        deadline = monotonic() + _BOUND_SECONDS
        while self.writes() < write and worker.poll() is None:
            assert monotonic() < deadline, "nothing was written"
            sleep(0.001)
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait(_BOUND_SECONDS)

    def writes(self) -> int:
        """Count the writes of the reconciler in the portal's audit log."""
        with closing(sqlite3.connect(self.database)) as db:
            counted = db.execute("SELECT count(*) FROM audit WHERE token = 'reconciler' AND kind <> 'lease'")
            return int(counted.fetchone()[0])

    def let_lease_end(self) -> None:
        """Do what a minute does to the lease of a run that was killed."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute("UPDATE leases SET expires_at = '2000-01-01T00:00:00Z'")

    def held(self) -> set[ResourceId]:
        """Return what the portal holds."""

        async def read() -> set[ResourceId]:
            settings = EmbeddedPortal(type="embedded", url=self.url, token=Secret(env="PORTAL_TOKEN"))
            credentials = Credentials("away", {"token": Credential("this test", SecretText(self.token))})
            async with portal_type("embedded").open(settings, credentials) as portal:
                return set((await portal.read(ALL, lambda *_: None)).resources)

        return asyncio.run(read())

    def mails(self) -> list[str]:
        """Return to whom mails went, in order of the alphabet."""
        with closing(sqlite3.connect(self.database)) as db:
            return sorted(row[0] for row in db.execute('SELECT "to" FROM mails'))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))


def everybody() -> list[str]:
    """Return who is invited by the files."""
    return sorted(f"{name}@p{number}.example" for number in range(_PARTNERS) for name in ("ana", "bo", "cy"))


def untrue(receipt: Receipt, held: set[ResourceId]) -> list[str]:
    """Return the entries of a first run, which only creates, that are not so; unknown may be either."""
    return [
        f"{entry.outcome} {entry.id}"
        for entry in receipt.entries
        if (entry.outcome == "applied" and entry.id not in held)
        or (entry.outcome in {"failed", "skipped"} and entry.id in held)
    ]
