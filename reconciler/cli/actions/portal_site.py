"""The pages of the embedded portal, as the options of the command line and the environment describe them."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from reconciler.cli import runtime
from reconciler.errors import InputError
from reconciler.portal_server import Oidc, Site, Smtp
from reconciler.portal_server.values.addresses import canonical_email

SMTP_VARIABLE: Final = "PORTAL_SMTP_PASSWORD"
OIDC_VARIABLE: Final = "PORTAL_OIDC_CLIENT_SECRET"
_PORTS: Final = {"smtp": 587, "smtps": 465}
_SMTP_FORM: Final = "use smtp://USER@HOST:PORT, or smtps:// for TLS from the start"


class SiteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the pages, as they were given."""

    url: str | None = None
    operators: tuple[str, ...] = ()
    smtp: str | None = None
    mail_from: str | None = None
    smtp_without_tls: bool = False
    oidc: str | None = None
    oidc_client: str | None = None
    oidc_name: str | None = None
    oidc_only: bool = False
    files_url: str | None = None
    proxies: tuple[str, ...] = ()
    has_pages: bool = True


def site(options: SiteOptions) -> Site | None:
    """Return the pages that the options describe, or None without pages. Raises InputError with all problems.

    Passwords come from the environment only, so that no list of processes shows them.
    """
    problems = [
        *_contradictions(options),
        *_invalid_url(options.url),
        *_invalid_files_url(options.files_url),
        *_invalid_proxies(options.proxies),
    ]
    operators = _Collected(problems).addresses("--operator", options.operators)
    smtp, oidc = _smtp(options, problems), _oidc(options, problems)
    if problems:
        raise InputError("\n".join(problems))
    if not options.has_pages:
        return None
    return Site(
        url=_origin(options.url),
        operators=frozenset(operators),
        smtp=smtp,
        oidc=oidc,
        files_url=options.files_url.rstrip("/") if options.files_url else None,
        links=not options.oidc_only,
    )


