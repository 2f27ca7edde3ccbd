from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.edit import field_at, partner_file, problems, read_form
from reconciler.model.document import Document, Partner
from reconciler.model.partner_request import PartnerRequest, TeamRequest
from reconciler.workflow.preview import ProposedFile, preview
from reconciler.workflow.validate import ValidationResult, check
from tests.edit.filled_forms import ANSWERS, ROOT, filled, questions
from tests.laws import examples

TODAY = "2026-11-24"
# What YAML, Markdown, paths and shells would obey, and what is right in its place.
HOSTILE = st.text(
    st.sampled_from([*"ab1-_.@/\\:#'\"`$(){}[]<>|&*!%?,;=~ \t\n\r\0\x1b\u202e\u2028\x85\ufeffö日\ud800"]),
    max_size=12,
)
WORDS = st.sampled_from(
    [
        *("no", "1:30", "007", "1e5", "0x1F", "2027-12-31", "null", "~", "true", "- a", "a: b", "a #b", "&a"),
        *("*a", "---", "...", "### Type", "_No response_", "..", "../x", "a/b", "{}", "[]", "'", '"', "%TAG"),
        *("!!python/object", "key: [", "<<", "@a", "| a", "> a", "? a", "`a`", "a\\"),
    ]
)
TEXTS = HOSTILE | WORDS | st.tuples(WORDS, HOSTILE).map("".join)


@pytest.fixture(scope="module")
def sample() -> ValidationResult:
    """The sample, without findings."""
    return check(ROOT / "reconciler.yaml", TODAY)


def written(request: PartnerRequest, sample: ValidationResult) -> Document | None:
    """Return the document of the file that is written for a request, as the loader reads it."""
    documents = preview(
        sample, ROOT, [ProposedFile("partners/x.yaml", None, partner_file(request, "partners"))]
    ).documents
    return documents[0] if documents else None


def holds(body: Partner) -> PartnerRequest:
    """Return the request that corresponds to a partner's document."""
    spec = body.spec
    return PartnerRequest(
        name=body.metadata.name,
        type=spec.type,
        display_name=spec.display_name,
        owner=spec.owner,
        domains=spec.domains,
        agreement=spec.agreement or "",
        until=spec.until or "",
        access=tuple(str(each) for each in spec.access),
        teams=tuple(TeamRequest(team.name, tuple(map(str, team.listed_admins))) for team in spec.teams),
    )


def keys(data: dict[str, Any]) -> set[str]:
    """Return the keys of a document, however deep."""
    return {
        *data,
        *data["metadata"],
        *data["spec"],
        *(key for team in data["spec"].get("teams", ()) for key in team),
    }


KEYS = {
    *("apiVersion", "kind", "metadata", "spec", "name", "type", "displayName", "owner"),
    *("domains", "agreement", "until", "access", "teams", "admins"),
}


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(150)
@given(st.dictionaries(st.sampled_from([question["id"] for question in questions()]), TEXTS, max_size=4))
def test_any_answer_is_refused_or_written_and_nothing_else_is(
    sample: ValidationResult, answers: dict[str, str]
) -> None:
    request, wrong = read_form(filled({**ANSWERS, **answers}))
    if wrong or problems(request, TODAY):
        return
    document = written(request, sample)

    assert document is not None
    assert isinstance(document.body, Partner)
    assert (holds(document.body), keys(document.data) - KEYS) == (request, set())


@examples(150)
@given(TEXTS, TEXTS)
@example(" ", "")
def test_any_text_that_can_be_a_name_is_read_as_it_was_written(
    sample: ValidationResult, shown: str, agreement: str
) -> None:
    request = PartnerRequest(
        name="acme", type="reseller", display_name=shown, owner="sales", agreement=agreement
    )
    if problems(request, TODAY):
        return
    document = written(request, sample)

    assert document is not None
    assert isinstance(document.body, Partner)
    assert holds(document.body) == request


@settings(deadline=None)
@given(WORDS)
def test_older_readers_of_yaml_read_the_same(text: str) -> None:
    request = PartnerRequest(name="acme", type="reseller", display_name=text, owner="sales", agreement=text)
    spec = yaml.safe_load(partner_file(request, "partners"))["spec"]

    assert (spec["displayName"], spec["agreement"]) == (text, text)


def test_empty_fields_are_left_out() -> None:
    assert partner_file(PartnerRequest(name="acme", type="internal"), "partners/internal") == (
        "# yaml-language-server: $schema=../../schemas/partner.schema.json\n"
        "apiVersion: reconciler/v1\nkind: Partner\nmetadata:\n  name: acme\nspec:\n  type: internal\n"
    )


def test_long_lists_have_a_line_for_each_entry() -> None:
    request = PartnerRequest(domains=tuple(f"a-rather-long-name-{number}.example" for number in range(4)))

    assert partner_file(request, ".").splitlines()[3:] == [
        "spec:",
        "  domains:",
        *[f"    - a-rather-long-name-{number}.example" for number in range(4)],
    ]


def test_the_place_of_a_value_is_its_field(sample: ValidationResult) -> None:
    request, _ = read_form(filled())
    document = written(request, sample)
    assert document is not None
    lines = [(line, column) for line in range(1, 18) for column in range(1, 60)]

    found = [field_at(document, request, place) for place in lines]

    assert [field for field, _ in found if field] == [
        *("name", "type", "displayName", "owner", "domains", "domains", "agreement", "until"),
        *("access", "access", "team", "admins", "admins"),
    ]


@pytest.mark.parametrize("text", ["1e5", "0o17", "+1", "0x1F", "12:30:45", "1_000"])
def test_what_some_reader_of_yaml_takes_for_a_number_is_quoted(text: str) -> None:
    assert f'agreement: "{text}"\n' in partner_file(PartnerRequest(agreement=text), ".")
