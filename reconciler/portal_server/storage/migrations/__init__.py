"""Upgrade the database of an earlier version by Alembic, revision by revision."""

from pathlib import Path
from threading import Lock
from typing import Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from reconciler.portal_server.errors import SchemaError

_KEPT: Final = "nothing was changed: continue with the earlier version, or fix the cause and try again"
# Revisions use `alembic.op`, of which a process has one.
_ONE_AT_A_TIME: Final = Lock()


def script_directory() -> ScriptDirectory:
    """Return the revisions."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: Connection, stored: str | None) -> None:
    """Upgrade a database of the version `stored` in the open transaction. Raises SchemaError.

    None is a database of a time without versions.
    """
    with _ONE_AT_A_TIME:
        script = script_directory()
        revisions = list(script.walk_revisions())[::-1]
        known = [each.revision for each in revisions]
        if stored is not None and stored not in known:
            raise SchemaError(
                f"the database has version {stored}, but this reconciler knows versions up to {known[-1]}",
                "install the version of the reconciler that upgraded it, or a later one",
            )
        first = known.index(stored) + 1 if stored else 0
        for revision in revisions[first:]:
            _apply(connection, script, revision)


def _apply(connection: Connection, script: ScriptDirectory, revision: Script) -> None:
    def steps(_: object, __: MigrationContext) -> list[RevisionStep]:
        return [RevisionStep(script.revision_map, revision, is_upgrade=True)]

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection)
        try:
            environment.run_migrations()
        # A revision also changes rows, which can have any content.
        except Exception as error:
            cause = getattr(error, "orig", None) or error
            step = f"{revision.revision} ({revision.doc.rstrip('.')})"
            raise SchemaError(f"the upgrade to version {step} failed: {cause}", _KEPT) from error