class _Collected:
    """Problems with the options, which are reported together."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems

    def addresses(self, option: str, given: tuple[str, ...]) -> list[str]:
        """Return canonical addresses, and collect a problem for each invalid one."""
        found = []
        for each in given:
            try:
                found.append(canonical_email(each))
            except ValueError as error:
                self._problems.append(f'{option}: "{each}" is not a valid e-mail address: {error}')
        return found


def canonical(email: str) -> str:
    """Return the canonical form of an address. Raises InputError."""
    problems: list[str] = []
    for found in _Collected(problems).addresses("EMAIL", (email,)):
        return found
    raise InputError(problems[0])


def require_loopback(option: str, host: str) -> None:
    """Raise InputError unless a host is an address of this machine that no network reaches."""
    if not _is_loopback(host):
        raise InputError(
            f'{option}: "{host}" is not this machine only, and the demo shows its e-mails to everybody',
            "leave out --host; the demo is served at 127.0.0.1",
        )


def _contradictions(options: SiteOptions) -> Iterator[str]:
    if options.has_pages:
        return
    given = {
        "--url": options.url,
        "--operator": options.operators,
        "--smtp": options.smtp,
        "--oidc": options.oidc,
        "--files-url": options.files_url,
    }
    for name in (name for name, value in given.items() if value):
        yield f"{name} is for the pages, and --no-pages serves none; leave out one of the two"


def _invalid_url(url: str | None) -> Iterator[str]:
    if url is None:
        return
    found = _split(url)
    if found is None or found.scheme not in {"http", "https"} or not found.hostname:
        yield f'--url: "{url}" is not a web address; use one such as https://portal.example'
    elif found.path.strip("/") or found.query or found.fragment or "@" in found.netloc:
        yield f'--url: "{url}" has more than a host and a port; the pages are at /ui/ of https://HOST'
    elif found.scheme == "http" and not _is_loopback(found.hostname):
        yield (
            f'--url: "{url}" is not encrypted, so sessions could be stolen; use https, with a proxy that'
            " ends TLS in front of the portal"
        )


def _invalid_files_url(url: str | None) -> Iterator[str]:
    found = None if url is None else _split(url)
    if url is not None and (
        found is None or found.scheme not in {"http", "https"} or not found.hostname or "@" in found.netloc
    ):
        yield (
            f'--files-url: "{url}" is not a web address; use one such as'
            " https://github.com/our-company/partners/blob/main"
        )


def _invalid_proxies(proxies: tuple[str, ...]) -> Iterator[str]:
    for each in proxies:
        try:
            ip_network(each)
        except ValueError:
            yield f'--trusted-proxy: "{each}" is not an IP address or a network; use one such as 10.0.0.0/8'


def _origin(url: str | None) -> str | None:
    """Return the address as browsers write an origin: in lower case, without the default port."""
    if url is None:
        return None
    found = urlsplit(url)
    default = ":443" if found.scheme == "https" else ":80"
    return f"{found.scheme}://{found.netloc.lower().removesuffix(default)}"


def _smtp(options: SiteOptions, problems: list[str]) -> Smtp | None:
    if options.smtp is None:
        for name, value in (
            ("--mail-from", options.mail_from),
            ("--smtp-without-tls", options.smtp_without_tls),
        ):
            if value:
                problems.append(f"{name} needs --smtp with the mail server")
        return None
    before = len(problems)
    found = _split(options.smtp)
    if found is None or found.scheme not in _PORTS or not found.hostname or found.path.strip("/"):
        problems.append(f'--smtp: "{_without_password(options.smtp)}" is not a mail server; {_SMTP_FORM}')
        return None
    if found.password is not None:
        problems.append(f"--smtp: a password is visible to other users here; set it in {SMTP_VARIABLE}")
    if found.scheme == "smtps" and options.smtp_without_tls:
        problems.append("--smtp-without-tls contradicts smtps://; leave out one of the two")
    password = runtime.secret(SMTP_VARIABLE)
    if found.username and not password:
        problems.append(
            f'--smtp: the password of "{unquote(found.username)}" is missing; set it in {SMTP_VARIABLE}'
        )
    problems += _missing_for_mails(options)
    sender = _Collected(problems).addresses("--mail-from", (options.mail_from,) if options.mail_from else ())
    if len(problems) > before:
        return None
    return Smtp(
        host=found.hostname,
        port=found.port or _PORTS[found.scheme],
        sender=sender[0],
        security=_security(found.scheme, found.hostname, is_plain=options.smtp_without_tls),
        username=unquote(found.username) if found.username else None,
        password=password if found.username else None,
    )


def _missing_for_mails(options: SiteOptions) -> Iterator[str]:
    if options.mail_from is None:
        yield "--smtp needs --mail-from with the address that sends the e-mails"
    if options.url is None:
        yield "--smtp needs --url with the address of the pages, to which the e-mails link"


def _security(scheme: str, host: str, *, is_plain: bool) -> str:
    """Return how mails are sent: encrypted, except to this machine, or where an option says so."""
    if scheme == "smtps":
        return "tls"
    return "none" if is_plain or _is_loopback(host) else "starttls"


def _oidc(options: SiteOptions, problems: list[str]) -> Oidc | None:
    if options.oidc is None:
        for name, value in (
            ("--oidc-client", options.oidc_client),
            ("--oidc-name", options.oidc_name),
            ("--oidc-only", options.oidc_only),
        ):
            if value:
                problems.append(f"{name} needs --oidc with the address of the provider")
        return None
    found = _split(options.oidc)
    if found is None or found.scheme not in {"http", "https"} or not found.hostname or found.query:
        problems.append(f'--oidc: "{options.oidc}" is not the web address of a provider')
    elif found.scheme == "http" and not _is_loopback(found.hostname):
        problems.append(f'--oidc: "{options.oidc}" is not encrypted; use https')
    if not options.oidc_client:
        problems.append("--oidc needs --oidc-client with the id of this portal at the provider")
    secret = runtime.secret(OIDC_VARIABLE)
    if not secret:
        problems.append(f"--oidc: the secret of the client is missing; set it in {OIDC_VARIABLE}")
    name = options.oidc_name or Oidc._field_defaults["name"]
    return Oidc(options.oidc, options.oidc_client or "", secret, name)


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if it or its port is not valid."""
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return None
    return None if any(each.isspace() or not each.isprintable() for each in url) else found


def _without_password(url: str) -> str:
    """Return a URL for messages, without what could be a password."""
    head, at, tail = url.rpartition("@")
    return f"{head.rpartition(':')[0] or head}{at}{tail}" if at and head.count(":") > 1 else url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
