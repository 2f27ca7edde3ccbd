import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from pkgutil import resolve_name

import pytest
import uvicorn

from reconciler.errors import InputError, PortalError
from reconciler.http.asgi_types import Application
from reconciler.model.document import EmbeddedPortal, Secret
from reconciler.model.portal_settings import BUILT_IN
from reconciler.model.resource import Live
from reconciler.model.secret import SecretText
from reconciler.portals import PORTALS, Credential, Credentials, portal_type
from reconciler.testing.harness import ALL
from tests.portals.embedded.running import ONE_OF_EACH, running

TOKEN = SecretText("rpt_secret")


def at(url: str) -> EmbeddedPortal:
    return EmbeddedPortal(type="embedded", url=url, token=Secret(env="PORTAL_TOKEN"))


def credentials(token: SecretText | None) -> Credentials:
    return Credentials("staging", {"token": Credential("PORTAL_TOKEN", token)})


def opened(settings: EmbeddedPortal, token: SecretText | None) -> None:
    async def run() -> None:
        async with portal_type("embedded").open(settings, credentials(token)):
            pass

    asyncio.run(run())


async def read(settings: EmbeddedPortal, token: SecretText) -> Live:
    async with portal_type("embedded").open(settings, credentials(token)) as portal:
        return (await portal.read(ALL, lambda _what, _count, _total: None)).live


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[str]:
    """Serve an application on loopback, and tell its address."""
    config = uvicorn.Config(application, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells in no other way
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


def test_every_type_of_portal_that_a_file_may_name_has_an_adapter() -> None:
    assert {name: portal_type(name).settings for name in PORTALS} == {
        name: resolve_name(model) for name, model in BUILT_IN.items()
    }


def test_opening_a_portal_asks_nothing_of_it() -> None:
    opened(at("http://127.0.0.1:1"), TOKEN)


@pytest.mark.parametrize(
    ("url", "token", "message", "hint"),
    [
        (
            "https://portal.example",
            None,
            'portal "staging": there is no token in PORTAL_TOKEN',
            (
                "the operator of https://portal.example creates one with `reconciler portal token`: --scope"
                " read is enough for plan and access, apply needs --scope admin"
            ),
        ),
        (
            "https://portal.example",
            SecretText(" \n"),
            'portal "staging": PORTAL_TOKEN is empty',
            "set it to a valid token, without spaces, quotes or line breaks",
        ),
        (
            "https://portal.example",
            SecretText("tök\nen"),
            'portal "staging": PORTAL_TOKEN contains invalid characters',
            "set it to a valid token, without spaces, quotes or line breaks",
        ),
        (
            "https://ana:secret@portal.example",
            TOKEN,
            'portal "staging": the URL may contain only host, port and path',
            "remove user, password, query and fragment; write it as https://HOST or https://HOST/PATH",
        ),
        (
            "https://portal.example:port",
            TOKEN,
            "portal \"staging\": invalid URL: Invalid port: 'port'",
            "write it as https://HOST or https://HOST/PATH",
        ),
        (
            "https:///",
            TOKEN,
            'portal "staging": invalid URL: it needs http:// or https:// and a host',
            "write it as https://HOST or https://HOST/PATH",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(url: str, token: SecretText | None, message: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        opened(at(url), token)

    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_a_secret_that_is_missing_is_named_in_words() -> None:
    place = "reconciler.yaml:8:60"
    missing = Credentials("kc", {"client_secret": Credential("PORTAL_SECRET", None, place)})

    with pytest.raises(InputError) as raised:
        missing.require("client_secret", "create one")

    assert raised.value.message == (
        'portal "kc": there is no client secret in the environment variable PORTAL_SECRET,'
        f" which {place} names"
    )
    assert raised.value.hint == "create one"


def test_a_portal_that_is_served_holds_the_same_as_in_this_process(tmp_path: Path) -> None:
    with running(tmp_path) as here:
        before = here.write(*ONE_OF_EACH)

        async def run() -> Live:
            async with serving(here.application) as url:
                return await read(at(url), SecretText(f"{here.token}\n"))

        assert asyncio.run(run()) == before


def test_a_portal_may_stand_below_a_path(tmp_path: Path) -> None:
    with running(tmp_path) as here:

        async def below(scope: dict[str, object], receive: object, send: object) -> None:
            path = str(scope["path"])
            assert path.startswith("/portal/")
            await here.application({**scope, "path": path.removeprefix("/portal")}, receive, send)  # type: ignore[arg-type]

        async def run() -> Live:
            async with serving(below) as url:  # type: ignore[arg-type]
                return await read(at(f"{url}/portal"), SecretText(here.token))

        assert asyncio.run(run()) == here.read()


def test_a_portal_that_is_not_running_says_how_to_start_it() -> None:
    async def run() -> None:
        async with serving(running) as url:  # type: ignore[arg-type]
            pass
        await read(at(url), TOKEN)

    with pytest.raises(PortalError) as raised:
        asyncio.run(run())

    assert raised.value.message.endswith(" cannot be reached: connection refused")
    assert raised.value.hint == "is it running? `reconciler portal serve` starts it"


def test_a_portal_on_another_host_is_not_started_from_here() -> None:
    with pytest.raises(PortalError) as raised:
        asyncio.run(read(at("https://127.0.0.2:9"), TOKEN))

    assert raised.value.hint == (
        "check the url in the configuration, and whether 127.0.0.2 can be reached from here"
    )
