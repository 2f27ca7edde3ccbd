"""A branch commits what looks like the record of a run, or leads elsewhere what a run writes down."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import Place, Ran

NAME = "2026-11-24T120000Z-0123456789ab.jsonl"
OPENING = {
    "format": "reconciler-journal/1.0",
    "plan": "sha256:00",
    "portal": "local",
    "started": "2026-11-24T12:00:00Z",
    "changes": [{"id": "partner/acme", "action": "create"}],
}
APPLY = ("apply", "--auto-approve")


def git(folder: Path, *arguments: str) -> None:
    own = ("-c", "user.name=Ana", "-c", "user.email=ana@our-company.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *own, *arguments], capture_output=True, check=True)


def journal(place: Place, name: str = NAME, **others: object) -> Path:
    path = place.folder / ".reconciler" / "journals" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**OPENING, **others}) + "\n")
    return path


def receipts(place: Place) -> list[str]:
    return sorted(path.name for path in (place.folder / ".reconciler" / "receipts").iterdir())


def warnings(ran: Ran) -> list[str]:
    return [line.removeprefix("Warning: ") for line in ran.err.splitlines() if line.startswith("Warning")]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the reviewer's, outside of the checkout."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.mark.parametrize("field", ["started", "plan"])
def test_a_journal_cannot_name_a_file_to_write(place: Place, elsewhere: Path, field: str) -> None:
    way_out = "../" * 20 + str(elsewhere / "precious")
    path = journal(place, **{field: way_out})

    ran = place.run(*APPLY)

    assert (ran.code, list(elsewhere.iterdir()), len(receipts(place))) == (0, [], 1)
    assert warnings(ran)[0].startswith(f"{path} is ignored: this is not a valid journal: ")


def test_a_journal_with_a_name_that_no_run_gives_is_ignored(place: Place) -> None:
    path = journal(place, "precious.jsonl")

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran), path.exists()) == (
        0,
        [f"{path} is ignored: its name is not that of a journal"],
        True,
    )


def test_a_linked_journal_is_not_read(place: Place, elsewhere: Path) -> None:
    (elsewhere / "own").write_text(json.dumps(OPENING) + "\n")
    path = journal(place)
    path.unlink()
    path.symlink_to(elsewhere / "own")

    ran = place.run(*APPLY)

    assert (ran.code, "An earlier run" in ran.err, (elsewhere / "own").exists()) == (0, False, True)
    assert warnings(ran) == [f"{path} is ignored: Too many levels of symbolic links"]


def test_a_branch_cannot_commit_a_journal(place: Place) -> None:
    git(place.folder, "init", "--quiet")
    path = journal(place)
    git(place.folder, "add", "--force", "--all")
    git(place.folder, "commit", "--quiet", "--message", "Begin")

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran), path.exists(), len(receipts(place))) == (
        0,
        [f"{path} is ignored: git tracks it, and journals of runs are never in git"],
        True,
        1,
    )


def test_a_branch_cannot_commit_a_journal_below_a_configuration_in_a_subfolder(
    place: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path_factory.mktemp("top")
    inner = top / "inner"
    path = journal(place)
    place.folder.rename(inner)
    monkeypatch.chdir(inner)
    git(top, "init", "--quiet")
    git(top, "add", "--force", "--all")

    ran = place.run(*APPLY)

    assert (ran.code, len(warnings(ran))) == (0, 1)
    assert (inner / path.relative_to(place.folder)).exists()


def test_a_branch_cannot_bring_a_journal_in_a_submodule(place: Place, elsewhere: Path) -> None:
    (elsewhere / NAME).write_text(json.dumps(OPENING) + "\n")
    git(elsewhere, "init", "--quiet")
    git(elsewhere, "add", "--all")
    git(elsewhere, "commit", "--quiet", "--message", "Journals")
    git(place.folder, "init", "--quiet")
    added = ("submodule", "add", "--quiet", str(elsewhere), ".reconciler/journals")
    git(place.folder, "-c", "protocol.file.allow=always", *added)

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran)) == (
        0,
        [
            (
                f"{place.folder}/.reconciler/journals/{NAME} is ignored: "
                "git tracks it, and journals of runs are never in git"
            )
        ],
    )


def test_a_pipe_in_the_place_of_a_journal_is_not_waited_for(place: Place) -> None:
    path = journal(place)
    path.unlink()
    os.mkfifo(path)

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran)) == (0, [f"{path} is ignored: it is not a file"])


def test_another_user_cannot_bring_a_journal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = journal(place)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    ran = place.run(*APPLY)

    assert (ran.code, warnings(ran), path.exists(), len(receipts(place))) == (
        0,
        [f"{path} is ignored: it belongs to another user"],
        True,
        1,
    )


def test_another_user_cannot_silence_a_journal_by_a_receipt(
    place: Place, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(elsewhere))
    path = journal(place)
    theirs = elsewhere / "receipt.json"
    theirs.write_text("made up")
    receipt = place.folder / ".reconciler" / "receipts" / f"{path.stem}.json"
    receipt.parent.mkdir()
    receipt.symlink_to(theirs)

    ran = place.run(*APPLY)

    assert (ran.code, theirs.read_text(), path.exists()) == (0, "made up", False)
    assert f"Its receipt: {elsewhere}/reconciler/receipts/{path.stem}.json" in ran.err


def test_where_git_does_not_say_what_it_tracks_no_journal_counts(place: Place) -> None:
    path = journal(place)
    (place.folder / ".git").write_text("gitdir: nowhere")

    ran = place.run(*APPLY)

    assert (ran.code, path.exists(), len(receipts(place))) == (0, True, 1)
    assert warnings(ran)[0].startswith(f"{path} is ignored: ")


def test_a_committed_receipt_does_not_silence_a_journal(place: Place) -> None:
    git(place.folder, "init", "--quiet")
    path = journal(place)
    receipt = place.folder / ".reconciler" / "receipts" / f"{path.stem}.json"
    receipt.parent.mkdir()
    receipt.write_text("made up")
    git(place.folder, "add", "--force", str(receipt))

    ran = place.run(*APPLY)

    assert (ran.code, path.exists(), "An earlier run ended" in ran.err) == (0, False, True)


@pytest.mark.parametrize("linked", [".reconciler", ".reconciler/receipts", ".reconciler/journals"])
def test_a_branch_cannot_lead_the_record_of_a_run_elsewhere(
    place: Place, elsewhere: Path, linked: str
) -> None:
    link = place.folder / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    database = (place.folder / "reconciler.yaml").read_text().replace(".reconciler/portal.db", "portal.db")
    place.write(reconciler=database)

    ran = place.run(*APPLY)

    told = f"/receipts is not used: {link} is a" if linked == ".reconciler" else " is not used: it is a"
    assert (ran.code, list(elsewhere.iterdir()), ran.err) == (
        1,
        [],
        (
            f"Error: {link}{told} symbolic link\n"
            "Hint: a link in a checkout could lead anywhere: remove it, or use a path without links\n"
        ),
    )


def test_another_user_cannot_hold_the_folder_for_receipts(
    place: Place, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = elsewhere / "reconciler" / "receipts"
    theirs.mkdir(parents=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(elsewhere))
    monkeypatch.setattr(os, "geteuid", lambda: theirs.stat().st_uid + 1)
    (place.folder / ".reconciler").mkdir()
    (place.folder / ".reconciler" / "receipts").touch()

    ran = place.run(*APPLY)

    assert (ran.code, list(theirs.iterdir())) == (0, [])
    assert (
        warnings(ran)[1] == f"the receipt could not be written: {theirs} is not a folder of the current user"
    )


@pytest.mark.parametrize(
    "lie",
    [
        {"outcome": "complete"},
        {"summary": {"applied": 1, "failed": 0, "skipped": 0, "unknown": 0}},
        {"summary": {}},
    ],
)
def test_a_receipt_cannot_count_what_it_did_not_do(place: Place, lie: dict[str, object]) -> None:
    entry = {"id": "partner/acme", "action": "create", "outcome": "failed", "message": "refused"}
    honest = {
        **{key: value for key, value in OPENING.items() if key != "changes"},
        "format": "reconciler-receipt/1.4",
        "finished": "2026-11-24T12:00:01Z",
        "outcome": "incomplete",
        "summary": {"failed": 1},
        "entries": [entry],
    }
    (place.folder / "honest.json").write_text(json.dumps(honest))
    (place.folder / "lying.json").write_text(json.dumps({**honest, **lie}))

    assert place.run("show", "honest.json").code == 0
    assert place.run("show", "lying.json") == Ran(
        1,
        "",
        "Error: lying.json: this is not a valid receipt:"
        " its outcome or its counts do not match its entries\n",
    )
