"""OpenAPI files come from many teams, and a folder of them must neither hurt nor be half read."""

import os
from pathlib import Path

import pytest

from reconciler.load.openapi import described_apis
from tests.cli.running import Place
from tests.growth import memory, steps

HEAD = b"openapi: 3.1.0\ninfo: {title: Tracking, version: '1'}\n"


def problems(folder: Path, content: bytes, name: str = "a.yaml") -> list[str]:
    (folder / name).write_bytes(content)
    found, findings = described_apis(folder)
    assert found == {}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (HEAD + b"x: " + b"[" * 100_000, "values are nested more than 64 levels deep"),
        (HEAD + b"x: &a {x: *a}\n" * 2 + b"\xff", "the byte 0xff is not valid UTF-8"),
        (b"\xff\xfe" + HEAD.decode().encode("utf-16-le"), "the file is UTF-16 or UTF-32"),
        (HEAD + b"# " + b"x" * 5_000_000, "a.yaml has 5 MB, but the limit is 5 MB"),
        (HEAD + b"%TAG ! !\n" * 200, "the file has more than 100 directives"),
    ],
    ids=["deep", "not UTF-8", "UTF-16", "huge", "directives"],
)
def test_a_file_beyond_a_limit_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    assert problems(tmp_path, content) == [problem]


def test_deep_json_is_named(tmp_path: Path) -> None:
    content = b'{"openapi": "3", "x": ' + b"[" * 100_000

    assert problems(tmp_path, content, "a.json") == ["a.json is not valid JSON: JSON is nested too deeply"]


def test_aliases_that_expand_cost_little(tmp_path: Path) -> None:
    lines = [b"x0: &x0 [a, b]", *(b"x%d: &x%d [*x%d, *x%d]" % (n, n, n - 1, n - 1) for n in range(1, 40))]

    def read() -> None:
        assert problems(tmp_path, HEAD + b"\n".join(lines)) == ["aliases expand to more than 10,000 values"]

    assert steps(read) < 100_000
    assert memory(read) < 5_000_000


def test_links_pipes_and_folders_with_names_of_files_are_named(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(HEAD)
    folder = tmp_path / "apis"
    (folder / "folder.yaml").mkdir(parents=True)
    (folder / "link.yaml").symlink_to(outside)
    os.mkfifo(folder / "pipe.yaml")

    found, findings = described_apis(folder)

    assert found == {}
    assert sorted(each.message for each in findings) == [
        "folder.yaml is a folder, but its name is that of a file",
        "link.yaml is a symbolic link, and links are not followed",
        "pipe.yaml is a pipe or a device, not a file",
    ]


def test_a_title_cannot_forge_lines_or_end_in_the_catalog_unseen(place: Place) -> None:
    apis = place.folder / "apis"
    apis.mkdir()
    title = "Tracking\\n::error::x \\u202e\\u001b[31m"
    (apis / "a.yaml").write_text(f'openapi: 3.1.0\ninfo: {{title: "{title}", version: "2"}}\n')
    (apis / "::error::.yaml").write_text("openapi: 3.1.0\ninfo: [a\n")

    broken = place.run("catalog", "--from", "apis", "--owner", "logistics")
    (apis / "::error::.yaml").unlink()
    ran = place.run("catalog", "--from", "apis", "--owner", "logistics")

    assert (broken.code, ran.code) == (1, 0)
    for text in (broken.err, ran.err, (place.folder / "catalog.yaml").read_text()):
        assert not {"\u202e", "\x1b"} & set(text)
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "its name for people is too long, or has characters that do not show" in ran.err
    assert "owner: logistics}" in (place.folder / "catalog.yaml").read_text()


def test_a_file_that_cannot_be_read_removes_nothing(place: Place) -> None:
    before = place.write(catalog=CATALOG).folder.joinpath("catalog.yaml").read_text()
    (place.folder / "apis").mkdir()
    (place.folder / "apis" / "tracking.yaml").write_bytes(HEAD.replace(b"'1'", b"'2'"))
    (place.folder / "apis" / "rates.yaml").write_bytes(b"openapi: [")

    ran = place.run("catalog", "--from", "apis", "--owner", "logistics")

    assert (ran.code, ran.out) == (1, "")
    assert (place.folder / "catalog.yaml").read_text() == before


CATALOG = """\
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {name: catalog}
    spec:
      apis:
        - {name: tracking-v2, owner: logistics}
        - {name: rates-v1, owner: logistics}
    """
