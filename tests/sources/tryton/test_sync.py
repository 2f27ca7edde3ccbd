"""A real Tryton becomes partner files, by the settings on its page in the documentation."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest
import yaml

from tests.cli.running import CATALOG, CONFIGURATION, GROUP, Place, Ran
from tests.clocks import stop_at
from tests.servers.tryton import PASSWORD, TrytonServer

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("tryton")]
PAGE: Final = (Path(__file__).parents[3] / "docs/sources/tryton.md").read_text("utf-8")
BEGIN, END = date(2026, 1, 1), date(2027, 12, 31)
CATEGORY: Final = "API partner"


class Crm:
    """A Tryton server and the repository that it is synced to."""

    def __init__(self, server: TrytonServer, place: Place) -> None:
        self.server = server
        self.place = place
        self._category = server.create("party.category", name=CATEGORY)

    def party(self, name: str, domain: str) -> int:
        """Create an API partner."""
        found = self.server.party(name, email=f"api@{domain}", website=f"https://www.{domain}/")
        self.server.write("party.party", found, categories=[["add", [self._category]]])
        return found

    def sync(self, *options: str) -> Ran:
        """Sync the files."""
        return self.place.run("sync", "crm", *options)

    def spec(self, name: str) -> dict[str, Any]:
        """Return the content of a partner file."""
        found: dict[str, Any] = yaml.safe_load(self.file(name).read_text())["spec"]
        return found

    def file(self, name: str) -> Path:
        """Return the file of a partner."""
        return self.place.folder / "partners" / f"{name}.yaml"


@pytest.fixture
def crm(
    tryton: TrytonServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Crm:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_TRYTON_PASSWORD", PASSWORD)
    stop_at(datetime(2026, 11, 24, 12, tzinfo=UTC), monkeypatch)
    [sources] = re.findall(r"^```yaml\n(  sources:\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    settings = sources.replace("https://tryton.example.com", tryton.url)
    place = Place(tmp_path, capsys).write(
        reconciler=dedent(CONFIGURATION) + settings,
        catalog=CATALOG,
        partners__keep="apiVersion: reconciler/v1\nkind: Partner\nmetadata: {name: keep}\n"
        "spec: {type: internal, displayName: Keep, owner: partnerships}\n",
        **{"access-groups__tracking": GROUP},
    )
    return Crm(tryton, place)


def lines(ran: Ran) -> list[str]:
    """Return what is printed about accounts."""
    starts = ("new: ", "changed: ", "Not mapped: ", "Note: ", "No changes.", "Error: ")
    return [line for line in ran.err.splitlines() if line.startswith(starts)]


def test_parties_with_a_subscription_become_partners_with_an_end(crm: Crm) -> None:
    acme, bolt = crm.party("Acme Logistik", "acme.example"), crm.party("Bolt", "bolt.example")
    crm.party("Corvus", "corvus.example")
    crm.server.party("Not a partner")
    crm.server.subscribe(acme, "FW-2026-014", BEGIN, END)
    crm.server.subscribe(bolt, "FW-2026-015", BEGIN, END, ["quote"])

    first, second = crm.sync(), crm.sync()

    assert (first.code, lines(first)) == (0, [f"new: acme-logistik, account {acme} at party {acme}"])
    assert crm.spec("acme-logistik") == {
        "type": "reseller",
        "displayName": "Acme Logistik",
        "owner": "partnerships",
        "domains": ["acme.example"],
        "agreement": "FW-2026-014",
        "until": END,
        "teams": [{"name": "developers", "admins": ["api@acme.example"]}],
    }
    assert not crm.file("bolt").exists()
    assert not crm.file("corvus").exists()
    assert lines(second) == ["No changes."]


def test_a_cancelled_subscription_suspends_the_partner_and_a_running_one_resumes_it(crm: Crm) -> None:
    acme = crm.party("Acme", "acme.example")
    subscription = crm.server.subscribe(acme, "FW-1", BEGIN, END)
    crm.sync()
    file = crm.file("acme")
    file.write_text(file.read_text().replace("  teams:\n", "  access: [tracking]\n  teams:\n"))
    applied = crm.place.run("apply", "--auto-approve")
    for step in ("draft", "cancel"):
        crm.server.step(subscription, step)

    cancelled = crm.sync()
    plan = crm.place.run("plan")

    assert applied.code == 0
    assert lines(cancelled) == [f"changed: acme, account {acme} at party {acme}: status active → suspended"]
    assert "1 person loses access" in plan.out
    for step in ("draft", "quote", "run"):
        crm.server.step(subscription, step)
    assert lines(crm.sync()) == [f"changed: acme, account {acme} at party {acme}: status suspended → active"]
    assert crm.place.run("plan").out.endswith("No changes.\n")


def test_a_new_name_a_new_contract_and_a_merge_change_only_what_is_mapped(crm: Crm) -> None:
    acme, bolt = crm.party("Acme", "acme.example"), crm.party("Bolt", "bolt.example")
    for each in (acme, bolt):
        crm.server.subscribe(each, f"FW-{each}", BEGIN, END)
    crm.sync()
    crm.server.write("party.party", acme, name="Acme Europe")
    crm.server.subscribe(acme, "FW-9", END, date(2029, 6, 30))
    duplicate = crm.party("Bolt", "bolt.example")
    crm.server.merge(bolt, into=duplicate)

    ran, linked = crm.sync(), crm.sync("--link")

    fields = f'displayName Acme → "Acme Europe"; agreement FW-{acme} → FW-9; until {END} → 2029-06-30'
    merged = f"its account {bolt}, which was merged into this one"
    hint = f'add `crm/account: "{duplicate}"` to metadata.annotations of it, or use --link'
    link = f"this may be partner bolt (partners/bolt.yaml), by {merged}; {hint}"
    assert (ran.code, lines(ran)) == (
        1,
        [
            f"changed: acme, account {acme} at party {acme}: {fields}",
            f"Not mapped: party {duplicate}: account {duplicate}: {link}",
        ],
    )
    assert linked.code == 0
    assert f'{{crm/account: "{duplicate}"}}' in crm.file("bolt").read_text()


def test_a_party_that_is_not_active_any_more_is_reported_and_not_touched(crm: Crm) -> None:
    acme = crm.party("Acme", "acme.example")
    crm.server.subscribe(acme, "FW-1", BEGIN, END)
    crm.sync()
    before = crm.file("acme").read_text()
    crm.server.write("party.party", acme, active=False)

    ran = crm.sync()

    assert (ran.code, crm.file("acme").read_text()) == (0, before)
    note = "the account of partner acme is not one of those that count"
    assert lines(ran) == [
        f"Note: party {acme}: {note}; suspend or end the partner, or change where",
        "No changes.",
    ]


def test_nothing_changes_without_an_answer_and_the_password_is_never_shown(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm.server.subscribe(crm.party("Acme", "acme.example"), "FW-1", BEGIN, END)
    monkeypatch.setenv("RECONCILER_TRYTON_PASSWORD", "a-wrong-password")
    wrong = crm.sync("--verbose")
    monkeypatch.setenv("RECONCILER_TRYTON_PASSWORD", PASSWORD)
    settings = crm.place.folder / "reconciler.yaml"
    settings.write_text(settings.read_text().replace(crm.server.url, "http://127.0.0.1:9"))
    gone = crm.sync()

    assert (wrong.code, gone.code) == (5, 5)
    assert "does not accept the password of reconciler" in wrong.err
    assert "cannot be reached: connection refused" in gone.err
    assert "a-wrong-password" not in wrong.out + wrong.err
    assert not crm.file("acme").exists()
