"""The static files, under an address that contains their hash, so that browsers keep them."""

from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def _load() -> dict[str, bytes]:
    folder = files("reconciler.portal_server.pages") / "static"
    return {entry.name: entry.read_bytes() for entry in sorted(folder.iterdir(), key=lambda each: each.name)}


def prefix_and_route() -> tuple[str, Route]:
    """Return the address of the files, and the route that serves them."""
    contents = _load()
    digest = sha256(b"\0".join(name.encode() + b"\0" + body for name, body in contents.items())).hexdigest()
    prefix = f"/ui/static/{digest[:12]}"

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        body = contents.get(name)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        if body is None:
            return Response(b"", 404)
        return Response(body, 200, headers, _TYPES[name.rpartition(".")[2]])

    return prefix, Route(f"{prefix}/{{name}}", serve)
