"""Files with changes that are not committed."""

from collections.abc import Collection
from pathlib import Path

from reconciler.cli.git.repository import opened
from reconciler.errors import InputError


def uncommitted(folder: Path, files: Collection[str]) -> list[str]:
    """Return the files that differ from the checked-out commit; none where git has no commit.

    The commit is used, not the working tree, where git would run the filters that attributes name.
    """
    try:
        repository = opened(folder)
        head = repository.head()
        entries = repository.files(head, files)
        contents = list(repository.contents(head, entries))
    except (InputError, OSError):
        return []
    committed = {entry.path: _text(content) for entry, content in zip(entries, contents, strict=True)}
    return [file for file in sorted(files) if committed.get(file) != _text((folder / file).read_bytes())]


def _text(content: bytes) -> bytes:
    """Return the content with line feeds: a checkout can have other line endings than the commit."""
    return content.replace(b"\r\n", b"\n")
