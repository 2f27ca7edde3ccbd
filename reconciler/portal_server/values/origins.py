"""The origin of the portal's pages, as a request reveals it."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def loopback_origin(host: str | None) -> str | None:
    """Return the origin for a Host header of this machine; None for another name, which could be rebound."""
    if host is None or not _is_loopback(host):
        return None
    return f"http://{host}"


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
