"""A server of git repositories that are used with a token, as forges have one."""

import os
import subprocess
from base64 import b64encode
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

STATUS = "Status"


class GitServer:
    """Serves the repositories below a folder over HTTP to those who send one of the tokens.

    `requests` are the path and query of each request, and `refused` those without a token.
    """

    def __init__(self, folder: Path, *tokens: str) -> None:
        self._folder = folder
        self._logins = {f"Basic {b64encode(f'x-access-token:{each}'.encode()).decode()}" for each in tokens}
        self.requests: list[str] = []
        self.refused: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        asked = f"{request.url.path}?{request.url.query}"
        self.requests.append(asked)
        if request.headers.get("Authorization") not in self._logins:
            self.refused.append(asked)
            response = Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
        else:
            response = self._answer(request, await request.body())
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        ran = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env=self._environment(request, len(body)),
            capture_output=True,
            check=True,
        )
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop(STATUS, "200").split()[0])
        return Response(content, status, headers)

    def _environment(self, request: Request, length: int) -> dict[str, str]:
        """Return the variables of CGI."""
        return {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROJECT_ROOT": str(self._folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.url.path,
            "QUERY_STRING": request.url.query,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        }
