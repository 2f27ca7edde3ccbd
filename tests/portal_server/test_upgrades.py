import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, text

from reconciler.portal_server import PortalServerError, create_app, issue_token, shown
from reconciler.portal_server.storage import database as databases
from reconciler.portal_server.storage.database import Database, open_database
from reconciler.portal_server.storage.migrations import script_directory, upgrade
from reconciler.portal_server.storage.schema import VERSION, make_current, versions
from reconciler.portal_server.storage.tables import JsonText, metadata
from tests.portal_server.add_revision import revision
from tests.portal_server.driver import Portal
from tests.portal_server.historic import STATES, Rows, all_rows, regress, schema, wipe
from tests.portal_server.statements import statements

REPETITION = [pytest.mark.real, pytest.mark.no_cover]


@pytest.fixture
def opened(database: str) -> Iterator[Database]:
    """A new database, whose tables are deleted in the end: other tests use the same one of PostgreSQL."""
    opened = open_database(database)
    yield opened
    with opened.writing() as connection:
        wipe(connection)
    opened.close()


def test_the_revisions_are_one_line_that_ends_at_this_version() -> None:
    script = script_directory()

    assert script.get_heads() == [VERSION]
    assert [each.revision for each in script.walk_revisions()][::-1] == [
        f"{number:04}" for number in range(1, int(VERSION) + 1)
    ]


def test_the_revisions_make_the_tables_that_the_portal_uses(opened: Database) -> None:
    with opened.writing() as connection:
        created = schema(connection)
        wipe(connection)
        upgrade(connection, None)

        assert missing_revision(connection) == []
        assert schema(connection) == created


# The first state goes through every line; the others are repetitions.
@pytest.mark.parametrize("state", [STATES[0], *(pytest.param(each, marks=REPETITION) for each in STATES[1:])])
def test_an_earlier_database_gets_the_tables_of_a_new_one_and_keeps_its_rows(
    database: str, opened: Database, state: str
) -> None:
    with opened.reading() as connection:
        created = schema(connection)
    with Portal(database) as portal:
        fill(portal)
    before = regress(opened, state)

    open_database(database).close()

    with opened.reading() as connection:
        assert missing_revision(connection) == []
        assert schema(connection) == created
        assert only(before, all_rows(connection)) == before


def test_existing_audit_entries_get_their_team_and_the_way_of_the_change(
    database: str, opened: Database
) -> None:
    with Portal(database) as portal:
        fill(portal)
        [team] = portal.items("/teams")
    regress(opened, "contacts")

    open_database(database).close()

    with opened.reading() as connection:
        rows = all_rows(connection)
    [instance] = rows["instance"]
    assert len(instance["secret"]) == 43
    assert [
        (row["kind"], row["action"], row["team_id"] == team["id"], row["through"]) for row in rows["audit"]
    ] == [
        ("token", "create", False, None),
        ("partner", "create", False, "token"),
        ("team", "create", True, "token"),
        ("member", "invite", True, "token"),
        ("member", "accept", True, "invitation"),
        ("person", "create", False, None),
        ("member", "invite", True, "token"),
        ("member", "decline", True, "invitation"),
        ("member", "delete", True, "token"),
        ("access-group", "create", False, "token"),
        ("grant", "create", True, "token"),
        ("grant", "create", False, "token"),
        ("token", "create", True, "token"),
    ]
    assert {row["team_id"] for row in rows["audit"]} == {team["id"], None}


def test_an_entry_with_the_name_of_a_token_alone_has_no_known_way(sqlite_portal: Portal) -> None:
    sqlite_portal.partner()
    database = sqlite_portal.app.state.database
    regress(database, "leases")

    open_database(sqlite_portal.database).close()

    with database.reading() as connection:
        entries = [(row["token"], row["through"]) for row in all_rows(connection)["audit"]]
    assert entries == [(None, None), ("the administrator", None)]


def test_a_database_of_a_later_version_is_refused(database: str, opened: Database) -> None:
    with opened.writing() as connection:
        connection.execute(versions.update().values(version_num="4711"))

    with pytest.raises(PortalServerError) as refusal:
        create_app(database)

    assert str(refusal.value) == (
        f"{shown(database)}: the database has version 4711, but this reconciler knows versions "
        f"up to {VERSION}"
    )
    assert refusal.value.hint == "install the version of the reconciler that upgraded it, or a later one"


def test_a_failed_upgrade_leaves_the_database_as_it_was(database: str, opened: Database) -> None:
    issue_token(database, name="the pipeline", scope="admin")
    regress(opened, "first")
    with opened.writing() as connection:
        connection.execute(text("CREATE TABLE access_requests (note TEXT)"))
        before = schema(connection), all_rows(connection)

    with pytest.raises(PortalServerError) as failure:
        create_app(database)

    assert str(failure.value).startswith(
        f"{shown(database)}: the upgrade to version 0002 (Add sessions, sign-in links"
    )
    assert re.search('access_requests"? already exists', str(failure.value))
    assert failure.value.hint.startswith("nothing was changed: ")
    with opened.reading() as connection:
        assert (schema(connection), all_rows(connection)) == before


