"""Whatever `validate` accepts, the embedded portal accepts, however it is written."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load import File, documents
from reconciler.load.files import Reader
from reconciler.load.trees import Folder
from reconciler.model.document import DOCUMENTS, Document
from reconciler.policy import RuleContext, judge
from reconciler.schema import schemas
from reconciler.workflow.validate import exit_code
from tests.builders import repository
from tests.end_to_end.test_converges import CONFIGURATION, TODAY, applied, planned
from tests.laws import examples


def mostly(plain: str, *odd: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw plain text most of the time: one odd text is enough for a refusal, and hides what others do."""
    return st.integers(0, 9).flatmap(lambda number: st.one_of(*odd) if number == 0 else st.just(plain))


ODD = (
    st.text(min_size=1, max_size=20),
    st.text(alphabet="a \t\n\r\x00\x1b\x7f\x85\u2028\ufeff\xa0é", min_size=1, max_size=8),
    st.integers(190, 210).map(lambda number: "é" * number),
)
TEXT = mostly("Plain", *ODD)
LONG = mostly("Plain", *ODD, st.integers(1_990, 2_010).map(lambda number: "x" * number))
API = mostly(
    "a", st.sampled_from(["~", ".", "..", "-", "_a", "a" * 255, "a" * 256]), st.text("aZ0._~-/ ", max_size=6)
)


def address(name: str) -> st.SearchStrategy[str]:
    """Draw an address; those of different names are different people."""
    umlauts = [".".join(["ü" * 50] * number) for number in (1, 2, 3, 4)]
    domains = ["bücher.example", "x.example", *(f"{each}.example" for each in umlauts)]
    odd = [f"{local}@{domain}" for local in (name, "å" * 60, f"{name}/b", name.upper()) for domain in domains]
    return mostly(f"{name}@x.example", st.emails(), st.sampled_from(odd))


@st.composite
def files(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a partner, a group, a product and a catalog with one API, in which every text is any text."""
    api = draw(API)
    owner = {"displayName": draw(TEXT), "owner": "logistics"}
    grant = {"developer": draw(address("sam")), "reason": draw(TEXT)}
    people = {"admins": [draw(address("ana"))], "members": [draw(address("bo"))]}
    domains = {"domains": ["x.example", draw(address("ana")).rpartition("@")[2]]}
    partner = {
        "type": "external",
        "displayName": draw(TEXT),
        "owner": "partnerships",
        "agreement": draw(TEXT),
        **domains,
        "blocked": [draw(address("mallory"))],
        "teams": [{"name": "ops", "displayName": draw(TEXT), **people}],
    }
    described = {"description": draw(LONG)} if draw(st.booleans()) else {}
    return [
        document("Catalog", "catalog", {"apis": [{"name": api, "owner": "logistics"}]}),
        document("Partner", "acme", partner),
        document("ApiProduct", "suite", {**owner, **described, "apis": [api]}),
        document("AccessGroup", "gold", {**owner, **described, "products": ["suite"], "grants": [grant]}),
    ]


def document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def accepted(values: list[dict[str, Any]], folder: str) -> list[Document] | None:
    """Return the documents of these values, or None where `validate` finds errors."""
    contents = [json.dumps(each).encode() for each in values]
    read = [File(f"{number}.json", content, tuple(DOCUMENTS)) for number, content in enumerate(contents)]
    found, wrong = documents(CONFIGURATION, iter(read), schemas(), Reader(Folder(Path(folder))))
    whole = repository(*found.documents, configured=CONFIGURATION)
    findings = [*wrong, *judge(RuleContext(whole, TODAY))]
    return None if exit_code(findings) else list(found.documents)


def apply_all(read: list[Document]) -> list[tuple[str, str]]:
    """Apply documents to an empty portal; return what was not applied, and why."""
    with TemporaryDirectory() as folder:
        made = planned(folder, *read)
        receipt = applied(folder, made, *read)
        return [(entry.id, entry.message) for entry in receipt.entries if entry.outcome != "applied"]


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(values=files())
def test_what_validate_accepts_the_portal_accepts(values: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        read = accepted(values, folder)

    assert read is None or apply_all(read) == []


@pytest.mark.parametrize("text", ["Two\nlines", "A\ttab", "Folded\n", "\x1b[31m"])
def test_a_name_is_one_line_of_text(text: str) -> None:
    spec = {"displayName": text, "owner": "logistics"}
    with TemporaryDirectory() as folder:
        assert accepted([document("ApiProduct", "suite", spec)], folder) is None
        assert accepted([document("ApiProduct", "suite", {**spec, "displayName": "One line"})], folder)


def test_a_description_has_lines_and_tabs_and_an_api_any_name_of_the_catalog() -> None:
    spec = {"displayName": "Suite", "owner": "logistics", "description": "Two\n\tlines\n", "apis": ["~"]}
    catalog = {"apis": [{"name": "~", "owner": "logistics"}]}
    with TemporaryDirectory() as folder:
        read = accepted(
            [document("Catalog", "catalog", catalog), document("ApiProduct", "suite", spec)], folder
        )

    assert read is not None
    assert apply_all(read) == []


@pytest.mark.no_cover  # it runs the same lines again and again
@pytest.mark.real
def test_a_reason_has_lines_and_a_partner_as_many_people_as_a_file_can_hold() -> None:
    blocked = [f"person-{number}@bücher.example" for number in range(50_000)]
    partner = {"type": "external", "displayName": "A", "owner": "logistics", "agreement": "B"}
    grant = {"developer": "sam@x.example", "until": "2027-03-01", "reason": "pilot,\nAPI-4312\n"}
    group = {"displayName": "Gold", "owner": "logistics", "apis": ["a" * 255], "grants": [grant]}
    with TemporaryDirectory() as folder:
        read = accepted(
            [
                document("Catalog", "catalog", {"apis": [{"name": "a" * 255, "owner": "logistics"}]}),
                document("Partner", "acme", {**partner, "blocked": blocked}),
                document("AccessGroup", "gold", group),
            ],
            folder,
        )

    assert read is not None
    assert apply_all(read) == []
