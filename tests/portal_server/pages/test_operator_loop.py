"""From clicks to files: an operator sets up a partner by forms, the files take it over, its admin goes on."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from reconciler.portal_server import ApiEntry
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, TODAY, Place
from tests.clocks import start_at
from tests.forge.serving import served
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, URL, Browser, text_of

NOW = datetime.fromisoformat(f"{TODAY}T12:00:00Z").astimezone(UTC)
BASE = "/ui/operator"
ZOE, KIM = "zoe@globex.example", "kim@globex.example"
# It repeats what others cover, through the command line and HTTP.
pytestmark = pytest.mark.no_cover


class Estate:
    """A repository, the served portal to which its files are applied, and browsers."""

    def __init__(self, place: Place, portal: Portal, opened: ExitStack) -> None:
        self.place = place
        self.portal = portal
        self._opened = opened

    def browser(self, email: str | None = None) -> Browser:
        browser = self._opened.enter_context(Browser(self.portal))
        return browser.sign_in(email) if email else browser

    def run(self, *arguments: str) -> str:
        """Run the program successfully, and return what it prints."""
        ran = self.place.run(*arguments)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    def invitation(self, email: str) -> str:
        """Return the path of the page in the last mail to an address."""
        text = self.portal.items("/mailbox", params={"to": email})[-1]["text"]
        found = re.search(rf"{URL}(/ui/invitations/\S+)", text)
        assert found is not None, text
        return found[1]


@pytest.fixture
def estate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    monkeypatch.chdir(tmp_path)
    start_at(NOW, monkeypatch)
    apis = (ApiEntry("tracking-v2", "Tracking", "logistics"),)
    with ExitStack() as opened:
        portal = opened.enter_context(Portal(str(tmp_path / "portal.db"), site=SITE, apis=apis))
        portal.clock = NOW
        url = opened.enter_context(served(portal.app))
        monkeypatch.setenv("PORTAL_TOKEN", portal.admin)
        served_by = CONFIGURATION.replace("defaultPortal: local", "defaultPortal: away")
        place = Place(tmp_path, capsys).write(
            reconciler=served_by.replace("http://127.0.0.1:9", url), catalog=CATALOG, partners__acme=PARTNER
        )
        place.write(**{"access-groups__tracking": GROUP})
        made = Estate(place, portal, opened)
        made.run("apply", "--auto-approve")
        yield made


def field(page: str, name: str) -> str:
    """Return the value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


def set_up(operator: Browser) -> str:
    """Add an API, a group, a partner, a team, its admin, and access, by forms; return the team's page."""

    def created(path: str, **form: str) -> str:
        answer = operator.submit(f"{BASE}/{path}/new", form, follow=False)
        assert answer.status_code == 303, text_of(answer)
        return str(answer.headers["location"])

    named: dict[str, Any] = {"displayName": "Rates", "owner": "logistics"}
    created("apis", name="rates-v1", visibility="restricted", **named)
    group = created("access-groups", name="rates", **named)
    created(
        "partners",
        displayName="Globex",
        name="globex",
        type="reseller",
        owner="partnerships",
        domains="globex.example",
        agreement="MSA-2",
    )
    team = created("teams", partnerId="globex", displayName="Operations", name="ops", delegated="on")
    operator.submit(f"{group}/items/new", {"apiId": "rates-v1"})
    operator.submit(f"{team}/people/new", {"email": ZOE, "role": "admin", "until": ""})
    created("grants", groupId="rates", teamId="globex/ops", level="consume", until="2027-06-30")
    return team


def test_what_an_operator_sets_up_becomes_files_and_its_admin_goes_on(estate: Estate) -> None:
    operator = estate.browser(OPERATOR)
    team = set_up(operator)

    # The plan shows what no file defines; export and adopt take it over.
    before = estate.run("plan")
    assert "the catalog does not list these APIs of the portal: rates-v1" in before
    assert "6 objects in the portal are not managed here." in before
    estate.run("catalog")
    assert estate.run("export", "--owner", "partnerships").startswith(
        "access-groups/rates.yaml\npartners/globex.yaml\n"
    )
    estate.run("adopt", "--all-desired", "--auto-approve")
    assert estate.run("plan") == "No changes.\n"

    # A change of what git manages is drift, which capture writes into the files.
    page = operator.get(team)
    assert "Managed in git: partners/globex.yaml" in text_of(page)
    change = re.search(rf'href="({BASE}/grants/\w+/change)"', page.text)
    assert change is not None
    shown = operator.get(change[1])
    form = {"level": "view", "until": "2027-03-31", "reason": "", "etag": field(shown.text, "etag")}
    review = operator.submit(change[1], form)
    assert "Level Consume View Last day 2027-06-30 2027-03-31" in text_of(review)
    assert "was saved." in text_of(operator.submit(change[1], {**form, "confirmed": "yes"}))
    assert "Plan: 0 to create, 1 to update, 0 to delete" in estate.run("plan")
    assert "access-groups/rates.yaml" in estate.run("capture")
    assert "{team: globex/ops, level: view, until: 2027-03-31}" in (
        estate.place.folder / "access-groups" / "rates.yaml"
    ).read_text("utf-8")
    assert estate.run("plan") == "No changes.\n"

    # Its admin invites a colleague, who leaves again; members of a delegated team are no difference.
    members = f"{team.replace('/operator', '')}/members"
    assert accept(estate, ZOE, members) == "You are now in the team Operations of Globex."
    zoe = estate.browser(ZOE)
    zoe.submit(f"{members}/invite", {"step": "send", "emails": KIM})
    assert accept(estate, KIM, members) == "You are now in the team Operations of Globex."
    assert estate.run("plan") == "No changes.\n"
    assert "kim@globex.example" in estate.run("access", "--live", "--team", "globex/ops")
    kim = estate.browser(KIM)
    kim.submit(f"{members.removesuffix('/members')}/leave")
    assert kim.get(members).status_code == 404
    assert "kim@globex.example" not in estate.run("access", "--live", "--team", "globex/ops")
    assert estate.run("plan") == "No changes.\n"


def accept(estate: Estate, email: str, members: str) -> str:
    """Accept the mailed invitation on its page, and return what the next page reports."""
    browser = estate.browser()
    answer = browser.submit(estate.invitation(email), {"answer": "accept"}, follow=False)
    assert answer.headers["location"] == members
    shown = re.search(r'role="status".*?<p>(.*?)</p>', browser.get(members).text, re.DOTALL)
    assert shown is not None
    return unescape(shown[1])
