"""A plan file, which can come from anybody, and the digest of what it does."""

from typing import Any

import msgspec
import pytest

from reconciler.errors import PlanError
from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Change, FieldChange, PlanSource, checksum, effects_digest, read_plan
from tests.render.plans import bare

MADE = bare(
    changes=(
        Change(
            id="partner/acme",
            kind="partner",
            action="create",
            after={"type": "reseller"},
            fields=(FieldChange("type", None, "reseller"),),
        ),
    ),
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
        {"today": "2026-11-24\n"},
        {"source": msgspec.to_builtins(PlanSource(commit="main](https://elsewhere.example)"))},
        {"source": msgspec.to_builtins(PlanSource(base="../.."))},
        {"access": {"gained": [{**msgspec.to_builtins(MADE.access.gained[0]), "until": MARKUP}], "lost": []}},
    ],
)
def test_values_that_are_shown_are_validated(changed: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="this is not a valid plan"):
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
        ("membership/acme/ops/a/b@acme.example", "membership"),
        ("membership/acme/ops/a\nb@acme.example", "membership"),
        ("membership/acme/ops/a%25na@acme.example", "membership"),
    ],
)
def test_every_change_is_of_something_that_there_is(resource_id: str, kind: str) -> None:
    other = msgspec.to_builtins(msgspec.structs.replace(MADE.changes[0], id=resource_id, kind=kind))

    with pytest.raises(PlanError, match="is not an id of"):
        read_plan(written(changes=[other]))


OPS = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
EVERYTHING = (
    MADE.changes[0],
    Change(
        id="team/acme/ops",
        kind="team",
        action="update",
        before={"displayName": "Ops", "delegated": True},
        after={"displayName": "Operations", "delegated": True},
        precondition=OPS,
    ),
    Change(
        id="membership/acme/ops/ana@acme.example",
        kind="membership",
        action="delete",
        because="expired",
        before={"role": "admin", "until": "2026-11-01"},
        precondition=OPS,
        needs=("team/acme/ops",),
    ),
    Change(
        id="access-group/tracking",
        kind="access-group",
        action="adopt",
        before={"displayName": "Überall"},
        after={"displayName": "Überall"},
        precondition=OPS,
    ),
)


def test_the_digest_of_a_plan_is_what_it_has_always_been() -> None:
    assert (
        effects_digest("portal-1", "our-company", EVERYTHING)
        == "sha256:cdf44b23185a8f1eef85882032ce126f1fdf7cce6f1d8a42c433e05ee2544fe7"
    )


def test_the_digest_tells_whom_a_rename_renames() -> None:
    renamed = [
        msgspec.structs.replace(EVERYTHING[1], renamed_from=former)
        for former in (None, "team/acme/a", "team/acme/b")
    ]

    assert len({effects_digest("portal-1", "our-company", (each,)) for each in renamed}) == 3


def test_the_digest_says_nothing_of_why_or_in_which_order() -> None:
    other = [msgspec.structs.replace(each, because=None, needs=(), source=None) for each in EVERYTHING]

    assert effects_digest("p", "s", tuple(reversed(other))) == effects_digest("p", "s", EVERYTHING)
