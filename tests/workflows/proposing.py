"""A world whose workflows push branches and open pull requests, with the token of an App or of the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.forge.github_state import Actor as Token
from tests.forge.serving import served
from tests.servers.bare_repository import BareRepository
from tests.servers.git_http import GitServer
from tests.workflows.acting import APP_SECRETS, APP_TOKEN, APP_VARIABLES, TOKEN, WORKFLOWS, Ran, permissions
from tests.workflows.world import World

BOT: Final = "partner-forms[bot]"


@contextmanager
def with_git(world: World, folder: Path) -> Iterator[World]:
    """Give the world with its repository served over HTTP, as the forge does."""
    below = folder / "served" / "halden-freight"
    below.mkdir(parents=True)
    (below / "access.git").symlink_to(world.place.repository.origin)
    state = world.github.state
    state.git = BareRepository(world.place.repository.origin)
    rights = frozenset({"contents:write", "pull_requests:write"})
    state.tokens[APP_TOKEN] = Token(BOT, 99, "partner-forms", rights)
    with served(GitServer(folder / "served", APP_TOKEN, TOKEN)) as server:
        environment = {**world.actor.environment, "GITHUB_SERVER_URL": server}
        actor = msgspec.structs.replace(world.actor, environment=environment)
        yield msgspec.structs.replace(world, actor=actor)


def run(
    world: World, name: str, event: str, payload: dict[str, Any], *, app: bool = True, **given: str
) -> Ran:
    """Run a workflow on main; of what is given, names in lower case are variables, all others secrets."""
    world.place.forget()
    state, path = world.github.state, WORKFLOWS / name
    state.tokens[TOKEN] = msgspec.structs.replace(state.tokens[TOKEN], permissions=permissions(path))
    world.place.repository.git("checkout", "--quiet", "main")
    return world.actor.run(
        path,
        event,
        payload,
        secrets={
            "GITHUB_TOKEN": TOKEN,
            **{key: value for key, value in given.items() if key.isupper()},
            **(APP_SECRETS if app else {}),
        },
        variables={
            **{f"RECONCILER_{key.upper()}": value for key, value in given.items() if key.islower()},
            **(APP_VARIABLES if app else {}),
        },
    )


def pulls(world: World) -> list[tuple[str, str, str | None]]:
    """Return the pull requests: the branch, the state, and who merged it."""
    world.github.state.follow()
    return [
        (each["head"]["ref"], each["state"], (each["merged_by"] or {}).get("login"))
        for each in world.github.state.pulls.values()
    ]
