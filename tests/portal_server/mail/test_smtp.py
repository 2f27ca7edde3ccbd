"""Send to SMTP servers: good ones, and ones that refuse, hang, end or pretend."""

import ssl
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.portal_server.mail.mime import StoredMail, message_of
from reconciler.portal_server.mail.smtp import Connection, RefusedError, UnavailableError
from reconciler.portal_server.values.addresses import canonical_email
from tests.http import certificates
from tests.portal_server.mail.mail_server import (
    SENDER,
    Mailbox,
    broken_server,
    mail_server,
    only,
    server_context,
)

MAIL = StoredMail(
    "mail_1",
    "ana@acme.example",
    "Invitation to Größe & Co",
    "Hello.\n\nhttps://portal.example/ui/invitations/inv_x\n",
    "<p>Hello.</p>\n",
    "2026-03-01T12:00:00Z",
    1,
    None,
)


def mail_to(email: str) -> EmailMessage:
    return message_of(
        StoredMail("mail_2", email, "S", "T\n", None, "2026-03-01T12:00:00Z", 1, None), "P", SENDER
    )


def send(server: object, *messages: EmailMessage, tls: ssl.SSLContext | None = None) -> None:
    with Connection(server, tls, seconds=0.3) as connection:  # type: ignore[arg-type]
        for message in messages or (mail_to("ana@acme.example"),):
            connection.send(message)


def test_a_message_has_text_and_html_and_the_headers_of_a_program() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as server:
        send(server, message_of(MAIL, "Partner portal", SENDER))
    [message] = mailbox.messages
    headers = {name: str(message[name]) for name in ("From", "To", "Subject", "Date", "Message-ID")}
    parts = [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in message.iter_parts()
    ]

    assert headers == {
        "From": f"Partner portal <{SENDER}>",
        "To": "ana@acme.example",
        "Subject": "Invitation to Größe & Co",
        "Date": "Sun, 01 Mar 2026 12:00:00 +0000",
        "Message-ID": "<mail_1@portal.example>",
    }
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert parts == [("text/plain", MAIL.text), ("text/html", "<p>Hello.</p>\n")]
    assert mailbox.recipients == ["ana@acme.example"]


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
LOCALS = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~ä字-]{1,20}(\.[a-z0-9ä-]{1,10})?", fullmatch=True)


@given(name=LINES, subject=LINES, body=LINES, local=LOCALS)
def test_no_text_adds_a_header_or_a_receiver(name: str, subject: str, body: str, local: str) -> None:
    try:
        email = canonical_email(f"{local}@acme.example")
    except ValueError:
        return
    mail = StoredMail("mail_1", email, subject, body, None, "2026-03-01T12:00:00Z", 1, None)
    message = message_of(mail, name, SENDER)
    head = message.as_bytes(policy=SMTPUTF8).partition(b"\r\n\r\n")[0].decode()
    fields = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in {" ", "\t"}]

    assert sorted(fields) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ]
    assert [address.addr_spec for address in message["To"].addresses] == [email]
    assert [address.addr_spec for address in message["From"].addresses] == [SENDER]


def test_an_address_with_other_letters_arrives() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as server:
        send(server, mail_to("jörg@acme.example"))

    assert mailbox.recipients == ["jörg@acme.example"]


def test_a_server_without_support_for_other_letters_refuses_only_that_mail() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, enable_SMTPUTF8=False) as server, Connection(server) as connection:
        with pytest.raises(RefusedError, match=r"^the server does not support this address$"):
            connection.send(mail_to("jörg@acme.example"))
        connection.send(mail_to("bo@acme.example"))

    assert mailbox.recipients == ["bo@acme.example"]


def test_several_mails_use_one_connection() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as server:
        send(server, mail_to("ana@acme.example"), mail_to("bo@acme.example"))

    assert mailbox.recipients == ["ana@acme.example", "bo@acme.example"]
    assert mailbox.sessions == 1


