"""Tests of documents with a missing, unknown or misplaced kind."""

from pathlib import Path

import pytest

from tests.load.loading import GROUP, HEAD, PARTNER, loaded, messages

FIT = "add apiVersion, kind, metadata and spec"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", f"1:1: a document must be a mapping, not a list ({FIT})"),
        ("just text\n", f"1:1: a document must be a mapping, not text ({FIT})"),
        ("# a number\n7\n", f"2:1: a document must be a mapping, not the number 7 ({FIT})"),
        (
            "a: 1\n",
            '1:1: the document is missing the key "kind" (allowed here: AccessGroup, ApiProduct)',
        ),
        ("kind:\n", "1:6: kind is empty (allowed here: AccessGroup, ApiProduct)"),
        (
            "kind: 7\n",
            "1:7: unknown kind the number 7 (allowed here: AccessGroup, ApiProduct)",
        ),
        ("kind: [A]\n", "1:7: unknown kind a list (allowed here: AccessGroup, ApiProduct)"),
        ("kind: AcessGroup\n", '1:7: unknown kind "AcessGroup" (did you mean "AccessGroup"?)'),
        (
            "kind: Team\n",
            (
                '1:7: unknown kind "Team" '
                "(known: Partner, AccessGroup, ApiProduct, Catalog, Configuration, People)"
            ),
        ),
        (
            f"{PARTNER}}}\n",
            "2:7: the kind Partner is not allowed in this file (allowed here: AccessGroup, ApiProduct)",
        ),
    ],
)
def test_a_document_says_what_it_is(text: str, sentence: str, tmp_path: Path) -> None:
    _, findings = loaded(tmp_path, {"groups/a.yaml": text})

    assert messages(findings) == [f"groups/a.yaml:{sentence}"]


def test_a_misplaced_document_is_read_all_the_same(tmp_path: Path) -> None:
    repository, findings = loaded(tmp_path, {"groups/a.yaml": f"{PARTNER}}}\n"})
    [document] = repository.documents

    assert ([each.rule for each in findings], document.kind, document.name) == (
        ["misplaced-kind"],
        "Partner",
        "acme",
    )
    assert document.body is not None


def test_a_misplaced_document_is_held_against_its_schema_too(tmp_path: Path) -> None:
    _, findings = loaded(tmp_path, {"groups/a.yaml": f"{PARTNER}, team: []}}\n"})

    assert [each.rule for each in findings] == ["misplaced-kind", "schema"]


def test_kind_and_name_are_known_also_where_the_rest_is_wrong(tmp_path: Path) -> None:
    text = f"{HEAD}AccessGroup\nmetadata: {{name: rates}}\nspec: 7\n"
    repository, _ = loaded(tmp_path, {"groups/a.yaml": text})
    [document] = repository.documents

    assert (document.kind, document.name, document.body) == ("AccessGroup", "rates", None)


@pytest.mark.parametrize(
    ("text", "unreadable"),
    [
        (f"{GROUP}}}\n", []),
        (f"{GROUP}, grants: 7}}\n", []),
        ("a: [\n", ["AccessGroup", "ApiProduct"]),
        ("a: \xff\n", ["AccessGroup", "ApiProduct"]),
        ("- a\n", ["AccessGroup", "ApiProduct"]),
        ("kind: AcessGroup\nmetadata: {name: rates}\n", ["AccessGroup", "ApiProduct"]),
        ("kind: AccessGroup\nmetadata: {name: 7}\n", ["AccessGroup"]),
        (f"{GROUP}}}\n---\nb: [\n", ["AccessGroup", "ApiProduct"]),
        ("# nothing yet\n", []),
        ("---\n", []),
    ],
)
def test_what_may_be_hidden_in_a_broken_file_is_known_by_its_kinds(
    text: str, unreadable: list[str], tmp_path: Path
) -> None:
    repository, _ = loaded(tmp_path, {"groups/a.yaml": text.encode("latin-1")})

    assert sorted(repository.unreadable) == unreadable


def test_a_broken_file_does_not_hide_what_is_wrong_in_others(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "groups/a.yaml": "a: [\n",
        "groups/b.yaml": f"{GROUP}, owner: x}}\n---\n{GROUP}, team: x}}\n",
        "partners/a.yaml": b"\xff",
    }
    repository, findings = loaded(tmp_path, files)

    assert [f"{each.file}:{each.line}: {each.rule}" for each in findings] == [
        "groups/a.yaml:1: yaml",
        "groups/b.yaml:4: yaml",
        "groups/b.yaml:9: schema",
        "partners/a.yaml:1: yaml",
    ]
    assert (repository.files, [each.body for each in repository.documents]) == (3, [None, None])
