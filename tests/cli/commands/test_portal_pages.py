"""`portal serve` with pages: its options, what it reports, and the demo."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from reconciler import portal_server
from reconciler.cli.actions.portal_site import SiteOptions, site
from reconciler.errors import InputError
from reconciler.portal_server import Oidc, ServerOptions, Site, Smtp
from tests.cli.running import Place, Ran

SECRETS = {"PORTAL_SMTP_PASSWORD": "pw", "PORTAL_OIDC_CLIENT_SECRET": "of-the-client"}
UNENCRYPTED = (
    '--url: "http://portal.example" is not encrypted, so sessions could be stolen; use https, with a proxy'
    " that ends TLS in front of the portal"
)
NO_SERVER = "is not a mail server; use smtp://USER@HOST:PORT, or smtps:// for TLS from the start"
EVERYWHERE = "0.0.0.0"  # noqa: S104  the option is tested, and nothing listens
Use = Callable[[Starlette, str], None]


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[[Use], None]:
    """What uses the application in this process, instead of a server that would wait for a signal."""

    def instead(use: Use) -> None:
        def serve(
            app: Starlette,
            host: str,
            _port: int,
            ready: Callable[[str], None],
            options: ServerOptions | None = None,
        ) -> None:
            assert options is None or options.log_events
            url = f"http://{host}:8750"
            ready(url)
            use(app, url)
            app.state.database.close()

        monkeypatch.setattr(portal_server, "serve", serve)

    return instead


def problems(**options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        site(SiteOptions(**options))
    return caught.value.message.splitlines()


@pytest.mark.usefixtures("secrets")
def test_all_options_describe_a_site() -> None:
    found = site(
        SiteOptions(
            url="https://Portal.Example:443/",
            operators=("Olga@Halden.Example", "nils@halden.example"),
            smtp="smtp://re%40lay@mail.halden.example",
            mail_from="Portal@halden.example",
            oidc="https://id.example/realms/partners",
            oidc_client="portal",
            oidc_name="Halden",
            oidc_only=True,
            files_url="https://git.example/partners/blob/main/",
        )
    )

    assert found == Site(
        url="https://portal.example",
        operators=frozenset({"olga@halden.example", "nils@halden.example"}),
        smtp=Smtp("mail.halden.example", 587, "portal@halden.example", "starttls", "re@lay", "pw"),
        oidc=Oidc("https://id.example/realms/partners", "portal", "of-the-client", "Halden"),
        files_url="https://git.example/partners/blob/main",
        links=False,
    )


@pytest.mark.usefixtures("no_secrets")
@pytest.mark.parametrize(
    ("server", "is_plain", "smtp"),
    [
        ("smtp://mail.example", False, Smtp("mail.example", 587, "p@halden.example", "starttls")),
        ("smtp://mail.example:25", True, Smtp("mail.example", 25, "p@halden.example", "none")),
        ("smtp://127.0.0.1:1025", False, Smtp("127.0.0.1", 1025, "p@halden.example", "none")),
        ("smtp://[::1]:1025", False, Smtp("::1", 1025, "p@halden.example", "none")),
        ("smtp://localhost", False, Smtp("localhost", 587, "p@halden.example", "none")),
        ("smtps://mail.example", False, Smtp("mail.example", 465, "p@halden.example", "tls")),
    ],
)
def test_mails_are_encrypted_except_on_this_machine_or_where_it_is_said(
    server: str,
    *,
    is_plain: bool,
    smtp: Smtp,
) -> None:
    options = SiteOptions(
        url="https://a.example", smtp=server, mail_from="p@halden.example", smtp_without_tls=is_plain
    )

    assert site(options) == Site(url="https://a.example", smtp=smtp)


def test_without_pages_there_is_no_site() -> None:
    assert site(SiteOptions(has_pages=False)) is None
    assert site(SiteOptions()) == Site()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("portal.example", '"portal.example" is not a web address; use one such as https://portal.example'),
        ("ftp://portal.example", '"ftp://portal.example" is not a web address; use one such as'),
        ("https://", '"https://" is not a web address; use one such as https://portal.example'),
        ("https://a:b", '"https://a:b" is not a web address; use one such as https://portal.example'),
        ("https://a b", '"https://a b" is not a web address; use one such as https://portal.example'),
        ("https://a.example/ui/", '"https://a.example/ui/" has more than a host and a port;'),
        ("https://a@a.example", '"https://a@a.example" has more than a host and a port;'),
        ("http://a.example", '"http://a.example" is not encrypted, so sessions could be stolen; use https,'),
    ],
)
def test_an_address_that_cannot_be_that_of_the_pages_is_refused(url: str, problem: str) -> None:
    [found] = problems(url=url)

    assert found.startswith(f"--url: {problem}")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8750", "http://localhost:8750", "http://[::1]:8750"])
def test_on_this_machine_pages_need_no_encryption(url: str) -> None:
    assert site(SiteOptions(url=url)) == Site(url=url)


@pytest.mark.usefixtures("no_secrets")
def test_all_problems_are_reported_at_once() -> None:
    assert problems(
        url="http://portal.example",
        operators=("olga",),
        smtp="smtps://relay:hush@mail.example",
        smtp_without_tls=True,
        oidc="http://id.example",
        files_url="our-company/partners",
        proxies=("10.0.0.0/8", "proxy", "10.0.0.1/8"),
    ) == [
        UNENCRYPTED,
        (
            '--files-url: "our-company/partners" is not a web address; use one such as'
            " https://github.com/our-company/partners/blob/main"
        ),
        '--trusted-proxy: "proxy" is not an IP address or a network; use one such as 10.0.0.0/8',
        '--trusted-proxy: "10.0.0.1/8" is not an IP address or a network; use one such as 10.0.0.0/8',
        '--operator: "olga" is not a valid e-mail address: not an e-mail address',
        "--smtp: a password is visible to other users here; set it in PORTAL_SMTP_PASSWORD",
        "--smtp-without-tls contradicts smtps://; leave out one of the two",
        '--smtp: the password of "relay" is missing; set it in PORTAL_SMTP_PASSWORD',
        "--smtp needs --mail-from with the address that sends the e-mails",
        '--oidc: "http://id.example" is not encrypted; use https',
        "--oidc needs --oidc-client with the id of this portal at the provider",
        "--oidc: the secret of the client is missing; set it in PORTAL_OIDC_CLIENT_SECRET",
    ]


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"smtp": "mail.example"},
            f'--smtp: "mail.example" {NO_SERVER}',
        ),
        (
            {"smtp": "imap://relay:hush@mail.example"},
            f'--smtp: "imap://relay@mail.example" {NO_SERVER}',
        ),
        ({"mail_from": "p@halden.example"}, "--mail-from needs --smtp with the mail server"),
        ({"smtp_without_tls": True}, "--smtp-without-tls needs --smtp with the mail server"),
        (
            {"url": "https://a.example", "smtp": "smtp://mail.example", "mail_from": "portal"},
            '--mail-from: "portal" is not a valid e-mail address: not an e-mail address',
        ),
        (
            {"smtp": "smtp://mail.example", "mail_from": "p@halden.example"},
            "--smtp needs --url with the address of the pages, to which the e-mails link",
        ),
        ({"oidc_client": "portal"}, "--oidc-client needs --oidc with the address of the provider"),
        ({"oidc_only": True}, "--oidc-only needs --oidc with the address of the provider"),
        ({"oidc_name": "Halden"}, "--oidc-name needs --oidc with the address of the provider"),
        (
            {"oidc": "id.example", "oidc_client": "portal"},
            '--oidc: "id.example" is not the web address of a provider',
        ),
        (
            {"has_pages": False, "operators": ("olga@halden.example",)},
            "--operator is for the pages, and --no-pages serves none; leave out one of the two",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], problem: str) -> None:
    assert problems(**options) == [problem]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (
            [],
            [
                "Pages: http://127.0.0.1:8750/ui/",
                "No operator is named: add --operator with your address to manage the portal in a browser.",
            ],
        ),
        (
            ["--operator", "olga@halden.example", "--url", "https://portal.example"],
            [
                "Pages: https://portal.example/ui/",
                "No e-mails are sent: `reconciler portal sign-in EMAIL` prints a link to sign in.",
            ],
        ),
        (
            [
                "--operator",
                "olga@halden.example",
                "--url",
                "http://127.0.0.1:8750",
                "--smtp",
                "smtp://localhost",
                "--mail-from",
                "p@halden.example",
            ],
            ["Pages: http://127.0.0.1:8750/ui/"],
        ),
        (["--no-pages"], []),
    ],
)
def test_it_reports_where_the_pages_are_and_what_is_missing(
    place: Place, served: Callable[[Use], None], options: list[str], lines: list[str]
) -> None:
    served(lambda _app, _url: None)

    ran = place.run("portal", "serve", "--port", "0", *options)

    assert ran.err.splitlines()[1:] == lines
    assert ran.err.splitlines()[0] == f"Serving {place.folder}/.reconciler/portal.db at http://127.0.0.1:8750"
    assert ran.code == 0


def test_pages_that_only_this_machine_sees_are_no_pages_for_others(
    place: Place, served: Callable[[Use], None]
) -> None:
    served(lambda _app, _url: None)
    ran = place.run("portal", "serve", "--host", EVERYWHERE, "--port", "0", "--operator", "o@halden.example")

    assert ran.err.splitlines()[1] == (
        "Pages: only on this machine; --url with the public address opens them to others"
    )


def test_a_link_to_sign_in_is_printed_for_an_address(place: Place) -> None:
    here = place.run("portal", "sign-in", "olga@halden.example")
    there = place.run("portal", "sign-in", "Olga@halden.example", "--url", "https://portal.example")

    assert (here.code, here.err, there.code, there.err) == (0, "", 0, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:8750/ui/sign-in/link/lnk_[\w-]{43}\n", here.out)
    assert re.fullmatch(r"https://portal\.example/ui/sign-in/link/lnk_[\w-]{43}\n", there.out)


def test_no_link_is_printed_for_what_is_no_address(place: Place) -> None:
    assert place.run("portal", "sign-in", "olga") == Ran(
        1, "", 'Error: EMAIL: "olga" is not a valid e-mail address: not an e-mail address\n'
    )


def test_the_demo_prints_links_for_three_roles_and_shows_its_mails(
    place: Place, served: Callable[[Use], None]
) -> None:
    pages: dict[str, str] = {}

    def use(app: Starlette, url: str) -> None:
        with TestClient(app, base_url=url) as client:
            pages["mail"] = client.get("/ui/demo/mail").text

    served(use)
    ran = place.run("portal", "serve", "--demo", "--port", "0")

    first, second, *links, last = ran.err.splitlines()
    base = "http://127.0.0.1:8750/ui"
    assert first == f"Serving the demo at {base}/ until Ctrl-C. Nothing that you change in it remains."
    assert second == "Sign in, each link once, in 15 minutes:"
    assert [line.split(" http")[0].strip() for line in links] == ["operator", "team admin", "member"]
    assert all(re.search(rf" {base}/sign-in/link/lnk_[\w-]{{43}}\Z", line) for line in links)
    assert last == f"E-mails that the demo sends: {base}/demo/mail"
    assert "jonas.eide@fjordhandel.example" in pages["mail"]
    assert 'href="/ui/invitations/inv_' in pages["mail"]


def test_the_demo_takes_no_options_of_a_real_portal(place: Place) -> None:
    assert place.run("portal", "serve", "--demo", "--operator", "olga@halden.example") == Ran(
        1,
        "",
        "Error: --demo has its own database, people and e-mails\n"
        "Hint: leave out the other options, except --host and --port; or leave out --demo\n",
    )


@pytest.mark.parametrize("host", [EVERYWHERE, "portal.example", "::"])
def test_the_demo_listens_on_this_machine_only(place: Place, host: str) -> None:
    assert place.run("portal", "serve", "--demo", "--host", host) == Ran(
        1,
        "",
        f'Error: --host: "{host}" is not this machine only, and the demo shows its e-mails to everybody\n'
        "Hint: leave out --host; the demo is served at 127.0.0.1\n",
    )
