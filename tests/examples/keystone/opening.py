"""Opens the Keystone of the tests by the package of the example."""

from contextlib import AbstractAsyncContextManager

from reconciler.http.connection import Transport
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portals import Credential, Credentials
from reconciler.testing.faults import no_sleep
from reconciler_keystone import KeystonePortal, open_portal
from tests.servers.keystone import DOMAIN, PASSWORD, USER


def opened(
    url: str, *, page_size: int = 500, transport: Transport | None = None
) -> AbstractAsyncContextManager[Portal]:
    """Open a server as the user of the reconciler."""
    settings = KeystonePortal.model_validate(
        {
            "type": "keystone",
            "url": url,
            "domain": DOMAIN,
            "user": USER,
            "password": {"env": "PORTAL_PASSWORD"},
        }
    )
    credentials = Credentials("here", {"password": Credential("PORTAL_PASSWORD", SecretText(PASSWORD))})
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)
    return open_portal(settings, credentials, policy, transport, page_size)