@pytest.mark.parametrize("stage", ["recipient", "data"])
@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ("550 no such person ana@acme.example", "refused"),
        ("552 too large", "refused"),
        ("450 greylisted", "later"),
        ("421 closing", "the server is not available"),
    ],
)
def test_an_answer_decides_whether_to_try_again(stage: str, answer: str, means: str) -> None:
    mailbox = Mailbox()
    (mailbox.answers if stage == "recipient" else mailbox.data_answers).append(answer)
    with mail_server(mailbox) as server, Connection(server) as connection:
        error = RefusedError if means == "refused" else UnavailableError
        with pytest.raises(error, match=rf"^the server answered {answer[:3]}$") as raised:
            connection.send(mail_to("ana@acme.example"))
        assert getattr(raised.value, "of_mail", means == "refused") == (
            means != "the server is not available"
        )
        connection.send(mail_to("bo@acme.example"))

    assert mailbox.recipients == ["bo@acme.example"]


GONE = "it closed the connection, or did not answer in time"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ((None,), GONE),
        ((b"220 hello\r\n", None), GONE),
        ((b"220 hello\r\n",), GONE),
        ((b"554 go away\r\n",), "the server answered 554"),
        ((b"220 hello\r\n", b"250 hello\r\n", b"550 not from you\r\n"), "the server answered 550"),
        ((b"220 " + b"a" * 20_000,), "the server answered 500"),
        ((b"\xff\xfe\r\n",), "the server answered -1"),
    ],
)
def test_a_broken_server_is_tried_again_later(says: tuple[bytes | None, ...], reason: str) -> None:
    with broken_server(*says) as server, pytest.raises(UnavailableError) as raised:
        send(server)

    assert (str(raised.value), raised.value.of_mail) == (reason, False)


def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with broken_server(b"") as server:
        pass
    with pytest.raises(UnavailableError, match="refused"):
        send(server)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of servers."""
    made = tmp_path_factory.mktemp("certificates")
    certificates.authority(made)
    certificates.server(made)
    certificates.server(made, "elsewhere", names="DNS:elsewhere.example")
    return made


def trusting(folder: Path, authority: str = "ca") -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / f"{authority}.pem"))


def serving(folder: Path, name: str = "server") -> ssl.SSLContext:
    return server_context(str(folder / f"{name}.pem"), str(folder / f"{name}.key"))


@pytest.mark.parametrize(("security", "option"), [("tls", "ssl_context"), ("starttls", "tls_context")])
def test_tls_protects_the_mail_and_the_password(folder: Path, security: str, option: str) -> None:
    mailbox = Mailbox()
    login = {
        "authenticator": only("portal", "right"),
        "auth_require_tls": security != "tls",
    }
    with mail_server(mailbox, security=security, **{option: serving(folder)}, **login) as server:
        send(server._replace(username="portal", password="right"), tls=trusting(folder))
        with pytest.raises(UnavailableError, match=r"^the server answered 535$"):
            send(server._replace(username="portal", password="wrong"), tls=trusting(folder))

    assert mailbox.recipients == ["ana@acme.example"]
    assert mailbox.secure == [security == "starttls"]


@pytest.mark.parametrize(("security", "option"), [("tls", "ssl_context"), ("starttls", "tls_context")])
@pytest.mark.parametrize(
    ("authority", "name", "reason"),
    [
        ("other", "server", "its certificate is not valid: unable to get local issuer certificate"),
        ("ca", "elsewhere", "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
def test_a_server_that_is_not_who_it_says_gets_no_mail(
    folder: Path, security: str, option: str, authority: str, name: str, reason: str
) -> None:
    mailbox = Mailbox()
    with (
        mail_server(mailbox, security=security, **{option: serving(folder, name)}) as server,
        pytest.raises(UnavailableError) as raised,
    ):
        send(server, tls=trusting(folder, authority))

    assert reason in str(raised.value)
    assert mailbox.messages == []


def test_without_starttls_nothing_is_sent_in_the_clear() -> None:
    mailbox = Mailbox()
    with (
        mail_server(mailbox, security="starttls") as server,
        pytest.raises(UnavailableError, match=r"^the server does not support STARTTLS$"),
    ):
        send(server._replace(username="portal", password="right"))

    assert mailbox.messages == []


def test_a_server_without_logins_is_tried_again_later() -> None:
    with (
        mail_server(Mailbox()) as server,
        pytest.raises(UnavailableError, match=r"^the server does not support to log in$"),
    ):
        send(server._replace(username="portal", password="right"))
