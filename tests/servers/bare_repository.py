"""The git repository of a small forge: its branches, and merges as forges make them."""

from pathlib import Path

from tests.cli.git.commits import git


class BareRepository:
    """A bare repository that can be pushed to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git(folder, "config", "http.receivepack", "true")
        # As forges have it: a commit is served that no branch has any more.
        git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")

    def head(self, branch: str) -> str | None:
        """Return the newest commit of a branch."""
        found = git(self.folder, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        return found or None

    def merge(self, branch: str, base: str, *, squash: bool = False) -> str:
        """Merge a branch, and return the commit that the base ends with."""
        tree = git(self.folder, "merge-tree", "--write-tree", base, branch)
        parents = ["-p", base, *([] if squash else ["-p", branch])]
        made = git(self.folder, "commit-tree", tree, *parents, "-m", f"Merge {branch}")
        git(self.folder, "update-ref", f"refs/heads/{base}", made)
        return made
