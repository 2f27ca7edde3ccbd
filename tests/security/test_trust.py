"""A branch names a variable, an address or a database, and a reviewer plans in a checkout of it."""

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from reconciler.cli.main import COMMANDS
from tests.cli.running import CONFIGURATION, Place, Ran, on_terminal
from tests.http.loopback import Heard, serving
from tests.security.gits import commit, git

PLAN = ("plan", "--portal", "away")
SECRET = "AWS_SECRET_ACCESS_KEY"
NAMES_IT = CONFIGURATION.replace("PORTAL_TOKEN", SECRET)
REFUSED = (
    f'Error: portal "away": the name of its secret\'s variable {SECRET} does not begin with '
    "RECONCILER_ or PORTAL_\n"
    "Hint: a branch could name any variable: rename it, or allow it with "
    f"--trust-variable {SECRET}\n"
)


class Address:
    """An address of the branch's author, which notes whatever it is sent."""

    def __init__(self, heard: Heard, port: int) -> None:
        self._heard = heard
        self.url = f"http://127.0.0.1:{port}"

    def named_in(self, configuration: str) -> str:
        return configuration.replace("http://127.0.0.1:9", self.url)

    @property
    def tokens(self) -> set[str]:
        """The tokens that it was sent."""
        return {token.removeprefix("Bearer ") for _, token in self._heard if token}


@pytest.fixture
def address() -> Iterator[Address]:
    heard: Heard = []
    with serving(heard) as port:
        yield Address(heard, port)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what programs of this user remember."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


def trusted(home: Path) -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads((home / "reconciler" / "trusted.json").read_text())
    return found


def at_terminal(place: Place, home: Path, *arguments: str, typed: str = "") -> Ran:
    environment = {"PORTAL_TOKEN": "rpt_secret", "XDG_CONFIG_HOME": str(home)}
    return on_terminal(place.folder, *arguments, typed=typed, environment=environment)


