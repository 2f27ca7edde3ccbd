"""What is the same for all services with `url` and `allowHttp` in their settings: portals and sources."""

import asyncio
import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from reconciler.http.auth import Auth
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.problem_details import problem_detail
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import UNENCRYPTED_HINT

RETRIES: Final = RetryPolicy(sleep=asyncio.sleep, random=random.random)
_CHECK_URL: Final = "check the url in the configuration, and whether"
_UNKNOWN: Final = {"portal": "make a new plan: it shows what remains to be done"}


class ConfiguredService(msgspec.Struct, frozen=True):
    """A portal or source of the configuration, its name and address there, and `allowHttp`."""

    kind: Literal["portal", "source"]
    name: str
    address: str
    allow_http: bool

    def __str__(self) -> str:
        return f'{self.kind} "{self.name}"'

    def endpoint(
        self,
        auth: Auth,
        path: str = "",
        statuses: Mapping[int, str] = MappingProxyType({}),
        error_detail: Callable[[Response], str] = problem_detail,
    ) -> Endpoint:
        """Return the endpoint at a path below the address.

        `statuses` is what to do about error responses, by status.
        """
        server = self.address.rstrip("/")
        return Endpoint(
            name=str(self),
            auth=auth,
            address=server + path,
            allow_http=self.allow_http,
            hints=Hints(
                statuses=statuses,
                unreachable=f"{_CHECK_URL} {server} can be reached from here",
                unexpected=f"check that {server} is the address of the {self.kind}",
                outcome_unknown=_UNKNOWN.get(self.kind, ""),
                unencrypted=UNENCRYPTED_HINT,
            ),
            error_detail=error_detail,
        )
