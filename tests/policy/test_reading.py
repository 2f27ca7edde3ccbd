"""Rules about names do not read all files again."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.load import plain_document
from reconciler.load.plain_yaml import plain_documents
from reconciler.policy import RuleContext
from reconciler.policy.duplicate_grants import duplicate_grant
from reconciler.policy.duplicate_names import duplicate_name
from reconciler.policy.former_names import former_name
from reconciler.policy.index import Index
from tests.load.loading import GROUP, HEAD, PARTNER, loaded
from tests.states import TODAY


def test_only_the_file_of_a_renamed_partner_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = (
        f"{HEAD}ApiProduct\nmetadata: {{name: all}}\nspec: {{displayName: All, owner: sales, apis: [a]}}\n"
    )
    files = {
        "partners/acme.yaml": f"{PARTNER}}}\n".replace("{name: acme}", "{name: acme, previously: old}"),
        "partners/bolt.yaml": f"{PARTNER}}}\n".replace("{name: acme}", "{name: bolt}"),
        "groups/rates.yaml": f"{GROUP}}}\n",
        "groups/all.yaml": product,
    }
    repository, findings = loaded(tmp_path, files)
    read: list[bytes] = []

    def recorded(content: bytes) -> list[Any] | None:
        read.append(content)
        return plain_documents(content)

    monkeypatch.setattr(plain_document, "plain_documents", recorded)
    index = Index(RuleContext(repository, TODAY))

    found = [*duplicate_name(index), *former_name(index), *duplicate_grant(index)]

    assert (findings, found) == ([], [])
    assert read == [files["partners/acme.yaml"].encode()]
