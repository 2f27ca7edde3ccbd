"""What formats carry along of the project's own documents."""

from pathlib import Path
from typing import get_args

import pytest

from reconciler.cli.actions import rule_docs
from reconciler.model.rule import RuleName


def test_every_rule_is_documented() -> None:
    rules = rule_docs.rules()

    assert (set(rules), [name for name, text in rules.items() if not text.endswith(".")]) == (
        set(get_args(RuleName)),
        [],
    )


def test_a_rule_is_documented_by_its_own_words_alone() -> None:
    rules = rule_docs.rules()

    assert rules["empty-state"] == (
        "Report an empty desired state while the portal has managed objects, unless `allowEmpty` is true.\n\n"
        "The files define nothing then, or everything in them has ended. A new repository may be empty."
    )


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Project-URL: Documentation, https://docs.example/reconciler/"], "https://docs.example/reconciler"),
        (["Project-URL: Source, https://git.example"], ""),
        ([], ""),
    ],
)
def test_the_package_says_where_its_documents_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], found: str
) -> None:
    information = tmp_path / "reconciler-1.0.0.dist-info"
    information.mkdir()
    head = ["Metadata-Version: 2.4", "Name: reconciler", "Version: 1.0.0"]
    (information / "METADATA").write_text("\n".join([*head, *lines, ""]))
    monkeypatch.syspath_prepend(tmp_path)

    assert rule_docs.documents() == found
