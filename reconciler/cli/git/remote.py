"""The repository on the forge, and how git gets the token that can use it."""

from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler.errors import InputError
from reconciler.model.http_text import is_exposed, is_loopback
from reconciler.model.secret import SecretText

# No forge looks at the user where the password is a token.
_USER: Final = "x-access-token"


class Remote(msgspec.Struct, frozen=True):
    """The web address of a repository, and the token that can read it."""

    address: str
    token: SecretText
    allow_http: bool = False

    def environment(self) -> dict[str, str]:
        """Return the variables that give git the token: neither its command line nor any file has it.

        Raises InputError for an address to which the token must not be sent.
        """
        url = urlsplit(self.address)
        host = url.hostname
        if url.scheme not in {"https", "http"} or host is None:
            raise InputError(f"{self.address} is not a web address, so nothing is fetched from it")
        if is_exposed(url.scheme, host) and not self.allow_http:
            raise InputError(f"nothing is fetched from {self.address}: the token would be sent unencrypted")
        login = b64encode(f"{_USER}:{self.token.reveal()}".encode()).decode()
        settings = {
            f"http.{self.address}.extraheader": f"Authorization: Basic {login}",
            "http.followRedirects": "false",
            "credential.helper": "",
            # Otherwise git runs in the checkout, with its configuration.
            "core.alternateRefsCommand": "true",
            **({"http.proxy": ""} if is_loopback(host) else {}),
        }
        return {
            "GIT_ALLOW_PROTOCOL": url.scheme,
            "GIT_ASKPASS": "",
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{number}": name for number, name in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(settings.values())},
        }
