import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from reconciler.portal_server import ApiEntry, PortalServerError, create_app, issue_token, reset
from reconciler.portal_server.storage import database as database_module
from tests.portal_server.driver import Portal
from tests.portal_server.historic import regress


def test_a_restart_keeps_everything(database: str) -> None:
    with Portal(database) as portal:
        partner, said = portal.partner(), portal.get("/portal").json()
        token = portal.admin
    with Portal(database) as portal:
        assert portal.get(f"/partners/{partner['id']}", token=token).json() == partner
        assert portal.get("/portal").json() == said


def test_a_database_from_before_there_were_leases_gets_their_table_and_keeps_the_rest(database: str) -> None:
    with Portal(database) as portal:
        partner, token = portal.partner(), portal.admin
        regress(portal.app.state.database, "first")
    with Portal(database) as portal:
        taken = portal.send("PUT", "/lease", json={"id": "one", "owner": "run 1", "seconds": 60}, token=token)

        assert (taken.status_code, portal.items("/partners", token=token)) == (200, [partner])


def test_a_database_from_before_contacts_were_kept_is_brought_up_to_date(database: str) -> None:
    with Portal(database) as portal:
        team = portal.team()
        for email in ("ana@acme.example", "bo@acme.example"):
            portal.member(team, email)
            portal.answer(portal.codes(email)[0], "decline")
        [ana, _] = portal.items("/members")
        portal.delete(f"/members/{ana['id']}")
        before = portal.items("/audit")
        admin, own = portal.admin, portal.token("team", team)
        regress(portal.app.state.database, "leases")

    for _ in range(2):
        with Portal(database) as portal:
            portal.pass_time(days=2)
            entries = portal.items("/audit", token=admin, params={"limit": 1000})
            again = {"teamId": team["id"], "email": "ana+1@acme.example", "role": "member"}
            refusal = portal.post("/members", again, token=own)

            known = [entry["through"] if entry["through"] == "invitation" else None for entry in before]
            assert entries[: len(before)] == [
                {**entry, "tokenId": None, "through": through}
                for entry, through in zip(before, known, strict=True)
            ]
            assert entries[-1]["tokenId"] is not None or entries[-1]["token"] is None
            assert (refusal.status_code, "declined" in refusal.json()["detail"]) == (409, True)


def test_two_portals_on_one_database_see_each_others_writes(database: str) -> None:
    with Portal(database) as first, Portal(database) as second:
        made = [first.api(name="one"), second.api(name="two"), first.api(name="three")]
        assert second.items("/apis") == made
        taken = {"name": "one", "displayName": "O", "owner": "o"}
        assert second.post("/apis", taken).status_code == 409


def test_opening_it_again_in_this_process_leaves_the_journal_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    elsewhere = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version').fetchall()"
    with Portal(str(file)) as portal:
        partner = portal.partner()
        issue_token(str(file), name="another", scope="read")
        # A process that takes itself for the last one to close the database takes its journal away.
        subprocess.run([sys.executable, "-c", elsewhere, str(file)], check=True)

        assert (tmp_path / "portal.db-wal").exists()
        with Portal(str(file)) as other:
            assert other.items("/partners") == [partner]


def test_a_writer_keeps_others_out_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.01)
    first, second = (database_module.open_database(str(tmp_path / "portal.db")) for _ in range(2))

    with first.writing():
        with second.reading():
            pass
        with pytest.raises(OperationalError) as refusal, second.writing():
            pass
    with second.writing():
        assert database_module.is_busy(refusal.value)
    first.close()
    second.close()


def test_a_database_that_restarts_is_503_once(postgresql: str) -> None:
    reset(postgresql)
    with Portal(postgresql) as portal:
        portal.api()
        with Portal(postgresql) as other, other.app.state.database.reading() as connection:
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(text(kill))

        assert portal.get("/apis").status_code == 503
        assert portal.get("/apis").json()["total"] == 1


def test_apis_are_entered_once_and_left_alone_then(database: str) -> None:
    entries = (ApiEntry("labels", "Labels", "logistics", "public"), ApiEntry("rates", "Rates", "pricing"))
    with Portal(database, apis=entries[:1]) as portal:
        [labels] = portal.items("/apis")
        changed = portal.patch(f"/apis/{labels['id']}", {"owner": "other"}).json()
    with Portal(database, apis=(*entries, entries[1])) as portal:
        rates = portal.items("/apis")[1]
        assert portal.items("/apis") == [changed, rates]
        assert (rates["name"], rates["visibility"]) == ("rates", "restricted")


def test_a_reset_empties_all_and_makes_another_instance(database: str) -> None:
    with Portal(database) as portal:
        portal.member(portal.team(), "ana@acme.example")
        before = portal.get("/portal").json()["id"]
        reset(database)
        assert portal.get("/portal").status_code == 401

        portal.admin = issue_token(database, name="again", scope="admin")
        assert portal.get("/portal").json()["id"] != before
        for path in ("/partners", "/teams", "/members", "/mailbox"):
            assert portal.items(path) == [], path
        assert [entry["kind"] for entry in portal.items("/audit")] == ["token"]


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    with Portal(str(path)) as portal:
        portal.api()
        modes = {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert modes == {0o600}


def test_the_database_itself_refuses_what_the_portal_would(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "portal.db")) as portal:
        portal.team()
        with portal.app.state.database.writing() as connection:
            raw = connection.connection.cursor()
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute("DELETE FROM partners")
            raw.close()


@pytest.mark.parametrize(
    ("database", "told"),
    [
        ("", "use a file"),
        (":memory:", "use a file"),
        ("sqlite://", "use a file"),
        ("mysql://root:secret@nowhere/x", "not supported"),
        ("nonsense://", "not supported"),
        ("/nonexistent/folder/portal.db", "folder does not exist"),
        ("postgresql://me:secret@127.0.0.1:1/none?connect_timeout=1", "cannot be opened"),
    ],
)
def test_the_error_for_an_unusable_database_has_no_password(database: str, told: str) -> None:
    with pytest.raises(PortalServerError, match=told) as refusal:
        create_app(database)
    assert "secret" not in str(refusal.value)


def test_the_error_for_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(PortalServerError) as error:
        create_app("postgresql://u:hush@127.0.0.1:1/portal")

    assert str(error.value) == ('PostgreSQL needs psycopg: install "psycopg[binary]" beside the reconciler')


def test_a_file_that_is_not_a_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    path.write_text("this is a text and no database at all, however long it may be", encoding="utf-8")

    with pytest.raises(PortalServerError, match="cannot be opened"):
        create_app(str(path))


def test_an_invalid_api_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PortalServerError, match="a b"):
        create_app(str(tmp_path / "portal.db"), apis=[ApiEntry("a b", "A", "o")])


def test_the_file_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    with Portal(str(path)) as portal:
        portal.member(portal.team(), "ana@acme.example")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
