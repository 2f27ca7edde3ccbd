"""A plan file, which can come from anybody."""

from typing import Any

import msgspec
import pytest

from reconciler.errors import PlanError
from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Change, PlanSource, checksum, read_plan
from tests.render.plans import bare

MADE = bare(
    changes=(Change(id="partner/acme", kind="partner", action="create", after={"type": "reseller"}),),
    access=Impact(
        (AccessChange("rates", "none", "view", "acme/ops", (), ("access-group/g",), "2027-12-31"),)
    ),
)
MARKUP = "2026-11-24\n\n# @our-company/everybody"


def written(**changed: Any) -> bytes:
    """Return the file of a plan with other values, which fits its checksum all the same."""
    document = {**msgspec.to_builtins(MADE), **changed}
    return msgspec.json.encode({**document, "checksum": checksum(document)})


def test_a_plan_is_read_as_it_was_written() -> None:
    assert read_plan(written()) == MADE


@pytest.mark.parametrize(
    "changed",
    [
        {"created": MARKUP},
        {"today": MARKUP},
        {"digest": MARKUP},
        {"source": msgspec.to_builtins(PlanSource(commit="main](https://elsewhere.example)"))},
        {"source": msgspec.to_builtins(PlanSource(base="../.."))},
        {"access": {"gained": [{**msgspec.to_builtins(MADE.access.gained[0]), "until": MARKUP}], "lost": []}},
    ],
)
def test_what_is_shown_as_it_stands_has_its_form(changed: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="this is no plan"):
        read_plan(written(**changed))


@pytest.mark.parametrize(
    ("resource_id", "kind"),
    [
        ("membership/acme", "membership"),
        ("grant/g/team/acme", "grant"),
        ("grant/g/person/ana@acme.example", "grant"),
        ("partner/", "partner"),
        ("partner/acme/ops", "partner"),
        ("partner/acme", "team"),
        ("gateway/acme", "gateway"),
        ("", ""),
    ],
)
def test_every_change_is_of_something_that_there_is(resource_id: str, kind: str) -> None:
    other = msgspec.to_builtins(msgspec.structs.replace(MADE.changes[0], id=resource_id, kind=kind))

    with pytest.raises(PlanError, match="is no id of"):
        read_plan(written(changes=[other]))
