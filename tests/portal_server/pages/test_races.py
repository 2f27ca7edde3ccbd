"""Twenty requests at once, as of several processes: one of them wins, and the others change nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import httpx2
import pytest

from reconciler.portal_server.identity import sign_in_links
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser
from tests.portal_server.pages.company import ADMIN, INVITED, Company, found

pytestmark = [pytest.mark.real, pytest.mark.no_cover]
NUMBER = 20
Send = Callable[[Browser, int], httpx2.Response]


class Race:
    """Browsers that an operator is signed in with, each at an application of its own."""

    def __init__(self, portal: Portal, browsers: list[Browser]) -> None:
        self.portal = portal
        self._browsers = browsers
        self.company: Company = found(portal)

    def statuses(self, send: Send) -> list[int]:
        """Send a request from all browsers at the same time, and return the sorted statuses."""
        barrier = Barrier(len(self._browsers))

        def run(number: int) -> int:
            barrier.wait()
            return send(self._browsers[number], number).status_code

        with ThreadPoolExecutor(len(self._browsers)) as pool:
            return sorted(pool.map(run, range(len(self._browsers))))


@pytest.fixture
def race(database: str) -> Iterator[Race]:
    with ExitStack() as opened:
        portal = opened.enter_context(Portal(database, site=SITE))
        browsers = [
            opened.enter_context(Browser(opened.enter_context(Portal(database, site=SITE)))).sign_in(OPERATOR)
            for _ in range(NUMBER)
        ]
        yield Race(portal, browsers)


def test_an_invitation_is_accepted_or_declined_once(race: Race) -> None:
    [code] = race.portal.codes(INVITED)

    statuses = race.statuses(
        lambda browser, number: browser.portal.answer(code, "accept" if number % 2 else "decline")
    )

    assert statuses == [200] + [404] * 19
    entries = race.portal.items("/audit", params={"object": race.company.cy})
    state = race.portal.get(f"/members/{race.company.cy}").json()["state"]
    assert [each["action"] for each in entries[1:]] == [{"active": "accept", "declined": "decline"}[state]]


def test_the_last_two_admins_are_not_removed_at_once(race: Race) -> None:
    base = f"/ui/teams/{race.company.integration}/members"
    bo = race.company.bo
    assert race.portal.patch(f"/members/{bo}", {"role": "admin"}).status_code == 200
    tags = {each: race.portal.get(f"/members/{each}").json()["etag"] for each in (race.company.ana, bo)}

    def remove(browser: Browser, number: int) -> httpx2.Response:
        member = (race.company.ana, bo)[number % 2]
        return browser.submit(f"{base}/{member}/remove", {"etag": tags[member]}, follow=False)

    statuses = race.statuses(remove)

    assert statuses.count(303) == 1
    people = race.portal.items("/members", params={"team": race.company.integration})
    assert [each["role"] for each in people if each["state"] == "active"] == ["admin"]


def test_an_invitation_that_is_confirmed_twice_is_sent_once(race: Race) -> None:
    path = f"/ui/teams/{race.company.integration}/members/invite"
    form = {"step": "send", "emails": "eve@acme.example", "role": "member"}

    statuses = race.statuses(lambda browser, _: browser.submit(path, form, follow=False))

    assert statuses == [200] * 19 + [303]
    mails = [each for each in race.portal.items("/mailbox") if each["to"] == "eve@acme.example"]
    assert len(mails) == 1
    people = race.portal.items("/members", params={"email": "eve@acme.example"})
    assert [each["state"] for each in people] == ["invited"]


def test_a_link_signs_in_once(race: Race) -> None:
    with race.portal.app.state.database.writing() as connection:
        path = sign_in_links.create(connection, race.portal.clock, ADMIN)

    statuses = race.statuses(lambda browser, _: browser.submit(path, follow=False))

    assert statuses == [303] + [404] * 19


def test_a_request_is_decided_once(race: Race) -> None:
    body = {"teamId": race.company.globex_ops, "groupId": race.company.group, "level": "view"}
    request = race.portal.made("/access-requests", **body)
    path = f"/ui/operator/requests/{request['id']}"

    def decide(browser: Browser, number: int) -> httpx2.Response:
        decision = "grant" if number % 2 else "decline"
        form = {"decision": decision, "level": "view", "answer": "Yes or no.", "etag": request["etag"]}
        return browser.submit(path, form, follow=False)

    statuses = race.statuses(decide)

    assert statuses == [303] + [412] * 19
    granted = race.portal.items("/grants", params={"team": race.company.globex_ops})
    state = race.portal.get(f"/access-requests/{request['id']}").json()["state"]
    assert (state, len(granted)) in {("granted", 1), ("declined", 0)}
