"""Plans of branches against the real embedded portal: an excerpt leads to the same plan as everything."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.actions.trust import Trust
from reconciler.errors import PlanError
from reconciler.model.document import Document, Repository
from reconciler.model.portal import Portal, Progress
from reconciler.model.rule import denials
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.live_state import read_live
from reconciler.workflow.plan import Planned, plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import ValidationResult
from tests.builders import catalog, configuration, partner, repository, team
from tests.laws import examples
from tests.states import TODAY, live
from tests.workflow.deciding import Held, checked, quiet
from tests.workflow.excerpt_worlds import (
    APIS,
    CY,
    EXTERNAL,
    EXTERNAL_TEAMS,
    SETTINGS,
    as_in_files,
    edited,
    files,
    is_correct,
)
from tests.workflow.test_excerpts import require_equal

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPTIONS: Final = PlanOptions(portal="local", now=NOW)
CONFIGURATION: Final = configuration(defaultPortal="local", allowEmpty=True, **SETTINGS)
THEIRS: Final = configuration("their-company", portals=SETTINGS["portals"], defaultPortal="local")
DUNE: Final = partner(EXTERNAL, *(team(each, CY) for each in EXTERNAL_TEAMS))
Result = TypeVar("Result")


class Uncounted(Held):
    """A portal without totals, which is therefore read whole."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(live(), portal.capabilities)
        self._portal = portal

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        return await self._portal.read(selection, progress)


def within(folder: str, known: Repository, act: Callable[[Portal], Awaitable[Result]]) -> Result:
    """Do something with the portal of a folder, which offers the APIs of the files."""

    async def run() -> Result:
        place = Path(folder, "reconciler.yaml")
        async with open_portal(place, CONFIGURATION, None, Trust(place), known) as portal:
            return await act(portal)

    return asyncio.run(run())


def written(side: Mapping[str, Document]) -> list[Document]:
    """Return files with a catalog, which says what the portal offers."""
    return [CONFIGURATION, *({"catalog": catalog(*APIS)} | {**side}).values()]


async def fill(portal: Portal, held: Repository) -> bool:
    """Let the portal have what files define, and what another configuration does; return if it could."""
    theirs = repository(DUNE, configured=THEIRS)
    return await applied(portal, theirs) and await applied(portal, held)


async def applied(portal: Portal, held: Repository) -> bool:
    """Apply files; return whether their plan was not denied."""
    made = (await plan(ValidationResult(held, (), TODAY), portal, OPTIONS, quiet)).plan
    if made is None or denials(made.findings):
        return False
    terms = ApplyOptions(today=TODAY, now=lambda: NOW, progress=quiet, allow={made.digest})
    receipt = await apply(made, portal, held.configuration, terms)
    assert receipt.outcome == "complete"
    return True


async def outcome(portal: Portal, branch: ValidationResult) -> Planned | str:
    try:
        return await plan(branch, portal, OPTIONS, quiet)
    except PlanError as error:
        return error.message


@pytest.mark.real
@pytest.mark.no_cover
@examples(60)
@given(seed=st.integers(0, 10**9))
def test_the_embedded_portal_reads_an_excerpt_that_leads_to_the_same_plan(seed: int) -> None:
    random = Random(seed)  # noqa: S311  any worlds
    base = files(random)
    head, held = edited(random, base), edited(random, base)
    if not all(is_correct(side.values()) for side in (base, head, held)):
        return
    state = repository(*written(held)[1:], configured=CONFIGURATION)
    branch = checked(written(base), written(head))
    assert branch.repository is not None
    with TemporaryDirectory() as folder:
        if not within(folder, state, lambda portal: fill(portal, state)):
            return
        full, part, held_now = within(
            folder,
            branch.repository,
            lambda portal: asyncio.gather(
                outcome(Uncounted(portal), branch),
                outcome(portal, branch),
                read_live(portal, "our-company", quiet),
            ),
        )

    require_equal(full, part, as_in_files(held_now, head.values()))
