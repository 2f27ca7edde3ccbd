"""Excerpts and totals of random portals, against what is computed from a read of everything."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.access import people_with_access
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.ids import kind_of, name_of
from reconciler.model.portal import CountedPortal, Portal, Totals
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Excerpt, Selection, Snapshot
from reconciler.portal_server import issue_token, reset
from reconciler.portals import Credential, Credentials
from reconciler.portals.embedded import open_portal
from reconciler.testing.excerpt import excerpt_of
from tests.laws import examples
from tests.portal_server import driver
from tests.portal_server.test_access import PEOPLE, TODAY, build, worlds

Result = TypeVar("Result")
LABELLED = ("/partners", "/teams", "/products", "/access-groups")
OF_CONTENTS = ("access-group", "api-product")
numbers = st.sets(st.integers(0, 15), max_size=3)


def with_adapter(portal: driver.Portal, act: Callable[[Portal], Awaitable[Result]]) -> Result:
    """Act with the adapter of this portal."""

    async def run() -> Result:
        secrets = {"token": Credential("the administrator's token", SecretText(portal.admin))}
        settings = EmbeddedPortal(type="embedded", database=portal.database)
        async with open_portal(settings, Credentials("here", secrets, portal.app)) as opened:
            return await act(opened)

    return portal.runner.run(run())


def renewed(portal: driver.Portal, world: dict[str, Any], labels: list[str | None]) -> None:
    """Build another world in the portal, and give these labels to its objects in turn."""
    reset(portal.database)
    portal.clock = driver.START
    portal.admin = issue_token(portal.database, name="again", scope="admin")
    build(portal, world)
    places = [
        f"{path}/{each['id']}" for path in LABELLED for each in portal.items(path, params={"limit": 1000})
    ]
    for number, place in enumerate(places):
        portal.patch(place, {"managedBy": labels[number % len(labels)]})


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40, HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
@given(
    world=worlds,
    objects=numbers,
    contents=numbers,
    people=st.sets(st.sampled_from([each.lower() for each in PEOPLE[:-1]]), max_size=2),
)
def test_an_excerpt_is_that_part_of_everything(
    portal: driver.Portal, world: dict[str, Any], objects: set[int], contents: set[int], people: set[str]
) -> None:
    renewed(portal, world, ["us"])

    async def both(adapter: Portal) -> tuple[Snapshot, Snapshot, Excerpt]:
        whole = await adapter.read(Selection(owner_label="us"), lambda *_: None)
        # In the order of their names, so that an example is the same each time.
        named = sorted(each for each in whole.resources if kind_of(each) in {*OF_CONTENTS, "partner", "team"})
        groups = [each for each in named if kind_of(each) in OF_CONTENTS]
        wanted = Excerpt(
            objects=frozenset(named[number % len(named)] for number in objects),
            contents=frozenset(groups[number % len(groups)] for number in contents if groups),
            people=frozenset(people),
        )
        selection = Selection(owner_label="us", objects=wanted)
        return whole, await adapter.read(selection, lambda *_: None), wanted

    whole, found, wanted = with_adapter(portal, both)

    part = excerpt_of(whole.resources, wanted)
    assert found.resources == {each: held for each, held in whole.resources.items() if each in part}
    assert found.native == {each: held for each, held in whole.native.items() if each in part}
    assert (found.excerpt, found.problem, found.apis) == (True, "", whole.apis)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40, HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
@given(
    world=worlds,
    labels=st.lists(st.sampled_from(["us", "them", None]), min_size=1, max_size=4),
    ahead=st.integers(-1, 9),
    external=numbers,
)
def test_totals_are_counted_as_from_everything(
    portal: driver.Portal,
    world: dict[str, Any],
    labels: list[str | None],
    ahead: int,
    external: set[int],
) -> None:
    renewed(portal, world, labels)
    on = (TODAY + timedelta(days=ahead)).isoformat()

    async def both(adapter: Portal) -> tuple[Totals, Totals]:
        assert isinstance(adapter, CountedPortal)
        whole = (await adapter.read(Selection(owner_label="us"), lambda *_: None)).resources
        partners = sorted(name_of(each) for each in whole if kind_of(each) == "partner")
        named = [partners[number % len(partners)] for number in external]
        counted = Totals(dict(managed_by_kind(whole, "us", named)), len(people_with_access(whole, on)))
        return counted, await adapter.totals("us", named, on)

    counted, found = with_adapter(portal, both)

    assert found == counted
