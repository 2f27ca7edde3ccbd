"""Serve a new embedded portal with a rate limit: `python -m bench.limited FOLDER RATE [BURST]`.

Prints its address. Without a burst, the portal itself allows RATE requests in each second, and announces
that in headers. With one, a token bucket is in front of it, and only refusals show the limit, with the
seconds to wait. The administrator has `TOKEN`.
"""

import sys
import time
from math import ceil
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.portal_server import Operator, RateLimit, create_app, serve

TOKEN: Final = "token-of-the-benchmark"  # noqa: S105  of a portal on loopback that ends with the benchmark


class TokenBucket:
    """Middleware that allows `rate` requests per second, and `burst` at once."""

    def __init__(self, app: ASGIApp, rate: float, burst: float) -> None:
        self._app, self._rate, self._burst = app, rate, burst
        self._tokens, self._since = burst, time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or self._take():
            await self._app(scope, receive, send)
            return
        wait = ceil((1 - self._tokens) / self._rate)
        await Response(status_code=429, headers={"Retry-After": str(wait)})(scope, receive, send)

    def _take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._since) * self._rate)
        self._since = now
        allowed = self._tokens >= 1
        self._tokens -= allowed
        return allowed


def limited(folder: Path, rate: int, burst: int | None) -> Starlette:
    """Return the portal with its limit; without a rate there is none."""
    app = create_app(
        str(folder / "portal.db"),
        operator=Operator("bench", TOKEN),
        rate_limit=RateLimit(rate, 1) if rate and burst is None else None,
    )
    if burst is not None:
        app.add_middleware(TokenBucket, rate=rate, burst=burst)
    return app


def main() -> None:
    """Serve until a signal."""
    folder, rate, burst = Path(sys.argv[1]), int(sys.argv[2]), [int(each) for each in sys.argv[3:]]
    app = limited(folder, rate, burst[0] if burst else None)
    serve(app, port=0, ready=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
