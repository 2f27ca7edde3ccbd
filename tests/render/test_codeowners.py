import re
from posixpath import normpath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.finding import Source
from reconciler.render.codeowners import ForgeName, Gap, codeowners, file_pattern
from tests.builders import catalog, configuration, group, partner, product, repository

OWNERS = {
    "platform": {
        "email": "p@our-company.example",
        "github": "@our/platform",
        "gitlab": "@our/it/platform",
        "gitea": "@our/platform",
    },
    "logistics": {
        "email": "l@our-company.example",
        "github": "@our/logistics",
        "gitlab": "@@maintainer",
        "gitea": "@our/logistics",
    },
    "sales": {"email": "s@our-company.example", "github": "sales@our-company.example", "gitea": "@cy.k"},
}
PATHS = {"partners": ["Partner"], "access-groups": ["AccessGroup", "ApiProduct"], "catalog.yaml": ["Catalog"]}
# Names of files: normal paths, whatever else they hold.
NASTY = st.text(st.sampled_from([*"ab1.-_/ #!*?[]\\~()@+\t\n\xa0\u3000日é"]), min_size=1, max_size=8).filter(
    lambda name: normpath(f"a/{name}") == f"a/{name}"
)


def lines(*documents: Document, forge: ForgeName = "github", folder: str = "", **spec: Any) -> list[str]:
    """Return the lines for these documents, with `platform` as the default."""
    configured = configuration(**{"owners": OWNERS, "paths": PATHS, **spec})
    files = repository(*documents, configured=configured)
    return list(codeowners(files, forge, folder=folder, default="platform").lines)


def in_file(document: Document, file: str) -> Document:
    document.file = file
    return document


def asked(rules: list[str], path: str) -> list[str]:
    """Return whom a forge asks about a file: the owners of the last line that matches it."""
    for rule in reversed(rules):
        pattern, *handles = re.split(r"(?<!\\) ", rule)
        if re.fullmatch(_expression(pattern), f"/{path}", re.DOTALL):
            return handles
    return []


def _expression(pattern: str) -> str:
    """Return what both forges make of a pattern with `\\`, `?`, and a folder's `/` at its end."""
    if pattern == "*":
        return ".*"
    whole = re.sub(
        r"\\(.)|(\?)|(.)",
        lambda found: "[^/]" if found[2] else re.escape(found[1] or found[3]),
        pattern,
        flags=re.DOTALL,
    )
    return f"{whole}.+" if pattern.endswith("/") else whole


def test_a_file_is_shown_to_the_owners_of_all_its_documents_and_all_else_to_the_default() -> None:
    together = [
        in_file(document, "access-groups/rates.yaml")
        for document in (group("rates"), product("quotes", owner="sales"))
    ]

    assert lines(partner("acme", owner="logistics"), *together, catalog("tracking-v2")) == [
        "/access-groups/ @our/platform",
        "/catalog.yaml @our/platform",
        "/partners/ @our/platform",
        "/access-groups/rates.yaml @our/logistics sales@our-company.example",
        "/partners/acme.yaml @our/logistics",
        "/reconciler.yaml @our/platform",
    ]


def test_gitlab_has_handles_of_its_own() -> None:
    assert lines(partner("acme", owner="logistics"), forge="gitlab") == [
        "/access-groups/ @our/it/platform",
        "/catalog.yaml @our/it/platform",
        "/partners/ @our/it/platform",
        "/partners/acme.yaml @@maintainer",
        "/reconciler.yaml @our/it/platform",
    ]


def test_a_file_with_the_owners_of_its_folder_has_no_line() -> None:
    assert lines(partner("acme", owner="platform")) == lines()


def test_paths_begin_at_the_root_of_git() -> None:
    made = lines(partner("acme", owner="logistics"), folder="api access", paths={".": ["Partner"]})

    assert made == [
        r"/api\ access/ @our/platform",
        r"/api\ access/partners/acme.yaml @our/logistics",
        r"/api\ access/reconciler.yaml @our/platform",
    ]


def test_the_whole_repository_is_one_pattern() -> None:
    assert lines(paths={"./": ["Partner"]}) == ["* @our/platform", "/reconciler.yaml @our/platform"]


def test_what_decides_who_is_asked_is_shown_to_the_default_too() -> None:
    files = repository(configured=configuration(owners=OWNERS, paths={}))
    made = codeowners(files, "github", folder="", default="platform", guarded=[".github/CODEOWNERS"])

    assert made.lines == ("/.github/CODEOWNERS @our/platform", "/reconciler.yaml @our/platform")


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("partners/acme.yaml", "/partners/acme.yaml"),
        ("a b/[id]*?.yaml", r"/a\ b/\[id\]\*\?.yaml"),
        ("!a(b)@+~.yaml", "/!a(b)@+~.yaml"),
        ("日本.yaml", "/日本.yaml"),
        ("#a\\b\tc\xa0d\n.yaml", "/?a?b?c?d?.yaml"),
    ],
)
def test_what_is_special_is_escaped_and_what_cannot_be_is_any_character(path: str, pattern: str) -> None:
    assert (file_pattern(path, "github"), file_pattern(path, "gitlab")) == (pattern, pattern)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("partners/acme.yaml", r"partners/acme\\.yaml"),
        ("a b/[id]*?", r"a\ b/\\[id\\]\\*\\?"),
        ("!a(b)@+~", r"\\!a\\(b\\)@\\+~"),
        ("日本", "日本"),
        ("#a\\b\tc\xa0d\n", r"\#a\\\\b[^/]c[^/]d[^/]"),
    ],
)
def test_for_gitea_a_file_is_a_regular_expression_whose_backslashes_are_doubled(
    path: str, pattern: str
) -> None:
    assert file_pattern(path, "gitea") == pattern


