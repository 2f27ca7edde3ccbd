"""Token endpoints of Google on loopback, and files of credentials that name them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ACCOUNT = "reconciler@acme-apis.iam.gserviceaccount.com"
REFRESH = "1//made-for-tests"
SUBJECT = "identity-of-the-runner"


class GoogleServer:
    """Issues numbered tokens for `lifetime` seconds, and keeps the forms; `answers` come first."""

    def __init__(self, lifetime: int = 3600) -> None:
        self.lifetime = lifetime
        self.forms: list[dict[str, str]] = []
        self.answers: list[Response] = []
        self.things: list[dict[str, str]] = []
        self.rejected: set[str] = set()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def application(self) -> Starlette:
        """Return the application: two token endpoints, and a service that needs a token."""
        return Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/sts", self._token, methods=["POST"]),
                Route("/things", self._things),
            ]
        )

    def service_account(self, folder: Path, address: str) -> Path:
        """Return the file of a service account with a key."""
        return _file(
            folder,
            {
                "type": "service_account",
                "project_id": "acme-apis",
                "private_key_id": "1",
                "private_key": self._pem,
                "client_email": ACCOUNT,
                "token_uri": f"{address}/token",
            },
        )

    def authorized_user(self, folder: Path, address: str) -> Path:
        """Return the file of a person who has logged in with gcloud. It never names a token endpoint."""
        del address
        return _file(
            folder,
            {
                "type": "authorized_user",
                "client_id": "gcloud",
                "client_secret": "public",
                "refresh_token": REFRESH,
                "quota_project_id": "billed-project",
            },
        )

    def external_account(self, folder: Path, address: str, **source: str) -> Path:
        """Return the file of a workload identity, whose token is in a file."""
        subject = folder / "subject"
        subject.write_text(SUBJECT)
        return _file(
            folder,
            {
                "type": "external_account",
                "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": f"{address}/sts",
                "credential_source": source or {"file": str(subject)},
            },
        )

    def assertion(self, number: int = 0) -> Mapping[str, Any]:
        """Return the claims that a service account has signed."""
        claims: Mapping[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]
            self.forms[number]["assertion"], verify=False
        )
        return claims

    async def _token(self, asked: Request) -> Response:
        self.forms.append(dict(parse_qsl((await asked.body()).decode())))
        if self.answers:
            return self.answers.pop(0)
        found = {
            "access_token": f"ya29.{len(self.forms)}",
            "token_type": "Bearer",
            "expires_in": self.lifetime,
        }
        if asked.url.path == "/sts":
            found["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
        return JSONResponse(found)

    async def _things(self, asked: Request) -> Response:
        headers = {key: asked.headers.get(key, "") for key in ("authorization", "x-goog-user-project")}
        self.things.append({key: value for key, value in headers.items() if value})
        if headers["authorization"] in self.rejected:
            return JSONResponse({"error": {"message": "expired"}}, 401)
        return JSONResponse({})


def _file(folder: Path, content: Mapping[str, Any]) -> Path:
    file = folder / "credentials.json"
    file.write_text(json.dumps(content))
    return file
