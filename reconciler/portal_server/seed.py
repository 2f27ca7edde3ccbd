"""Settings and initial data of a portal."""

from typing import NamedTuple


class ApiEntry(NamedTuple):
    """An initial API; `visibility` is public, organization or restricted."""

    name: str
    display_name: str
    owner: str
    visibility: str = "restricted"


class Operator(NamedTuple):
    """An administrator of one running application, whose token is not stored."""

    name: str
    token: str


class RateLimit(NamedTuple):
    """At most `requests` per token in each window of `seconds`; clients without a token share one limit."""

    requests: int
    seconds: int = 60


class ServerOptions(NamedTuple):
    """Limits for the clients of a server, the proxies before it, and its log.

    A client has `seconds` for each step: to send the headers, to send the body, and to receive the response.
    Above `connections`, or `of_one_client`, the connection that has waited longest for its client is closed.
    `proxies` are addresses or networks of trusted proxies: they may have any number of connections, and say
    in X-Forwarded-For who the client is. `log_events` writes security events to stderr, as JSON lines.
    """

    seconds: float = 30
    connections: int = 400
    of_one_client: int = 100
    proxies: tuple[str, ...] = ()
    log_events: bool = False


class Smtp(NamedTuple):
    """The server that delivers mails from an address; `security` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    username: str | None = None
    password: str | None = None


class Oidc(NamedTuple):
    """An OpenID Connect provider; `name` is on the button of the sign-in page."""

    issuer: str
    client_id: str
    client_secret: str | None = None
    name: str = "single sign-on"


class Site(NamedTuple):
    """The pages of a portal in a browser.

    `url` is their public address without a path, such as https://portal.example. Without it, they answer on
    the loopback address only. `operators` are the addresses of people who may do everything. `demo` shows the
    sent mails to everybody, so it must only be used with invented people. `files_url` is where the files that
    git manages are shown, such as https://github.com/our-company/partners/blob/main. Without `links`, nobody
    signs in by mail.
    """

    url: str | None = None
    operators: frozenset[str] = frozenset()
    smtp: Smtp | None = None
    oidc: Oidc | None = None
    demo: bool = False
    files_url: str | None = None
    links: bool = True
