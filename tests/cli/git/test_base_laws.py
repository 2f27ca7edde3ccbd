"""A base that is read from git, and shares documents with its branch, is the one that a folder would give."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.git.base_files import compared_with
from reconciler.cli.git.checked_commit import checked_commit
from reconciler.cli.git.repository import opened
from reconciler.errors import InputError
from reconciler.load import Folder
from reconciler.model.document import Document, Repository
from reconciler.workflow.merge_base import BaseFiles
from reconciler.workflow.validate import ValidationResult, check
from tests.cli.git.commits import committed, git
from tests.laws import examples

TODAY: Final = "2026-11-24"
VERSION: Final = "apiVersion: reconciler/v1\n"
LINK: Final = b"link to another file"
PATHS: Final = (
    "partners: [Partner], groups: [AccessGroup]",
    "partners: [Partner, AccessGroup], groups: [AccessGroup], partners/acme.json: [Partner]",
    "partners: [Partner], groups/inner: [AccessGroup], gone: [Catalog]",
    ".: [Partner, AccessGroup, Configuration]",
)


def configuration(paths: str, name: str = "us", rules: str = "") -> bytes:
    owners = "{sales: {email: s@our-company.example}}"
    spec = f"spec: {{paths: {{{paths}}}, owners: {owners}{rules}}}\n"
    return f"{VERSION}kind: Configuration\nmetadata: {{name: {name}}}\n{spec}".encode()


def partner(name: str, more: str = "") -> bytes:
    spec = f"spec: {{type: reseller, displayName: {name}, owner: sales{more}}}\n"
    return f"{VERSION}kind: Partner\nmetadata: {{name: {name}}}\n{spec}".encode()


GROUP: Final = (
    f"{VERSION}kind: AccessGroup\nmetadata: {{name: rates}}\nspec: {{displayName: Rates, owner: sales}}\n"
)
PARTNERS: Final = (
    partner("acme"),
    partner("acme").replace(b"\n", b"\r\n"),
    partner("acme", ", externalName: A"),
    partner("bolt") + b"---\n" + partner("core", ", domains: [core.example]"),
    b"",
)
WRONG: Final = (
    partner("Straße"),
    b"a: [\n",
    b'{"apiVersion": "reconciler/v1", "kind": "Partner", "metadata": {"name": "dune"}, "spec": {}}',
    LINK,
)
NAMES: Final = ("partners/acme.yaml", "partners/inner/bolt.yml", "partners/.hidden.yaml")
READABLE: Final = (
    *((name, content) for name in NAMES for content in PARTNERS),
    ("groups/inner/rates.yaml", GROUP.encode()),
    ("groups/inner/rates.yaml", GROUP.encode() + b"# silver\n"),
    ("partners/acme.json", b"{}"),
    ("partners/notes.txt", b"notes"),
)
ODD: Final = tuple((name, each) for name in (*NAMES, "groups/\udcff.yaml", "people.lock") for each in WRONG)
FILES: Final = st.lists(st.sampled_from(READABLE), max_size=6).map(dict) | st.lists(
    st.sampled_from([*READABLE, *ODD]), max_size=3
).map(dict)
EDITS: Final = st.lists(
    st.sampled_from([*READABLE, *ODD, *((name, None) for name in NAMES)]), max_size=3
).map(dict)
CONFIGURATIONS: Final = tuple(configuration(paths, name) for paths in PATHS for name in ("us", "them"))
UNREADABLE: Final = configuration(PATHS[0], rules=", rules: 1")


def written(folder: Path, configured: bytes, files: Mapping[str, bytes]) -> None:
    """Write files into a folder whose other files are removed."""
    for each in folder.iterdir():
        if each.name != ".git":
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    for path, content in {
        "reconciler.yaml": configured,
        "partners/.kept": b"",
        "groups/inner/.kept": b"",
        **files,
    }.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if content == LINK:
            file.symlink_to("/dev/null")
        else:
            file.write_bytes(content)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(120)
@given(
    configured=st.tuples(st.sampled_from([*CONFIGURATIONS, UNREADABLE]), st.sampled_from(CONFIGURATIONS)),
    before=FILES,
    edits=EDITS,
    format_of_objects=st.sampled_from(["sha1", "sha256"]),
)
def test_a_base_from_git_is_the_one_from_a_folder(
    configured: tuple[bytes, bytes],
    before: dict[str, bytes],
    edits: dict[str, bytes | None],
    format_of_objects: str,
) -> None:
    after = {name: content for name, content in {**before, **edits}.items() if content is not None}
    with TemporaryDirectory() as made, TemporaryDirectory() as other:
        top, path = Path(made), Path(made, "reconciler.yaml")
        git(top, "init", "--quiet", f"--object-format={format_of_objects}")
        written(top, configured[0], before)
        written(Path(other), configured[0], before)
        base = committed(top, "Begin")[:12]
        written(top, configured[1], after)

        from_git = outcome(lambda: check(path, TODAY, compared_with(path, base)))
        copy = Folder(Path(other))
        copied = BaseFiles(compared_with(path, base).base, path.name, copy, copy)
        from_folder = outcome(lambda: check(path, TODAY, copied))
        commit = committed(top, "Change")
        from_commit = outcome(lambda: checked_commit(opened(top), path.name, commit, base, TODAY))

        assert (from_git, from_commit) == (from_folder, from_folder)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40)
@given(paths=st.sampled_from(PATHS), before=FILES, after=FILES)
def test_documents_of_equal_files_are_the_same_objects(
    paths: str, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    equal = {"reconciler.yaml"} | {name for name, content in before.items() if after.get(name) == content}
    with TemporaryDirectory() as made:
        top, path = Path(made), Path(made, "reconciler.yaml")
        written(top, configuration(paths), before)
        base = committed(top, "Begin")
        written(top, configuration(paths), after)

        checked = check(path, TODAY, compared_with(path, base))

    head, known = documents(checked.repository), documents(checked.base.repository if checked.base else None)
    assert [each.file for each in known if any(each is own for own in head)] == [
        each.file for each in known if each.file in equal
    ]


def documents(repository: Repository | None) -> tuple[Document, ...]:
    return repository.documents if repository else ()


def outcome(checked: Callable[[], ValidationResult]) -> Any:
    try:
        return seen(checked())
    except InputError as error:
        return str(error)


def seen(checked: ValidationResult) -> dict[str, Any]:
    """Return all that users can see of files and their base."""
    base = checked.base
    return {
        "files": facts(checked.repository),
        "findings": checked.findings,
        "changes": checked.file_changes,
        "base": base and (base.ref, base.problem, facts(base.repository)),
    }


def facts(repository: Repository | None) -> Any:
    if repository is None:
        return None
    known = [
        (each, getattr(repository, each)) for each in ("unreadable", "files", "digest", "unusual", "ignored")
    ]
    return known, [facts_of(each) for each in (repository.configuration, *repository.documents)]


def facts_of(document: Document) -> Any:
    places = [document.where(*path, key=key) for path in paths(document.data) for key in (False, True)]
    return document.file, document.kind, document.name, document.data, places, document.body


def paths(data: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each value."""
    yield ()
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, child in children:
        yield from ((step, *path) for path in paths(child))
