"""Whole documents are written in the style of the sample, and are read back with the same values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.edit import document_text, file_text
from reconciler.edit.yaml.canonical import canonical, shape_at
from reconciler.load.yaml_parser import parse
from reconciler.model.document import DOCUMENTS
from reconciler.model.new_document import NewDocument
from reconciler.workflow.validate import check
from tests.laws import examples

ROOT = Path(__file__).parents[3]
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    [*"ab \n\t:#-'\"{}[],&*!|>%@`\\\r\x85\u2028\x00😀"]
)
TEXTS = st.text(CHARACTERS, max_size=20) | st.sampled_from(
    [
        "no",
        "true",
        "~",
        "",
        "1e5",
        "007",
        "2027-12-31",
        "a: b",
        "a #b",
        "- a",
        "a, b",
        "a\nb\n",
        " a\nb",
        "a\n\nb",
    ]
)


def partner(**spec: Any) -> dict[str, Any]:
    """Return the data of a partner, with keys in an order that is not the canonical one."""
    return {"spec": spec, "metadata": {"name": "acme"}, "kind": "Partner", "apiVersion": "reconciler/v1"}


def read_back(text: str) -> list[Any]:
    """Return the values in a text, which our loader reads without findings."""
    raws, findings, whole = parse("x.yaml", text.encode())
    assert (findings, whole) == ([], True)
    return [raw.data for raw in raws]


def test_keys_are_in_the_order_of_the_models_and_defaults_are_left_out() -> None:
    data = partner(
        teams=[
            {
                "access": [{"level": "consume", "group": "tracking"}, {"level": "view", "group": "rates"}],
                "members": "delegated",
                "admins": [
                    {"email": "ana@acme.example"},
                    {"until": "2027-12-31", "email": "bo@acme.example"},
                ],
                "displayName": "ops",
                "name": "ops",
                "externalName": "Ops (ACME)",
            },
            {"admins": [], "name": "empty", "status": "active"},
        ],
        status="active",
        access=[],
        blocked=["eve@acme.example"],
        owner="sales",
        displayName="Acme: Logistics",
        type="reseller",
    )

    assert document_text(NewDocument(data=data), "partners/emea") == (
        "# yaml-language-server: $schema=../../schemas/partner.schema.json\n"
        "apiVersion: reconciler/v1\n"
        "kind: Partner\n"
        "metadata:\n"
        "  name: acme\n"
        "spec:\n"
        "  type: reseller\n"
        '  displayName: "Acme: Logistics"\n'
        "  owner: sales\n"
        "  blocked: [eve@acme.example]\n"
        "  teams:\n"
        "    - name: ops\n"
        "      externalName: Ops (ACME)\n"
        "      admins:\n"
        "        - ana@acme.example\n"
        "        - {email: bo@acme.example, until: 2027-12-31}\n"
        "      access:\n"
        "        - tracking\n"
        "        - {group: rates, level: view}\n"
        "    - name: empty\n"
        "      admins: []\n"
    )


def test_comments_are_above_a_value_or_at_the_end_of_its_line() -> None:
    long = "words " * 30
    document = NewDocument(
        data=partner(
            type="external",
            owner="sales",
            domains=["acme.example"],
            teams=[{"name": "ops", "admins": ["ana@acme.example"], "access": ["tracking"]}],
        ),
        above={
            (): ["Exported from production."],
            ("spec", "teams", 0): ["The team of ACME."],
            ("spec", "teams", 0, "access"): [f"Not here: {long}"],
            ("spec", "agreement"): ["TODO: add the agreement."],
        },
        beside={
            ("spec", "type"): "TODO\nchoose",
            ("spec", "teams"): "one team",
            ("spec", "teams", 0, "admins", 0): "invited\x1b[2J",
            ("spec", "until"): "no end",
        },
    )

    text = document_text(document, "")

    assert text == (
        "# yaml-language-server: $schema=schemas/partner.schema.json\n"
        "# Exported from production.\n"
        "apiVersion: reconciler/v1\n"
        "kind: Partner\n"
        "metadata:\n"
        "  name: acme\n"
        "# TODO: add the agreement.\n"
        "# no end\n"
        "spec:\n"
        "  type: external                        # TODO\\nchoose\n"
        "  owner: sales\n"
        "  domains: [acme.example]\n"
        "  teams:                                # one team\n"
        "    # The team of ACME.\n"
        "    - name: ops\n"
        "      admins:\n"
        "        - ana@acme.example              # invited\\x1b[2J\n"
        f"      # Not here: {'words ' * 12}words\n"
        f"      # {'words ' * 14}words\n"
        "      # words words\n"
        "      access: [tracking]\n"
    )
    assert read_back(text) == [document.data]


def test_a_text_of_several_lines_is_a_block_and_a_long_list_has_a_line_for_each_entry() -> None:
    group = {
        "apiVersion": "reconciler/v1",
        "kind": "AccessGroup",
        "metadata": {"name": "rates", "externalName": "Rates (EU)"},
        "spec": {
            "displayName": "no",
            "description": "What it is:\n\n  - rates\n",
            "owner": "sales",
            "apis": [f"an-api-with-a-long-name-v{number}" for number in range(4)],
            "grants": [{"developer": "sam@indie.example", "until": "2027-12-31", "reason": "a\nb"}],
        },
    }

    text = file_text([NewDocument(data=group), NewDocument(data=partner(type="internal"))], "groups")

    assert text == (
        "# yaml-language-server: $schema=../schemas/access-group.schema.json\n"
        "apiVersion: reconciler/v1\n"
        "kind: AccessGroup\n"
        "metadata: {name: rates, externalName: Rates (EU)}\n"
        "spec:\n"
        '  displayName: "no"\n'
        "  description: |\n"
        "    What it is:\n"
        "\n"
        "      - rates\n"
        "  owner: sales\n"
        "  apis:\n"
        "    - an-api-with-a-long-name-v0\n"
        "    - an-api-with-a-long-name-v1\n"
        "    - an-api-with-a-long-name-v2\n"
        "    - an-api-with-a-long-name-v3\n"
        "  grants:\n"
        '    - {developer: sam@indie.example, until: 2027-12-31, reason: "a\\nb"}\n'
        "---\n"
        "# yaml-language-server: $schema=../schemas/partner.schema.json\n"
        "apiVersion: reconciler/v1\n"
        "kind: Partner\n"
        "metadata:\n"
        "  name: acme\n"
        "spec:\n"
        "  type: internal\n"
    )
    assert read_back(text) == [group, partner(type="internal")]


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(150)
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.text(max_size=30))
@example("x" * 10_000, "🚚" * 2_000, ["a" * 200], "\u2028")
@example("a" * 9_000 + ": ", "#" * 9_000, [], "")
def test_all_text_is_read_back_as_it_was(shown: str, reason: str, listed: list[str], comment: str) -> None:
    document = NewDocument(
        data=partner(
            displayName=shown,
            agreement=reason,
            domains=[*listed, "acme.example"],
            access=[{"group": "rates", "until": reason or "2027-12-31", "reason": shown}],
        ),
        above={("spec", "displayName"): [comment]},
        beside={("spec", "access", 0): comment, ("spec", "access", 0, "group"): comment},
    )

    assert read_back(document_text(document, "partners")) == [document.data]


def test_the_documents_of_this_repository_keep_their_meaning() -> None:
    repository = check(ROOT / "reconciler.yaml", "2026-11-24").repository
    assert repository is not None
    for document in (repository.configuration, *repository.documents):
        assert document.kind is not None
        (data,) = read_back(document_text(NewDocument(data=document.data), "x"))
        assert DOCUMENTS[document.kind].model_validate(data) == document.body
        assert canonical(data, shape_at(document.kind, ())) == data


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (("spec", "teams", 0, "access", 1), ["group", "level", "until", "reason"]),
        (
            ("metadata",),
            ["name", "labels", "annotations", "previously", "externalName", "portals", "exceptions"],
        ),
        (("metadata", "labels"), None),
        (("spec", "nothing"), None),
    ],
)
def test_the_shape_at_a_path_has_its_keys_in_order(path: Sequence[str | int], keys: list[str] | None) -> None:
    shape = shape_at("Partner", tuple(path))

    assert (shape and [*shape.keys]) == keys


def test_what_is_named_by_the_user_has_the_shape_of_its_value() -> None:
    owner = shape_at("Configuration", ("spec", "owners", "sales"))

    assert owner is not None
    assert [*owner.keys] == ["email", "github", "gitlab", "gitea", "approvers"]
    assert shape_at("Configuration", ("spec", "owners")) is None
