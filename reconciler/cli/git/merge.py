"""Merge two commits without a working tree. Where both changed the same lines, those of the first stay."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from reconciler.cli.git.process import outcome, run
from reconciler.cli.git.trees import Edit, edited
from reconciler.errors import InputError

# A file is known by its path alone, as a partner is.
_SETTINGS: Final = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "merge.renames",
    "GIT_CONFIG_VALUE_0": "false",
}
_MERGED: Final = 0
_CONFLICTS: Final = 1
_BASE, _OURS, _THEIRS = "1", "2", "3"


def merged_tree(top: Path, ours: str, theirs: str) -> str:
    """Return the tree of a merge of two commits. Raises InputError where they have no commit in common."""
    tree, conflicts = _merged(top, ours, theirs)
    return edited(top, tree, [_kept(top, *each) for each in conflicts.items()]) if conflicts else tree


def clean_tree(top: Path, ours: str, theirs: str) -> str | None:
    """Return the tree of a merge of two commits, or None where it has conflicts."""
    tree, conflicts = _merged(top, ours, theirs)
    return None if conflicts else tree


def _merged(top: Path, ours: str, theirs: str) -> tuple[str, dict[str, dict[str, Edit]]]:
    """Return the tree of a merge, and its conflicts: by path, the versions of the file by stage."""
    options = ("--write-tree", "-z", "--no-messages")
    ran = outcome(top, "merge-tree", *options, ours, theirs, environment=_SETTINGS)
    if ran.returncode not in {_MERGED, _CONFLICTS}:
        raise InputError(f"git merge-tree failed: {ran.stderr.decode(errors='replace').strip()}")
    tree, *entries = os.fsdecode(ran.stdout).split("\0")
    conflicts: dict[str, dict[str, Edit]] = {}
    for entry in filter(None, entries):
        facts, _, path = entry.partition("\t")
        mode, object_id, stage = facts.split()
        conflicts.setdefault(path, {})[stage] = Edit(path, mode, object_id)
    return tree, conflicts


def _kept(top: Path, path: str, stages: dict[str, Edit]) -> Edit:
    """Return a file with all changes that do not conflict, or the whole file of ours."""
    ours = stages.get(_OURS, Edit(path))
    if len(stages) < len((_BASE, _OURS, _THEIRS)) or {each.mode[:3] for each in stages.values()} != {"100"}:
        return ours
    with TemporaryDirectory(prefix="reconciler-merge-") as made:
        for stage, each in stages.items():
            (Path(made) / stage).write_bytes(run(top, "cat-file", "blob", each.object_id))
        files = [str(Path(made) / stage) for stage in (_OURS, _BASE, _THEIRS)]
        ran = outcome(top, "merge-file", "-p", "--ours", *files)
    # Git does not merge binary files.
    if ran.returncode:
        return ours
    content = run(top, "hash-object", "-w", "--stdin", given=ran.stdout).decode().strip()
    return Edit(path, ours.mode, content)
