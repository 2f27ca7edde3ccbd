"""Forecast who loses access on which day, by the files or by the state of a portal."""

from reconciler.access import AccessState
from reconciler.access import forecast as made
from reconciler.desired import build_desired_state
from reconciler.model.access import AccessFilter
from reconciler.model.document import Partner, Repository
from reconciler.model.finding import Source
from reconciler.model.forecast import Forecast
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.resource import Live
from reconciler.workflow.access_report import unlisted_teams
from reconciler.workflow.validate import ValidationResult, require_readable


def forecast(
    checked: ValidationResult, since: str, until: str, keep: AccessFilter, live: Live | None
) -> Forecast:
    """Return who loses access after the day `since`, up to and on `until`. Raises InputError."""
    repository = require_readable(checked)
    with quiet_collector():
        wanted = build_desired_state(repository, since)
        known = AccessState(
            source="portal" if live else "files",
            resources=live.resources if live else wanted.resources,
            wanted=wanted.resources,
            partners=_ends(repository),
            delegated=() if live else unlisted_teams(wanted),
            paths=live.paths if live else {},
        )
        return made(known, since, until, keep)


def _ends(repository: Repository) -> dict[str, tuple[str, Source]]:
    """Return the last days of partners, with their places."""
    return {
        document.body.metadata.name: (document.body.spec.until, document.where("spec", "until"))
        for document in repository.documents
        if isinstance(document.body, Partner) and document.body.spec.until
    }
