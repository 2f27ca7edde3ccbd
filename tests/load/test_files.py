"""Tests of the files that are read, and of the messages for unreadable ones."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reconciler.load import Folder, load, load_configuration
from reconciler.schema import schemas
from tests.growth import steps
from tests.load.loading import CONFIGURATION, HEAD, PARTNER, configured, loaded, messages

COLON = "mapping values are not allowed in this context"
GOOD = f"{PARTNER}}}\n"
LINK = "is a symbolic link, and links are not followed"
REPLACE = "replace the link by a copy of its target"


def configuration_of(paths: str) -> str:
    return f"{HEAD}Configuration\nmetadata: {{name: us}}\nspec:\n  paths: {paths}\n"


def test_all_yaml_files_below_a_path_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    names = ["partners/b.yml", "partners/a/c.yaml", "partners/a.yaml", "partners/CORD.YAML", "partners/d.Yml"]
    elsewhere = ["partners/.hidden.yaml", "partners/.git/x.yaml", "elsewhere/x.yaml", "elsewhere/x.txt"]
    repository, findings = loaded(tmp_path, dict.fromkeys(names + elsewhere, GOOD))

    assert ([document.file for document in repository.documents], findings, repository.ignored) == (
        sorted(names),
        [],
        {},
    )


def test_json_is_read_like_yaml(tmp_path: Path) -> None:
    acme = {
        "apiVersion": "reconciler/v1",
        "kind": "Partner",
        "metadata": {"name": "acme"},
        "spec": {"type": "reseller", "displayName": "Acme \U0001f600", "owner": "sales"},
    }
    repository, findings = loaded(tmp_path, {"partners/acme.JSON": json.dumps(acme, indent="\t")})

    assert ([document.data for document in repository.documents], messages(findings)) == ([acme], [])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("cord.yml.txt", GOOD, "its name does not end in .yaml, .yml or .json"),
        ("cord", GOOD, "its name does not end in .yaml, .yml or .json"),
        ("yaml", GOOD, "its name does not end in .yaml, .yml or .json"),
        ("package.json", "{", "it has no apiVersion"),
        ("empty.json", "", "it has no apiVersion"),
        ("list.Json", "[1]", "it has no apiVersion"),
        ("other.json", '{"items": [{"apiVersion": "v1"}]}', "it has no apiVersion"),
    ],
)
def test_a_file_that_is_not_read_is_kept_in_mind(name: str, content: str, why: str, tmp_path: Path) -> None:
    repository, findings = loaded(tmp_path, {f"partners/{name}": content})

    assert (repository.ignored, repository.files, messages(findings)) == ({f"partners/{name}": why}, 0, [])


@pytest.mark.parametrize("content", ['{"apiVersion": ', '{"apiVersion": "v1"}', '{"apiVersion": "v1"}\0'])
def test_json_that_may_be_meant_for_us_is_checked(content: str, tmp_path: Path) -> None:
    repository, findings = loaded(tmp_path, {"partners/acme.json": content})

    assert (repository.ignored, bool(findings)) == ({}, True)


def test_a_file_that_the_configuration_names_is_read_whatever_its_name(tmp_path: Path) -> None:
    paths = "{partners: [Partner], partners/cord: [Partner], partners/x.json: [Partner]}"
    files = {"partners/cord": GOOD, "partners/x.json": "{}"}
    repository, findings = loaded(tmp_path, files, configuration_of(paths))

    assert ([document.file for document in repository.documents], repository.ignored) == (
        ["partners/cord", "partners/x.json"],
        {},
    )
    assert messages(findings)[0].startswith("partners/x.json:1:1: ")


def test_each_folder_is_looked_at_once_however_often_it_is_configured(tmp_path: Path) -> None:
    folders = ["partners", *("partners/" + "/".join("abcdefgh"[: depth + 1]) for depth in range(8))]
    paths = ", ".join(f"{'./' * times}{folder}: [Partner]" for folder in folders for times in range(10))
    loaded(tmp_path, {f"{folders[-1]}/{number}.yaml": GOOD for number in range(400)})
    document, _ = configured(tmp_path, configuration_of(f"{{{paths}}}"))
    few, _ = configured(tmp_path, configuration_of("{partners: [Partner]}"))

    assert document is not None
    assert few is not None
    assert steps(lambda: load(document, tmp_path, schemas())) < 2 * steps(
        lambda: load(few, tmp_path, schemas())
    )


def test_the_digest_covers_names_and_bytes(tmp_path: Path) -> None:
    def digest(folder: str, files: dict[str, str]) -> str:
        root = tmp_path / folder
        root.mkdir()
        return loaded(root, files)[0].digest

    first, second, third, again = (
        digest("first", {}),
        digest("second", {"partners/a.yaml": GOOD}),
        digest("third", {"partners/b.yaml": GOOD}),
        digest("again", {"partners/a.yaml": GOOD}),
    )

    assert len({first, second, third}) == 3
    assert second == again


def test_a_file_may_be_a_path(tmp_path: Path) -> None:
    repository, findings = loaded(tmp_path, {"one.yaml": GOOD}, configuration_of("{./one.yaml: [Partner]}"))

    assert ([document.file for document in repository.documents], findings) == (["one.yaml"], [])


@pytest.mark.parametrize(
    "paths",
    [
        "{.: [Partner], reconciler.yaml: [Configuration]}",
        "{partners: [Partner], partners/x: [AccessGroup], ./partners/x/y: [Partner]}",
    ],
)
def test_the_deepest_path_decides_which_kinds_are_allowed_in_a_file(paths: str, tmp_path: Path) -> None:
    _, findings = loaded(tmp_path, {"partners/x/y/a.yaml": GOOD}, configuration_of(paths))

    assert messages(findings) == []


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "nowhere",
            (
                'the path "nowhere" does not exist (create it with a file that git keeps, such as'
                " nowhere/.gitkeep, or remove it from paths)"
            ),
        ),
        ("nowhere.yaml", 'the path "nowhere.yaml" does not exist (create it, or remove it from paths)'),
        ("..", 'the path ".." is outside the repository (use a path inside it)'),
        ("../other", 'the path "../other" is outside the repository (use a path inside it)'),
        (
            "partners/../../x",
            'the path "partners/../../x" is outside the repository (use a path inside it)',
        ),
        ("/etc", 'the path "/etc" is absolute (write it relative to the configuration file)'),
        ("//etc", 'the path "//etc" is absolute (write it relative to the configuration file)'),
        ('"a\\0b"', 'the path "a\\x00b" is outside the repository (use a path inside it)'),
    ],
)
def test_an_invalid_path_is_reported_at_its_key(path: str, sentence: str, tmp_path: Path) -> None:
    repository, findings = loaded(tmp_path, {}, configuration_of(f"{{{path}: [Partner]}}"))

    assert messages(findings) == [f"reconciler.yaml:5:11: {sentence}"]
    assert repository.unreadable == {"Partner"}


def test_a_folder_whose_name_begins_with_dots_is_inside(tmp_path: Path) -> None:
    _, findings = loaded(tmp_path, {"..x/a.yaml": GOOD}, configuration_of("{..x: [Partner]}"))

    assert messages(findings) == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("partners/x.yaml").mkdir(parents=True)
    _, findings = loaded(tmp_path, {})

    assert messages(findings) == [
        "partners/x.yaml: partners/x.yaml is a folder, but its name is that of a file (rename the folder)"
    ]


@pytest.mark.parametrize(
    "target", ["z", "z/a.yaml", "../partners", "../elsewhere", "/etc", "nowhere", "link"]
)
@pytest.mark.parametrize("name", ["link", "link.yaml", "link.md"])
def test_no_link_below_a_path_is_followed(tmp_path: Path, name: str, target: str) -> None:
    for folder in ("partners/z", "elsewhere"):
        tmp_path.joinpath(folder).mkdir(parents=True)
    tmp_path.joinpath("partners", name).symlink_to(target)
    repository, findings = loaded(tmp_path, {"partners/z/a.yaml": GOOD, "elsewhere/b.yaml": GOOD})

    assert messages(findings) == [f"partners/{name}: partners/{name} {LINK} ({REPLACE})"]
    assert [document.file for document in repository.documents] == ["partners/z/a.yaml"]
    assert repository.unreadable == {"Partner"}


def test_a_hidden_link_is_not_looked_at(tmp_path: Path) -> None:
    tmp_path.joinpath("partners").mkdir()
    tmp_path.joinpath("partners/.link.yaml").symlink_to("/etc/passwd")

    assert loaded(tmp_path, {})[1] == []


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("link", "is"),
        ("./link/", "is"),
        ("file.yaml", "is"),
        ("link/z", "goes through link, which is"),
        ("link/z/a.yaml", "goes through link, which is"),
        ("outside/x", "goes through outside, which is"),
    ],
)
def test_no_link_on_a_path_is_followed(tmp_path: Path, path: str, how: str) -> None:
    tmp_path.joinpath("partners/z").mkdir(parents=True)
    for name, target in (("link", "partners"), ("file.yaml", "partners/z/a.yaml"), ("outside", "/nowhere")):
        tmp_path.joinpath(name).symlink_to(target)
    files = {"partners/z/a.yaml": GOOD}
    repository, findings = loaded(tmp_path, files, configuration_of(f"{{{path}: [Partner]}}"))

    said = f'the path "{path}" {how} a symbolic link, and links are not followed (use the path of its target)'
    assert messages(findings) == [f"reconciler.yaml:5:11: {said}"]
    assert repository.documents == ()
    assert repository.unreadable == {"Partner"}


def test_a_file_below_two_paths_is_read_once(tmp_path: Path) -> None:
    paths = "{partners: [Partner], partners/: [Partner], partners/a.yaml: [Partner]}"
    repository, findings = loaded(tmp_path, {"partners/a.yaml": GOOD}, configuration_of(paths))

    assert (len(repository.documents), repository.files, findings) == (1, 1, [])


def test_a_name_that_is_not_utf8_is_reported_with_its_bytes(tmp_path: Path) -> None:
    partners = tmp_path / "partners"
    partners.joinpath(os.fsdecode(b"\xe9")).mkdir(parents=True)
    for name in (b"\xff.yaml", b"\xe9/a.yaml", "é.yaml".encode()):
        partners.joinpath(os.fsdecode(name)).write_text(GOOD)
    partners.joinpath(os.fsdecode(b"up\xff")).symlink_to("/")
    repository, findings = loaded(tmp_path, {})

    assert messages(findings) == [
        rf"partners/up\xff: partners/up\xff {LINK} ({REPLACE})",
        r"partners/\xe9/a.yaml: the file name partners/\xe9/a.yaml is not valid UTF-8 (rename the file)",
        r"partners/\xff.yaml: the file name partners/\xff.yaml is not valid UTF-8 (rename the file)",
    ]
    assert [document.file for document in repository.documents] == ["partners/é.yaml"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    document, root = configured(tmp_path)
    with root.joinpath("partners/a.yaml").open("wb") as file:
        file.truncate(50_000_000)
    repository, findings = load(document, root, schemas())

    assert messages(findings) == [
        "partners/a.yaml: partners/a.yaml has 50 MB, but the limit is 5 MB (split it into several files)"
    ]
    assert repository.unreadable == {"Partner"}


def test_people_lock_is_read_once_whatever_the_paths_are_and_can_be_larger(tmp_path: Path) -> None:
    text = f"{HEAD}People\nmetadata: {{name: people}}\nspec: {{}}\n#{'x' * 6_000_000}\n"
    repository, findings = loaded(
        tmp_path, {"people.lock": text}, configuration_of("{people.lock: [Partner]}")
    )

    assert ([each.kind for each in repository.documents], findings, repository.ignored) == (
        ["People"],
        [],
        {},
    )


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    document, root = configured(tmp_path)
    os.mkfifo(root / "partners/a.yaml")
    _, findings = load(document, root, schemas())

    assert messages(findings) == [
        (
            "partners/a.yaml: partners/a.yaml is a pipe or a device, not a file "
            "(move it out of the configured paths)"
        )
    ]


@contextmanager
def not_root() -> Iterator[Path]:
    """Provide a folder that every user may enter, and restore the user of the process afterwards."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        before = os.geteuid()
        try:
            yield folder
        finally:
            os.seteuid(before)