def asked_by_gitea(rules: list[str], path: str) -> set[str]:
    """Return whom Gitea asks about a file: the owners of all lines that match it."""
    asked = set()
    for rule in rules:
        pattern, *handles = gitea_words(rule)
        if pattern.startswith("!") is not bool(re.fullmatch(pattern.removeprefix("!"), path, re.DOTALL)):
            asked.update(handles)
    return asked


def gitea_words(line: str) -> list[str]:
    """Return the words of a line as Gitea divides it."""
    words: list[str] = []
    word, escape = "", False
    for character in line.strip().replace("\t", " "):
        if escape or character not in "\\# ":
            word, escape = f"{word}{character}", False
        elif character == "\\":
            escape = True
        elif character == "#":
            break
        else:
            words, word = [*words, word], ""
    return [each for each in [*words, word] if each]


def test_gitea_asks_the_default_too_because_all_its_lines_count() -> None:
    made = lines(partner("acme", owner="logistics"), forge="gitea", folder="eu", paths={".": ["Partner"]})

    assert made == [
        "eu/.* @our/platform",
        r"eu/partners/acme\\.yaml @our/logistics",
        r"eu/reconciler\\.yaml @our/platform",
    ]
    assert lines(forge="gitea", paths={".": ["Partner"]})[0] == ".* @our/platform"


@settings(deadline=None)
@given(st.dictionaries(NASTY, st.sampled_from(["platform", "logistics", "sales"]), min_size=1, max_size=6))
def test_gitea_asks_the_owner_and_the_default_whatever_the_file_is_called(owners: dict[str, str]) -> None:
    files = {f"partners/{number}{name}.yaml": owner for number, (name, owner) in enumerate(owners.items())}
    documents = [
        in_file(partner(f"p{number}", owner=owner), file)
        for number, (file, owner) in enumerate(files.items())
    ]
    rules = lines(*documents, forge="gitea")

    assert {file: asked_by_gitea(rules, file) for file in files} == {
        file: {"@our/platform", OWNERS[owner]["gitea"]} for file, owner in files.items()
    }


@settings(deadline=None)
@given(st.dictionaries(NASTY, st.sampled_from(["platform", "logistics", "sales"]), min_size=1, max_size=6))
def test_each_file_is_shown_to_its_owner_whatever_it_is_called(owners: dict[str, str]) -> None:
    files = {f"partners/{number}{name}.yaml": owner for number, (name, owner) in enumerate(owners.items())}
    documents = [
        in_file(partner(f"p{number}", owner=owner), file)
        for number, (file, owner) in enumerate(files.items())
    ]
    rules = lines(*documents)

    assert {file: asked(rules, file) for file in files} == {
        file: [OWNERS[owner]["github"]] for file, owner in files.items()
    }


@settings(deadline=None)
@given(st.dictionaries(NASTY, st.sampled_from(["platform", "logistics"]), min_size=1, max_size=8))
def test_files_whose_patterns_meet_are_shown_to_their_owners_at_least(owners: dict[str, str]) -> None:
    files = {f"partners/{name}.yaml": owner for name, owner in owners.items()}
    rules = lines(*[in_file(partner(owner=owner), file) for file, owner in files.items()])

    assert [file for file, owner in files.items() if OWNERS[owner]["github"] not in asked(rules, file)] == []


def test_equal_files_give_equal_lines_in_whatever_order_they_come() -> None:
    documents = [partner(name, owner=owner) for name in "cab" for owner in ("logistics", "sales")]

    assert lines(*documents) == lines(*reversed(documents))


def test_owners_without_a_valid_handle_are_reported_and_the_default_is_used() -> None:
    owners = {
        **OWNERS,
        "silent": {"email": "x@our-company.example"},
        "wrong": {"email": "x@our-company.example", "github": "@a @b * @c"},
        "unused": {"email": "x@our-company.example"},
    }
    configured = configuration(owners=owners, paths={})
    documents = [partner("acme", owner="silent"), partner("bolt", owner="wrong")]
    made = codeowners(repository(*documents, configured=configured), "github", folder="", default="platform")

    assert made.gaps == (
        Gap(configured.where("spec", "owners", "silent"), "silent", ""),
        Gap(configured.where("spec", "owners", "wrong", "github"), "wrong", "@a @b * @c"),
    )
    assert made.lines == ("/reconciler.yaml @our/platform",)


def test_without_valid_owners_there_are_no_lines() -> None:
    files = repository(partner(owner="sales"), configured=configuration(owners=OWNERS, paths=PATHS))
    made = codeowners(files, "gitlab", folder="", default="sales")

    assert (made.lines, [gap.owner for gap in made.gaps]) == ((), ["sales"])


def test_the_place_of_a_handle_that_is_missing_is_its_owners() -> None:
    files = repository(configured=configuration(owners={"a": {"email": "a@b.example"}}, paths={}))
    [gap] = codeowners(files, "github", folder="", default="a").gaps

    assert gap.source == Source("reconciler.yaml", 9, 7)
