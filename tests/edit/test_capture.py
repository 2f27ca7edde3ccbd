"""Differences that no edit of a file can follow."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.edit.capture.capture import NotCaptured, capture
from reconciler.edit.operations import Put
from reconciler.load import plain_document
from reconciler.load.plain_yaml import plain_documents
from reconciler.model.plan import Change, FieldChange
from tests.load.loading import GROUP, PARTNER, loaded


def test_grants_of_single_apis_are_refused_with_what_to_use_instead() -> None:
    grant = "api-grant/rates-v1/team/acme/ops"
    changes = [Change(id=grant, kind="api-grant", action="delete", before={"level": "consume"})]

    captured = capture([], changes, {})

    assert (captured.edits, captured.ids, captured.refused) == (
        (),
        (),
        (
            NotCaptured(
                grant,
                "the portal grants single APIs, but the files grant groups",
                "use `reconciler grant` or `revoke` with a group that has this API",
            ),
        ),
    )


def test_only_files_that_change_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"partners/acme.yaml": f"{PARTNER}}}\n", "groups/rates.yaml": f"{GROUP}}}\n"}
    documents = loaded(tmp_path, files)[0].documents
    read: list[bytes] = []

    def recorded(content: bytes) -> list[Any] | None:
        read.append(content)
        return plain_documents(content)

    monkeypatch.setattr(plain_document, "plain_documents", recorded)
    field = FieldChange(path="displayName", before="Acme Ltd", after="Acme")

    [(document, operations)] = capture(
        documents, [Change(id="partner/acme", kind="partner", action="update", fields=(field,))], {}
    ).edits

    assert (document.name, operations) == (
        "acme",
        [Put(("spec",), "displayName", "Acme Ltd", before="owner")],
    )
    assert read == [files["partners/acme.yaml"].encode()]
