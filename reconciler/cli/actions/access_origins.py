"""The origin of access paths: places in files, and the commits and reviews that added them."""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from reconciler import forge
from reconciler.cli import runtime
from reconciler.cli.ci import environment
from reconciler.cli.git.blame import Brought, history
from reconciler.cli.git.repository import opened
from reconciler.cli.git.reviews import Review, merges_of
from reconciler.model.access import EdgeFacts
from reconciler.model.finding import Source
from reconciler.model.forge import ForgeSettings
from reconciler.model.resource import Resource, ResourceId


def facts(
    folder: Path, edges: Mapping[ResourceId, Resource], settings: ForgeSettings | None
) -> dict[ResourceId, EdgeFacts]:
    """Return the origin of edges; with settings of a forge, reviews come from there. Raises PortalError."""
    places = {each: found.origin.source for each, found in edges.items() if found.origin}
    brought = history(folder, places.values())
    if settings:
        brought = _as_reviewed(folder, brought, settings)
    return {each: _facts(found, places.get(each), brought) for each, found in edges.items()}


def _facts(found: Resource, place: Source | None, brought: Mapping[Source, Brought]) -> EdgeFacts:
    known = brought.get(place) if place else None
    return EdgeFacts(
        until=found.fields.get("until", ""),
        reason=found.fields.get("reason", ""),
        place=str(place or ""),
        brought=str(known or ""),
    )


def _as_reviewed(
    folder: Path, brought: Mapping[Source, Brought], settings: ForgeSettings
) -> dict[Source, Brought]:
    """Return the commits with the reviews from the forge, in the place of those in commit messages."""
    known = _reviews(folder, {each.commit for each in brought.values() if each.commit}, settings)
    return {
        place: msgspec.structs.replace(each, review=known.get(each.commit or "", Review()))
        for place, each in brought.items()
    }


def _reviews(folder: Path, commits: Collection[str], settings: ForgeSettings) -> dict[str, Review]:
    """Return the reviews of commits that were merged by a pull request."""
    mark = "!" if settings.kind == "gitlab" else "#"

    async def work() -> dict[str, Review]:
        async with forge.connect(settings, environment.retry_policy()) as connected:
            found = {commit: await connected.review_of(commit) for commit in sorted(commits)}
            # Gitea knows only the commits that merges made.
            unknown = [commit for commit, review in found.items() if review is None]
            for commit, merge in sorted(_merges(folder, unknown).items()):
                found[commit] = await connected.review_of(merge)
        return {
            commit: Review(f"{mark}{review.number}", review.approvers)
            for commit, review in found.items()
            if review is not None
        }

    return runtime.run_async(work())


def _merges(folder: Path, commits: Collection[str]) -> dict[str, str]:
    """Return the merge that brought each of these commits to the branch that is checked out, if any."""
    if not commits:
        return {}
    repository = opened(folder)
    return merges_of(repository, repository.head(), commits)