@pytest.mark.parametrize(
    "command", [PLAN, ("apply", "--portal", "away"), ("access", "--live", "--portal", "away")], ids=str
)
def test_a_branch_cannot_have_any_variable_sent(
    place: Place, address: Address, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv(SECRET, "secret")
    place.write(reconciler=address.named_in(NAMES_IT))

    assert (place.run(*command), address.tokens) == (Ran(1, "", REFUSED), set())


def test_a_branch_cannot_have_any_variable_sent_by_a_saved_plan(
    place: Place, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.run("plan", "--out", "plan.json")
    monkeypatch.setenv(SECRET, "secret")
    place.write(reconciler=address.named_in(NAMES_IT))

    assert (place.run("apply", "plan.json", "--portal", "away").code, address.tokens) == (1, set())


def test_the_command_line_allows_a_variable_with_another_name(
    place: Place, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "secret")
    place.write(reconciler=address.named_in(NAMES_IT))

    place.run(*PLAN, "--trust-variable", "OTHER", "--trust-variable", SECRET)

    assert address.tokens == {"secret"}


@pytest.mark.parametrize("variable", ["PORTAL_TOKEN", "RECONCILER_TOKEN"])
def test_without_a_terminal_the_name_of_a_variable_decides(
    place: Place, address: Address, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "secret")
    place.write(reconciler=address.named_in(CONFIGURATION.replace("PORTAL_TOKEN", variable)))

    place.run(*PLAN)

    assert address.tokens == {"secret"}


def test_what_was_reviewed_is_trusted_and_what_the_branch_says_does_not_count(
    place: Place, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_TOKEN", "secret")
    monkeypatch.setenv(SECRET, "not to be sent")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    place.write(reconciler=address.named_in(CONFIGURATION.replace("PORTAL_TOKEN", "OUR_TOKEN")))
    commit(place.folder)
    place.write(reconciler=NAMES_IT)
    commit(place.folder)

    place.run(*PLAN, "--base", "main~1")

    assert address.tokens == {"secret"}


def test_on_a_terminal_a_new_address_is_asked_for_once(place: Place, home: Path, address: Address) -> None:
    place.write(reconciler=address.named_in(CONFIGURATION))

    first = at_terminal(place, home, *PLAN, typed="y\n")
    again = at_terminal(place, home, *PLAN)

    question = "Send it to 127.0.0.1, now and in the future? [y/N]: "
    assert (first.out.count(question), again.out.count(question), address.tokens) == (1, 0, {"rpt_secret"})
    assert first.out.startswith(
        f'{place.folder}/reconciler.yaml: portal "away" is at {address.url}, and the secret in PORTAL_TOKEN '
        "has not been sent there before, unencrypted.\n"
    )
    assert trusted(home) == {
        "format": "reconciler-trusted/1.0",
        "tokens": [{"address": address.url, "variable": "PORTAL_TOKEN"}],
        "databases": [],
    }
    assert (home / "reconciler").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("key", ["n\n", "\n", "\x03", "\x04"], ids=["no", "nothing", "interrupt", "end"])
def test_on_a_terminal_nothing_is_sent_without_a_yes(
    place: Place, home: Path, address: Address, key: str
) -> None:
    place.write(reconciler=address.named_in(CONFIGURATION))

    ran = at_terminal(place, home, *PLAN, typed=key)

    assert (ran.code, address.tokens, list(home.iterdir())) == (1, set(), [])


def test_trust_in_one_address_is_none_in_another_nor_for_another_variable(
    place: Place, home: Path, address: Address
) -> None:
    tokens = [
        {"address": "http://127.0.0.1:9", "variable": "PORTAL_TOKEN"},
        {"address": address.url, "variable": "PORTAL_OTHER"},
    ]
    (home / "reconciler").mkdir()
    remembered = {"format": "reconciler-trusted/1.0", "tokens": tokens, "databases": []}
    (home / "reconciler" / "trusted.json").write_text(json.dumps(remembered))
    place.write(reconciler=address.named_in(CONFIGURATION))

    ran = at_terminal(place, home, *PLAN, typed="n\n")

    assert (ran.code, address.tokens, "now and in the future?" in ran.out) == (1, set(), True)


def test_a_host_that_looks_like_another_is_asked_for_as_it_is_looked_up(place: Place, home: Path) -> None:
    lookalike = "https://p\u043ertal.example"
    place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", lookalike))

    ran = at_terminal(place, home, *PLAN, typed="n\n")

    assert "Send it to xn--prtal-jye.example, now and in the future?" in ran.out


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("{", 0o600, "is not valid: "),
        ('{"format": "reconciler-trusted/2.0"}', 0o600, "has the format 'reconciler-trusted/2.0'"),
        ("{}", 0o622, "can be written by others"),
    ],
    ids=["broken", "newer", "of others"],
)
def test_what_is_remembered_is_not_taken_from_anybody(
    place: Place, home: Path, address: Address, content: str, mode: int, said: str
) -> None:
    (home / "reconciler").mkdir()
    (home / "reconciler" / "trusted.json").write_text(content)
    (home / "reconciler" / "trusted.json").chmod(mode)
    place.write(reconciler=address.named_in(CONFIGURATION))

    ran = at_terminal(place, home, *PLAN)

    assert (ran.code, f"Error: {home}/reconciler/trusted.json {said}" in ran.out, address.tokens) == (
        1,
        True,
        set(),
    )


def test_where_nothing_can_be_remembered_the_answer_counts_for_this_run(
    place: Place, home: Path, address: Address
) -> None:
    (home / "reconciler").touch()
    place.write(reconciler=address.named_in(CONFIGURATION))

    ran = at_terminal(place, home / "reconciler" / "below", *PLAN, typed="y\n")

    assert (address.tokens, "Warning: the answer could not be saved: " in ran.out) == ({"rpt_secret"}, True)


def test_every_command_that_opens_a_portal_or_source_can_be_told_what_to_trust(place: Place) -> None:
    helps = {name: place.run(name, "--help").out for name in COMMANDS}

    openers = {name for name, text in helps.items() if "--portal NAME" in text} - {"approved", "validate"}
    assert {name for name, text in helps.items() if "--trust-variable NAME" in text} == {*openers, "sync"}
    assert {"plan", "apply", "adopt", "access"} <= openers


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database outside of the repository."""
    return tmp_path_factory.mktemp("outside") / "portal.db"


def with_database(place: Place, database: object) -> Place:
    return place.write(reconciler=CONFIGURATION.replace(".reconciler/portal.db", str(database)))


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("apply", "--auto-approve"),
        ("access", "--live"),
        ("portal", "token", "--scope", "admin"),
        ("portal", "reset", "--yes"),
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_branch_cannot_have_a_database_elsewhere_opened(
    place: Place, outside: Path, home: Path, command: tuple[str, ...], form: str
) -> None:
    database = form.format(outside)
    with_database(place, database)

    refused = place.run(*command)
    was_made = outside.exists()
    allowed = place.run(*command, "--trust-database", database)

    assert refused == Ran(
        1,
        "",
        f'Error: portal "local": the database {database} is outside of the repository\n'
        f"Hint: a branch could name any database: allow this one with --trust-database {database}\n",
    )
    assert (was_made, allowed.code, outside.exists(), list(home.iterdir())) == (False, 0, True, [])


@pytest.mark.parametrize("database", ["../portal.db", "partners/../../portal.db"])
def test_a_branch_cannot_lead_out_of_the_repository_by_dots(place: Place, home: Path, database: str) -> None:
    ran = with_database(place, database).run("plan")

    assert (ran.code, "is outside of the repository" in ran.err, list(home.iterdir())) == (1, True, [])


def test_a_database_beside_the_configuration_or_above_it_in_its_repository_needs_no_trust(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(place.folder, "init", "--quiet")
    inner = place.folder / "inner"
    inner.mkdir()
    for name in ("reconciler.yaml", "partners", "access-groups", "catalog.yaml"):
        (place.folder / name).rename(inner / name)
    text = (inner / "reconciler.yaml").read_text()
    (inner / "reconciler.yaml").write_text(text.replace(".reconciler/portal.db", "../portal.db"))
    monkeypatch.chdir(inner)

    assert place.run("plan").code == 0


def test_on_a_terminal_a_database_elsewhere_is_asked_for_once(
    place: Place, outside: Path, home: Path
) -> None:
    with_database(place, outside)

    first = at_terminal(place, home, "plan", typed="y\n")
    again = at_terminal(place, home, "plan")
    without = place.run("plan")

    question = "Use it, now and in the future? [y/N]: "
    assert (first.code, first.out.count(question), again.code, again.out.count(question)) == (0, 1, 0, 0)
    assert (trusted(home)["databases"], without.code) == ([str(outside)], 0)


def test_a_password_of_a_database_is_neither_shown_nor_remembered(place: Place, home: Path) -> None:
    with_database(place, '"postgresql://ana:hunter2@127.0.0.1:9/portal?x=@trusted.example/db"')

    ran = at_terminal(place, home, "plan", typed="y\n")

    shown = "postgresql://ana:***@127.0.0.1:9/portal?x=%40trusted.example%2Fdb"
    assert (ran.code, "hunter2" in ran.out, trusted(home)["databases"]) == (5, False, [shown])
    assert f"the database {shown} is outside of the repository" in ran.out


@pytest.mark.parametrize("name", ["portal.db", "portal.db-wal", "portal.db-journal", "portal.db-shm"])
@pytest.mark.parametrize("base", [(), ("--base", "main")], ids=["alone", "base"])
def test_a_branch_cannot_lead_a_database_elsewhere_by_a_link(
    place: Place, tmp_path_factory: pytest.TempPathFactory, name: str, base: tuple[str, ...]
) -> None:
    precious = tmp_path_factory.mktemp("elsewhere") / "precious"
    precious.write_text("precious")
    link = place.folder / ".reconciler" / name
    link.parent.mkdir()
    link.symlink_to(precious)
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    commit(place.folder)

    ran = place.run("plan", *base)

    assert (ran.code, ran.err.splitlines()[0], precious.read_text()) == (
        1,
        f"Error: {link} is not used: it is a symbolic link",
        "precious",
    )


@pytest.mark.parametrize("name", ["portal.db", "portal.db-wal", "portal.db-journal", "portal.db-shm"])
@pytest.mark.parametrize("base", [(), ("--base", "main")], ids=["alone", "base"])
def test_a_branch_cannot_commit_a_database_or_what_sqlite_reads_beside_it(
    place: Place, name: str, base: tuple[str, ...]
) -> None:
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    commit(place.folder)
    assert place.run("apply", "--auto-approve").code == 0
    committed = place.folder / ".reconciler" / name
    committed.touch()
    git(place.folder, "add", "--force", str(committed))

    ran = place.run("plan", *base)

    assert ran == Ran(
        1,
        "",
        f"Error: {committed} is not used: git tracks it, and the database of a portal is never in git\n"
        f"Hint: a branch could have committed it: remove it with `git rm -- {committed}`\n",
    )


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+pysqlite"])
@pytest.mark.parametrize("link", [False, True], ids=["committed", "linked"])
def test_a_branch_cannot_commit_a_database_that_the_base_names_by_a_url(
    place: Place, outside: Path, scheme: str, *, link: bool
) -> None:
    with_database(place, f"{scheme}:///{place.folder}/portal.db?timeout=1")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    commit(place.folder)
    journal = place.folder / "portal.db-journal"
    if link:
        outside.touch()
        journal.symlink_to(outside)
    else:
        journal.touch()
    commit(place.folder)

    ran = place.run("plan", "--base", "main")

    why = "it is a symbolic link" if link else "git tracks it, and the database of a portal is never in git"
    assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: {journal} is not used: {why}")


def test_a_branch_cannot_bring_a_database_in_a_submodule(place: Place, outside: Path) -> None:
    outside.touch()
    git(outside.parent, "init", "--quiet")
    commit(outside.parent)
    git(place.folder, "init", "--quiet")
    added = ("submodule", "add", "--quiet", str(outside.parent), ".reconciler")
    git(place.folder, "-c", "protocol.file.allow=always", *added)

    ran = place.run("plan")

    assert (ran.code, "git tracks it, and the database of a portal is never in git" in ran.err) == (1, True)


def test_a_branch_cannot_have_a_committed_journal_remove_a_file_elsewhere(
    place: Place, outside: Path
) -> None:
    git(place.folder, "init", "--quiet")
    commit(place.folder)
    assert place.run("apply", "--auto-approve").code == 0
    outside.write_bytes(b"precious")
    database = place.folder / ".reconciler" / "portal.db"
    path = place.folder / ".reconciler" / "portal.db-journal"
    path.write_bytes(hot_journal(database.stat().st_size // 4096, str(outside)))
    git(place.folder, "add", "--force", str(path))

    place.run("plan")

    assert outside.exists()


def hot_journal(pages: int, super_journal: str) -> bytes:
    """Return a rollback journal of no pages, which SQLite takes for one of several that a file lists."""
    header = bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 0, 0, pages, 512, 4096)
    name = super_journal.encode()
    checksum = sum(struct.unpack(f"{len(name)}b", name)) & 0xFFFFFFFF
    # The page of SQLite's locks, whose number begins the record of a name.
    lock_page = 0x40000000 // 4096 + 1
    record = struct.pack(">I", lock_page) + name + struct.pack(">II", len(name), checksum) + header[:8]
    return header.ljust(512, b"\0") + record


@pytest.mark.parametrize("command", [("token", "--scope", "admin"), ("reset", "--yes")], ids=str)
def test_a_branch_cannot_lead_elsewhere_a_database_that_the_command_line_names(
    place: Place, outside: Path, command: tuple[str, ...]
) -> None:
    outside.write_text("precious")
    (place.folder / "demo.db").symlink_to(outside)

    ran = place.run("portal", *command, "--database", "demo.db")

    assert (ran.code, ran.err.splitlines()[0], outside.read_text()) == (
        1,
        "Error: demo.db is not used: it is a symbolic link",
        "precious",
    )
