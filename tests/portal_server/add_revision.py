"""Write a revision for what changed in the tables: `python -m tests.portal_server.add_revision "Add …"`.

It makes the new tables and columns. What fills them in existing rows is added by hand.
"""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine

from reconciler.portal_server.storage import migrations, schema
from reconciler.portal_server.storage.migrations import upgrade
from reconciler.portal_server.storage.tables import DayType, JsonText, metadata

_REVISION: Final = '''\
"""{doc}."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "{version}"
down_revision: Final = "{before}"


def upgrade() -> None:
    """Change the tables, and fill what is new in existing rows."""
    {body}
'''


def revision(doc: str, tables: MetaData) -> tuple[str, str, str]:
    """Return the version, the file name and the text of a revision that leads to these tables."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/portal.db")
        with engine.begin() as connection:
            upgrade(connection, None)
            body = _changes(connection, tables)
        engine.dispose()
    version = f"{int(schema.VERSION) + 1:04}"
    slug = re.sub(r"\W+", "_", doc.lower()).strip("_")[:40]
    text = _REVISION.format(doc=doc, version=version, before=schema.VERSION, body=body)
    return version, f"r{version}_{slug}.py", text


def _changes(connection: Connection, tables: MetaData) -> str:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    changes = produce_migrations(context, tables).upgrade_ops
    if changes is None or changes.is_empty():
        raise SystemExit("The revisions make these tables already: change tables.py first.")
    return render_python_code(changes, render_item=_stored_type, migration_context=context)


def _stored_type(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Return plain text for the portal's own types, which may change later."""
    return "sa.Text()" if kind == "type" and isinstance(item, JsonText | DayType) else False


def _main(doc: str) -> None:
    version, name, text = revision(doc, metadata)
    file = Path(migrations.__file__).parent / "versions" / name
    file.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(file)], check=True)
    source = Path(schema.__file__)
    old, new = (f'VERSION: Final = "{each}"' for each in (schema.VERSION, version))
    source.write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    _main(sys.argv[1])
