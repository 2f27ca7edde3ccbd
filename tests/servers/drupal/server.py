"""A Drupal site as an ASGI application: JSON:API, basic authentication, and tokens of Simple OAuth."""

import json
from base64 import b64decode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.servers.drupal.changes import Changes
from tests.servers.drupal.documents import Documents
from tests.servers.drupal.problems import VERSION, ProblemError
from tests.servers.drupal.queries import Query, selected
from tests.servers.drupal.schema import ResourceType
from tests.servers.drupal.site import Entity, Site

_MEDIA_TYPE: Final = "application/vnd.api+json"
_HEADERS: Final = {"Cache-Control": "must-revalidate, no-cache, private"}
_READS: Final = ("GET", "HEAD")
_ALLOWED: Final[Mapping[int, tuple[str, ...]]] = {
    2: ("POST", *_READS),
    3: ("PATCH", "DELETE", *_READS),
    5: ("POST", "PATCH", "DELETE", *_READS),
}
_MISSING: Final = 'The "entity" parameter was not converted for the path'
# What a route is called by its method; reading has no suffix.
_SUFFIXES: Final = {"PATCH": ".patch", "DELETE": ".delete"}
# A wrong password: reads are answered as to a stranger.
_WRONG: Final = "wrong"


class Drupal:
    """The application. `requests` has the method and path of each request."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.requests: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        self.requests.append((request.method, request.url.path))
        body = await request.body()
        try:
            response = await self._answer(request, body)
        except ProblemError as problem:
            response = _problem(problem, _url(request))
        await response(scope, receive, send)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The requests that write."""
        return [each for each in self.requests if each[0] != "GET" and each[1] != "/oauth/token"]

    async def _answer(self, request: Request, body: bytes) -> Response:
        if request.url.path == "/oauth/token":
            return self._token(request, body)
        return await _Exchange(self.site, request, body, self._user(request)).answer()

    def _user(self, request: Request) -> str:
        """Return the id of the user that a request is from."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            if text not in self.site.tokens:
                headers = {"WWW-Authenticate": 'Bearer realm="OAuth"'}
                raise ProblemError(
                    401, "The resource owner or authorization server denied the request.", headers
                )
            return self.site.tokens[text]
        if scheme != "Basic":
            return self.site.anonymous.id
        name, _, password = b64decode(text).decode().partition(":")
        if self.site.passwords.get(name) != password:
            return _WRONG
        return next(each.id for each in self.site.of_type("user--user") if each.attributes["name"] == name)

    def _token(self, request: Request, body: bytes) -> Response:
        form = dict(Query(body.decode()).pairs)
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, secret = b64decode(text).decode().partition(":")
            form |= {"client_id": unquote(client), "client_secret": unquote(secret)}
        secret, user = self.site.clients.get(form.get("client_id", ""), ("", ""))
        if form.get("grant_type") != "client_credentials" or not user or secret != form.get("client_secret"):
            problem = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return _json(problem, 401, media_type="application/json")
        token = f"token-{len(self.site.tokens) + 1}"
        self.site.tokens[token] = user
        found = {"token_type": "Bearer", "expires_in": 300, "access_token": token}
        return _json(found, 200, media_type="application/json")


class _Exchange:
    """One request and its response."""

    def __init__(self, site: Site, request: Request, body: bytes, user: str) -> None:
        self._site, self._request, self._body = site, request, body
        self._method, self._wrong = request.method, user == _WRONG
        self._user = site.anonymous.id if self._wrong else user
        self._query = Query(request.url.query)
        self._base = f"{request.url.scheme}://{request.url.netloc}"
        self._url = _url(request)
        self._documents = Documents(site, self._base, self._user, self._query)
        self._changes = Changes(site, self._user)

    async def answer(self) -> Response:
        first, *steps = self._request.url.path.strip("/").split("/")
        if first != "jsonapi":
            raise ProblemError(404, f'No route found for "{self._method} {self._url}"')
        if not steps:
            return self._entry()
        kind = self._site.types.get("--".join(steps[:2]))
        if kind is None or len(steps) not in _ALLOWED:
            raise ProblemError(404, f'No route found for "{self._method} {self._url}"')
        self._require_method(kind, len(steps))
        if self._method != "GET":
            self._require_write()
        if len(steps) == 2:
            return self._collection(kind) if self._method == "GET" else self._create(kind)
        found = self._site.entities.get(steps[2])
        if found is None or found.type is not kind:
            raise self._missing(kind, steps[3:])
        return await (self._related(found, steps[4]) if len(steps) > 3 else self._individual(found))

    def _missing(self, kind: ResourceType, rest: list[str]) -> ProblemError:
        path = "/".join(["/jsonapi", kind.entity, kind.bundle, "{entity}", *rest])
        route = f"jsonapi.{kind.name}.individual{_SUFFIXES.get(self._method, '')}"
        return ProblemError(404, f'{_MISSING} "{path}" (route name: "{route}")')

    def _require_method(self, kind: ResourceType, length: int) -> None:
        allowed = _READS if kind.config else _ALLOWED[length]
        if self._method not in allowed:
            listed = ", ".join(allowed)
            detail = f'No route found for "{self._method} {self._url}": Method Not Allowed (Allow: {listed})'
            raise ProblemError(405, detail, {"Allow": listed})

    def _require_write(self) -> None:
        if self._wrong:
            raise ProblemError(403, "")
        if self._user == self._site.anonymous.id:
            headers = {"WWW-Authenticate": 'Basic realm="portal"'}
            raise ProblemError(401, "No authentication credentials provided.", headers)
        if self._site.read_only:
            where = f"{self._base}/admin/config/services/jsonapi"
            detail = (
                "JSON:API is configured to accept only read operations. Site administrators can configure"
            )
            raise ProblemError(405, f"{detail} this at {where}.", {"Allow": "GET, HEAD"})
        media_type = self._request.headers.get("Content-Type", "")
        if self._body and media_type != _MEDIA_TYPE:
            raise ProblemError(415, f'No route found that matches "Content-Type: {media_type}"')

    def _entry(self) -> Response:
        names = sorted({*self._site.types, *self._site.other_types})
        links = {name: {"href": f"{self._base}/jsonapi/{name.replace('--', '/')}"} for name in names}
        links["self"] = {"href": f"{self._base}/jsonapi"}
        found = {"jsonapi": VERSION, "data": [], "links": links}
        if self._user != self._site.anonymous.id:
            href = f"{self._base}/jsonapi/user/user/{self._user}"
            found["meta"] = {"links": {"me": {"meta": {"id": self._user}, "href": href}}}
        return _json(found)

    def _collection(self, kind: ResourceType) -> Response:
        found = selected(self._site, kind, self._query, self._user)
        page = self._query.values("page")
        offset = int(page.get(("offset",), "0"))
        size = min(int(page.get(("limit",), str(self._site.page_size))), self._site.page_size)
        items = self._documents.visible(found[offset : offset + size])
        document = self._documents.document(
            [self._documents.resource(each) for each in items], self._url, items
        )
        path = self._url.partition("?")[0]
        if len(found) > offset + size:
            document["links"]["next"] = {"href": f"{path}?{self._query.at(offset + size, size)}"}
        if offset:
            document["links"]["first"] = {"href": f"{path}?{self._query.at(0, size)}"}
            document["links"]["prev"] = {"href": f"{path}?{self._query.at(max(offset - size, 0), size)}"}
        return _json(document)

    def _create(self, kind: ResourceType) -> Response:
        made = self._changes.create(kind, self._data())
        return self._one(made, 201, {"Location": self._documents.address(made)})

    async def _individual(self, found: Entity) -> Response:
        if self._method == "DELETE":
            self._changes.delete(found)
            return _json(None, 204)
        if self._method == "PATCH":
            return self._one(await self._changes.update(found, self._data()))
        if not self._documents.visible([found]):
            raise ProblemError(403, "The current user is not allowed to GET the selected resource.")
        return self._one(found)

    def _one(self, found: Entity, status: int = 200, headers: Mapping[str, str] = {}) -> Response:
        document = self._documents.document(self._documents.resource(found), self._url, [found])
        return _json(document, status, headers)

    async def _related(self, found: Entity, name: str) -> Response:
        if name not in found.type.references:
            raise ProblemError(404, f'No route found for "{self._method} {self._url}"')
        status = 200
        if self._method != "GET":
            if not self._body:
                what = f"You need to provide a body for DELETE operations on a relationship ({name})."
                raise ProblemError(400, what if self._method == "DELETE" else "Empty request body.")
            found, status = await self._changes.relate(self._method, found, name, self._data())
        return _json(None if status == 204 else self._documents.relationship_document(found, name), status)

    def _data(self) -> Any:
        return json.loads(self._body)["data"]


def _url(request: Request) -> str:
    query = Query(request.url.query).normalized()
    address = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    return f"{address}?{query}" if query else address


def _problem(problem: ProblemError, url: str) -> Response:
    document = {"jsonapi": VERSION, "errors": problem.errors(url)}
    return _json(document, problem.status, problem.headers)


def _json(
    document: Any,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] = {},
    media_type: str = _MEDIA_TYPE,
) -> Response:
    content = b"" if document is None else json.dumps(document).encode()
    named = {**_HEADERS, **headers} | ({} if document is None else {"Content-Type": media_type})
    return Response(content, status, named)
