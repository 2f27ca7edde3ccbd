"""Deliver mails in the background: at least once, by one process at a time, with growing waits."""

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from reconciler.portal_server import Site
from reconciler.portal_server.mail.delivery import Delivery
from reconciler.portal_server.mail.smtp import RefusedError, UnavailableError
from reconciler.portal_server.seed import Smtp
from reconciler.portal_server.storage.database import open_database
from tests.portal_server.driver import Portal
from tests.portal_server.mail.mail_server import SENDER, Mailbox, mail_server
from tests.portal_server.pages.browser import SITE, Browser

SMTP = Smtp("127.0.0.1", 25, SENDER, security="none")


class Transport:
    """Takes messages, after doing what a test wants with each."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.closed = 0
        self.before: Callable[[str], object] = lambda _: None

    def send(self, message: EmailMessage) -> None:
        self.before(str(message["To"]))
        self.taken.append(str(message["To"]))

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def portal(database: str) -> Iterator[Portal]:
    with Portal(database, site=Site(url="https://portal.example", smtp=SMTP)) as opened:
        yield opened


def invite(portal: Portal, *emails: str) -> None:
    team = portal.team()
    for email in emails:
        portal.member(team, email)


def delivery(portal: Portal, transport: Transport) -> Delivery:
    return Delivery(portal.app.state.database, lambda: portal.clock, transport, "Portal", SENDER)


def queue(portal: Portal) -> list[tuple[str, str | None, int]]:
    with portal.app.state.database.reading() as connection:
        rows = connection.execute(text('SELECT "to", due_at, attempts FROM mails ORDER BY seq'))
        return [(to, due, attempts) for to, due, attempts in rows]


def failing(error: Exception, *, times: int = 1000) -> Callable[[str], None]:
    left = [error] * times

    def fail(_: str) -> None:
        if left:
            raise left.pop()

    return fail


def test_a_mail_is_sent_once_and_stays_in_the_mailbox(portal: Portal) -> None:
    transport = Transport()
    invite(portal, "ana@acme.example", "bo@acme.example")

    assert [delivery(portal, transport).deliver_due() for _ in range(2)] == [2, 0]
    assert transport.taken == ["ana@acme.example", "bo@acme.example"]
    assert transport.closed == 2
    assert queue(portal) == [("ana@acme.example", None, 1), ("bo@acme.example", None, 1)]
    assert len(portal.items("/mailbox")) == 2


def test_what_is_not_taken_is_tried_again_after_growing_waits(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    transport = Transport()
    transport.before = failing(UnavailableError("the server answered 450", of_mail=True))
    invite(portal, "ana@acme.example")
    waits: list[float] = []
    for _ in range(11):
        assert delivery(portal, transport).deliver_due() == 1
        [(_, due, _)] = queue(portal)
        assert due is not None
        waits.append((portal.clock.fromisoformat(due) - portal.clock).total_seconds())
        portal.clock = portal.clock.fromisoformat(due)

    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert re.fullmatch(
        r"mail_\w+ was not delivered, attempt 1: the server answered 450\.", caplog.messages[0]
    )


def test_after_two_days_a_mail_is_given_up(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    transport = Transport()
    transport.before = failing(UnavailableError("the server answered 450", of_mail=True))
    invite(portal, "ana@acme.example")
    portal.pass_time(days=2)
    delivery(portal, transport).deliver_due()

    assert queue(portal) == [("ana@acme.example", None, 1)]
    assert caplog.messages[0].endswith("is not tried again: the server answered 450, for two days.")


def test_a_refused_mail_is_not_tried_again_and_the_log_names_nobody(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    transport = Transport()
    transport.before = failing(RefusedError("the server answered 550"), times=1)
    invite(portal, "ana@acme.example", "bo@acme.example")
    [code] = portal.codes("ana@acme.example")
    delivery(portal, transport).deliver_due()

    assert transport.taken == ["bo@acme.example"]
    assert queue(portal) == [("ana@acme.example", None, 1), ("bo@acme.example", None, 1)]
    [(_, level, said)] = caplog.record_tuples
    assert level == logging.ERROR
    assert re.fullmatch(
        r"mail_\w+ cannot be delivered, and is not tried again: the server answered 550\.", said
    )
    assert code not in said


def test_a_server_that_is_not_available_is_asked_once_for_all(portal: Portal) -> None:
    transport = Transport()
    transport.before = failing(UnavailableError("timed out"), times=1)
    invite(portal, "ana@acme.example", "bo@acme.example", "cy@acme.example")

    assert delivery(portal, transport).deliver_due() == 1
    assert queue(portal) == [
        ("ana@acme.example", "2026-03-01T12:00:15Z", 1),
        ("bo@acme.example", "2026-03-01T12:00:15Z", 0),
        ("cy@acme.example", "2026-03-01T12:00:15Z", 0),
    ]
    portal.pass_time(seconds=15)
    assert delivery(portal, transport).deliver_due() == 3


def test_two_processes_never_send_the_same_mail_at_the_same_time(portal: Portal) -> None:
    first, second = Transport(), Transport()
    other = delivery(portal, second)
    first.before = lambda _: other.deliver_due()
    invite(portal, *(f"p{number}@acme.example" for number in range(25)))

    assert delivery(portal, first).deliver_due() == 20
    assert second.taken == [f"p{number}@acme.example" for number in range(20, 25)]
    assert len(set(first.taken) | set(second.taken)) == 25


def test_a_mail_of_a_killed_process_is_sent_again(portal: Portal) -> None:
    killed, next_one = Transport(), Transport()
    killed.before = failing(SystemExit())  # type: ignore[arg-type]
    invite(portal, "ana@acme.example")
    with pytest.raises(SystemExit):
        delivery(portal, killed).deliver_due()
    again = delivery(portal, next_one)

    portal.pass_time(minutes=14, seconds=59)
    assert again.deliver_due() == 0
    portal.pass_time(seconds=1)
    assert again.deliver_due() == 1
    assert next_one.taken == ["ana@acme.example"]


def test_a_slow_server_does_not_outlast_the_claim(portal: Portal) -> None:
    transport = Transport()
    transport.before = lambda _: portal.pass_time(minutes=3)
    invite(portal, "ana@acme.example", "bo@acme.example", "cy@acme.example")

    assert delivery(portal, transport).deliver_due() == 2
    assert queue(portal)[2] == ("cy@acme.example", "2026-03-01T12:06:00Z", 0)


def test_a_stopping_process_gives_the_rest_back(portal: Portal) -> None:
    transport = Transport()
    one = delivery(portal, transport)

    def stop(_: str) -> None:
        with one.running():
            pass

    transport.before = stop
    invite(portal, "ana@acme.example", "bo@acme.example")

    assert one.deliver_due() == 1
    assert queue(portal)[1] == ("bo@acme.example", "2026-03-01T12:00:00Z", 0)


def test_a_mail_with_a_secret_is_deleted_after_delivery_and_never_sent_late(portal: Portal) -> None:
    transport = Transport()
    portal.made("/people", email="ana@acme.example")
    with Browser(portal) as browser:
        browser.submit("/ui/sign-in", {"email": "ana@acme.example"})
        assert delivery(portal, transport).deliver_due() == 1
        assert queue(portal) == []
        browser.submit("/ui/sign-in", {"email": "ana@acme.example"})
    transport.before = failing(RefusedError("the server answered 550"), times=1)
    delivery(portal, transport).deliver_due()
    assert queue(portal) == []
    with Browser(portal) as browser:
        browser.submit("/ui/sign-in", {"email": "ana@acme.example"})
    portal.pass_time(minutes=15)

    assert delivery(portal, transport).deliver_due() == 0
    assert queue(portal) == []
    assert transport.taken == ["ana@acme.example"]


def test_the_background_task_goes_on_after_a_failure(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    transport, sent = Transport(), Event()
    failures = failing(RuntimeError("broken"), times=1)

    def fail_once(to: str) -> None:
        if to == "ana@acme.example":
            failures(to)
        sent.set()

    transport.before = fail_once
    invite(portal, "ana@acme.example")
    with delivery(portal, transport).running(0.01):
        while not caplog.messages:
            sent.wait(0.01)
        portal.clock += timedelta(minutes=15)
        assert sent.wait(10)

    assert transport.taken == ["ana@acme.example"]
    assert caplog.messages == ["Mails could not be delivered; they are tried again."]


def test_a_served_portal_delivers_an_invitation_whose_link_opens_the_page(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with (
        mail_server(mailbox) as server,
        Portal(str(tmp_path / "portal.db"), site=SITE._replace(smtp=server)) as portal,
        Browser(portal) as browser,
    ):

        async def until_delivered() -> None:
            async with portal.app.router.lifespan_context(portal.app):
                assert await asyncio.to_thread(mailbox.arrived.wait, 10)

        invite(portal, "ana@acme.example")
        portal.runner.run(until_delivered())
        [message] = mailbox.messages
        bodies = [part.get_content() for part in message.iter_parts()]
        links = [re.findall(r"https://portal\.example(/ui/invitations/[\w-]+)", body)[0] for body in bodies]
        page = browser.get(links[0])

    assert links[0] == links[1]
    assert page.status_code == 200
    assert "ana@acme.example" in page.text


@pytest.mark.parametrize("site", [None, SITE])
def test_without_an_smtp_server_nothing_runs_in_the_background(tmp_path: Path, site: Site | None) -> None:
    with Portal(str(tmp_path / "portal.db"), site=site) as portal:

        async def serve() -> list[str]:
            async with portal.app.router.lifespan_context(portal.app):
                return [thread.name for thread in threading.enumerate()]

        assert "mail" not in portal.runner.run(serve())


def test_threads_of_two_processes_share_the_mails(portal: Portal) -> None:
    transports = Transport(), Transport()
    invite(portal, *(f"p{number}@acme.example" for number in range(30)))
    database = portal.database

    def deliver(transport: Transport) -> None:
        opened = open_database(database)
        one = Delivery(opened, lambda: portal.clock, transport, "Portal", SENDER)
        while one.deliver_due():
            pass
        opened.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, transports))

    taken = [to for transport in transports for to in transport.taken]
    assert sorted(taken) == sorted(f"p{number}@acme.example" for number in range(30))
    assert queue(portal) == [(f"p{number}@acme.example", None, 1) for number in range(30)]