@pytest.mark.real
@pytest.mark.no_cover
def test_processes_that_open_an_earlier_database_at_the_same_time_upgrade_it_once(
    database: str, opened: Database
) -> None:
    regress(opened, "first")
    program = "import sys; from reconciler.portal_server import create_app; create_app(sys.argv[1])"
    with opened.writing() as connection:
        processes = [subprocess.Popen([sys.executable, "-c", program, database]) for _ in range(2)]
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while connection.dialect.name == "postgresql" and connection.scalar(waiting) != 2:
            time.sleep(0.01)

    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with opened.reading() as connection:
        assert all_rows(connection)["alembic_version"] == [{"version_num": VERSION}]
        assert len(all_rows(connection)["instance"]) == 1


def test_opening_an_up_to_date_database_takes_one_query_and_no_alembic(
    database: str, opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reconciler.portal_server.storage.migrations", None)
    with statements() as seen:
        open_database(database).close()

    begin = {
        "sqlite": "BEGIN",
        "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    }
    query = "SELECT alembic_version.version_num \nFROM alembic_version"
    with opened.reading() as connection:
        assert seen == [begin[connection.dialect.name], query]


def test_a_process_that_waited_for_the_upgrade_of_another_changes_nothing(opened: Database) -> None:
    with opened.writing() as connection, statements() as executed:
        make_current(connection)

    assert [each for each in executed if not each.startswith(("SELECT", "PRAGMA"))] == []


def test_an_upgrade_that_waits_too_long_for_another_process_says_so(
    sqlite_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.01)
    database = sqlite_portal.app.state.database
    regress(database, "contacts")

    with database.writing(), pytest.raises(PortalServerError) as refusal:
        open_database(sqlite_portal.database)

    assert str(refusal.value) == (
        f"{sqlite_portal.database}: the database cannot be opened: database is locked"
    )
    assert refusal.value.hint == "another process writes to it, or is upgrading it: try again later"


def test_a_decline_is_not_recalled_for_a_team_that_no_longer_exists(
    sqlite_portal: Portal,
) -> None:
    team = sqlite_portal.team()
    for address in ("ana@acme.example", "bo@acme.example"):
        member = sqlite_portal.member(team, address)
        sqlite_portal.answer(sqlite_portal.codes(address)[0], "decline")
        sqlite_portal.delete(f"/members/{member['id']}")
    sqlite_portal.delete(f"/teams/{team['id']}")
    database = sqlite_portal.app.state.database
    regress(database, "leases")

    open_database(sqlite_portal.database).close()

    with database.reading() as connection:
        assert all_rows(connection)["contacts"] == []


def test_a_new_revision_has_what_the_tables_have_and_the_last_one_has_not() -> None:
    tables = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(tables)
    tables.tables["apis"].append_column(Column("colors", JsonText, nullable=True))

    version, name, written = revision("Add the colors of APIs", tables)

    assert (version, name) == (f"{int(VERSION) + 1:04}", f"r{version}_add_the_colors_of_apis.py")
    assert 'revision: Final = "' + version in written
    assert f'down_revision: Final = "{VERSION}"' in written
    assert "op.add_column('apis', sa.Column('colors', sa.Text(), nullable=True))" in written


def test_without_a_change_of_tables_no_revision_is_written() -> None:
    with pytest.raises(SystemExit, match="The revisions make these tables already"):
        revision("Add nothing", metadata)


def fill(portal: Portal) -> None:
    """Make at least one row in each table that had columns added, or gets rows, since the first version."""
    team = portal.team()
    for address, verb in (("ana@acme.example", "accept"), ("bo@acme.example", "decline")):
        portal.member(team, address)
        portal.answer(portal.codes(address)[0], verb)
    [declined] = [each for each in portal.items("/members") if each["state"] == "declined"]
    portal.delete(f"/members/{declined['id']}")
    group = portal.group()
    portal.made("/grants", groupId=group["id"], teamId=team["id"], level="view")
    portal.made("/grants", groupId=group["id"], email="cy@acme.example", level="view")
    portal.token("team", team)


def missing_revision(connection: Connection) -> list[Any]:
    """Return what the tables of the portal have and the database does not, or the reverse."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def only(wanted: Rows, rows: Rows) -> Rows:
    """Return the tables and columns that `wanted` has."""
    return {
        table: [{name: row[name] for name in known[0]} for row in rows[table]] if known else []
        for table, known in wanted.items()
    }
