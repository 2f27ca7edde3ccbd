"""Deliver the mails of the outbox in the background, at least once each."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event, Thread
from typing import Final, Protocol

from sqlalchemy import bindparam, or_, select, update

from reconciler.portal_server.mail.mime import StoredMail, message_of
from reconciler.portal_server.mail.smtp import RefusedError, UnavailableError
from reconciler.portal_server.storage.database import Database
from reconciler.portal_server.storage.tables import mails
from reconciler.portal_server.values.formats import instant_text

_LOG: Final = logging.getLogger(__name__)
BATCH: Final = 20
# Longer than a batch can take; after a crash, its mails are sent again then.
CLAIMED_FOR: Final = timedelta(minutes=15)
FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(hours=1)
GIVEN_UP_AFTER: Final = timedelta(days=2)
_POLL_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 5.0
_DUE: Final = mails.c.due_at <= bindparam("now")
_ANY_DUE: Final = select(mails.c.seq).where(or_(_DUE, mails.c.expires_at <= bindparam("now"))).limit(1)
_FORGET: Final = mails.delete().where(mails.c.expires_at <= bindparam("now"))
_CLAIM: Final = select(mails.c.seq).where(_DUE).order_by(mails.c.due_at, mails.c.seq).limit(BATCH)
_HOLD: Final = (
    update(mails)
    .where(mails.c.seq == bindparam("held"))
    .values(due_at=bindparam("until"), attempts=mails.c.attempts + 1)
)
_LOAD: Final = select(*(mails.c[field] for field in StoredMail.__struct_fields__)).where(
    mails.c.seq == bindparam("held")
)
_OWN: Final = mails.c.id == bindparam("mail_id")
_SCHEDULE: Final = update(mails).where(_OWN).values(due_at=bindparam("next"))
_RELEASE: Final = _SCHEDULE.values(attempts=mails.c.attempts - 1)
_DELETE_SECRET: Final = mails.delete().where(_OWN, mails.c.expires_at.is_not(None))


class Transport(Protocol):
    """What takes messages, such as a connection to an SMTP server."""

    def send(self, message: EmailMessage) -> None:
        """Send a mail. Raises RefusedError and UnavailableError."""

    def close(self) -> None:
        """End the connection after a batch."""


class Delivery:
    """The background task of one process. Several processes never hold the same mail at the same time."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        transport: Transport,
        portal: str,
        sender: str,
    ) -> None:
        self._database = database
        self._now = now
        self._transport = transport
        self._portal = portal
        self._sender = sender
        self._stopped = Event()

    @contextmanager
    def running(self, poll_seconds: float = _POLL_SECONDS) -> Iterator[None]:
        """Deliver in a thread. At the end, wait a few seconds for the mail that is being sent."""
        thread = Thread(target=self._run, args=(poll_seconds,), name="mail", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join(_STOP_SECONDS)

    def deliver_due(self) -> int:
        """Try once what is due, and return the number of mails that were tried."""
        batch = self._claim()
        in_time = self._now() + CLAIMED_FOR / 3
        try:
            for index, mail in enumerate(batch):
                if self._stopped.is_set() or self._now() >= in_time:
                    self._release(batch[index:], timedelta())
                    return index
                if not self._deliver(mail):
                    self._release(batch[index + 1 :], FIRST_WAIT)
                    return index + 1
        finally:
            self._transport.close()
        return len(batch)

    def _run(self, poll_seconds: float) -> None:
        while not self._stopped.is_set():
            try:
                tried = self.deliver_due()
            except Exception as error:  # noqa: BLE001  a failure must not end the deliveries
                _LOG.error("Mails could not be delivered; they are tried again.", exc_info=error)
                tried = 0
            if not tried:
                self._stopped.wait(poll_seconds)

    def _claim(self) -> list[StoredMail]:
        """Hold the mails that are due, under the write lock, until they are settled."""
        now = self._now()
        values = {"now": instant_text(now)}
        with self._database.reading() as connection:
            if connection.execute(_ANY_DUE, values).first() is None:
                return []
        with self._database.writing() as connection:
            connection.execute(_FORGET, values)
            held = [{"held": seq} for seq in connection.scalars(_CLAIM, values)]
            until = instant_text(now + CLAIMED_FOR)
            for each in held:
                connection.execute(_HOLD, {**each, "until": until})
            return [StoredMail(*connection.execute(_LOAD, each).one()) for each in held]

    def _deliver(self, mail: StoredMail) -> bool:
        """Send a mail, and return whether the server may take more of them."""
        try:
            self._transport.send(message_of(mail, self._portal, self._sender))
        except UnavailableError as error:
            self._retry(mail, str(error))
            return error.of_mail
        except RefusedError as error:
            self._give_up(mail, str(error))
        else:
            self._settle(mail)
        return True

    def _retry(self, mail: StoredMail, reason: str) -> None:
        now = self._now()
        if now - mail.since >= GIVEN_UP_AFTER:
            self._give_up(mail, f"{reason}, for two days")
            return
        wait = min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
        _LOG.warning("%s was not delivered, attempt %d: %s.", mail.id, mail.attempts, reason)
        with self._database.writing() as connection:
            connection.execute(_SCHEDULE, {"mail_id": mail.id, "next": instant_text(now + wait)})

    def _give_up(self, mail: StoredMail, reason: str) -> None:
        _LOG.error("%s cannot be delivered, and is not tried again: %s.", mail.id, reason)
        self._settle(mail)

    def _settle(self, mail: StoredMail) -> None:
        """Take a mail out of the outbox. One with a secret is deleted, the others stay in the mailbox."""
        with self._database.writing() as connection:
            connection.execute(_SCHEDULE, {"mail_id": mail.id, "next": None})
            connection.execute(_DELETE_SECRET, {"mail_id": mail.id})

    def _release(self, batch: list[StoredMail], wait: timedelta) -> None:
        """Give back mails that were not tried."""
        due = instant_text(self._now() + wait)
        with self._database.writing() as connection:
            for mail in batch:
                connection.execute(_RELEASE, {"mail_id": mail.id, "next": due})