def become_nobody() -> None:
    """Give up root's right to read everything, until the user is set back."""
    if os.geteuid() == 0:
        os.seteuid(65534)


def test_unreadable_files_are_reported() -> None:
    with not_root() as folder:
        document, root = configured(folder)
        root.joinpath("partners/a.yaml").write_text(GOOD)
        root.joinpath("partners/a.yaml").chmod(0)
        root.joinpath("groups").chmod(0)
        become_nobody()
        _, findings = load(document, root, schemas())
        os.seteuid(os.getuid())
        root.joinpath("groups").chmod(0o700)

    assert messages(findings) == [
        "groups: groups cannot be read: Permission denied",
        "partners/a.yaml: partners/a.yaml cannot be read: Permission denied",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", ": the file contains no configuration (add apiVersion, kind, metadata and spec)"),
        ("# soon\n---\n", ": the file contains no configuration (add apiVersion, kind, metadata and spec)"),
        (
            "- a\n",
            ":1:1: a document must be a mapping, not a list (add apiVersion, kind, metadata and spec)",
        ),
        ("a: b: c\n", f":1:5: invalid YAML: {COLON} (quote text that contains a colon and a space)"),
        (
            f"{CONFIGURATION}---\n{CONFIGURATION}",
            ":6:1: the file of a configuration can contain only one document (remove this document)",
        ),
        (
            GOOD,
            ":2:7: the kind Partner is not allowed in this file (allowed here: Configuration)",
        ),
    ],
)
def test_a_configuration_is_one_document_of_its_kind(content: str, sentence: str, tmp_path: Path) -> None:
    tmp_path.joinpath("reconciler.yaml").write_text(content)
    _, findings = load_configuration(tmp_path / "reconciler.yaml", schemas())

    assert messages(findings)[0] == f"reconciler.yaml{sentence}"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "gone.yaml",
            "gone.yaml: gone.yaml cannot be read: No such file or directory",
        ),
        ("folder", "folder: folder is a folder, not a file (move it out of the configured paths)"),
        ("link.yaml", f"link.yaml: link.yaml {LINK} ({REPLACE})"),
        ("file/below", "below: below cannot be read: Not a directory"),
    ],
)
def test_a_configuration_that_is_not_a_file_is_reported(name: str, sentence: str, tmp_path: Path) -> None:
    tmp_path.joinpath("folder").mkdir()
    tmp_path.joinpath("file").touch()
    tmp_path.joinpath("link.yaml").symlink_to("file")
    document, findings = load_configuration(tmp_path / name, schemas())

    assert (document, messages(findings)) == (None, [sentence])


@pytest.mark.skipif(not Path("/proc/sys/kernel/ostype").exists(), reason="only Linux has such files")
def test_a_file_whose_size_is_unknown_is_read_to_its_end() -> None:
    assert Folder(Path("/proc/sys/kernel")).read("ostype", 100) == b"Linux\n"
